import { gzipSync, zstdCompressSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { base64, bytes, type Codec, gzip, json, text, zstd } from "../index.ts";

const decode = async <Value>(from: Codec<Value>, raw: string | Uint8Array) => from["~decode"](raw, "body");
const utf8 = (value: string) => new TextEncoder().encode(value);
const Order = z.object({ id: z.string() });

describe("base64", () => {
  it.for([
    { raw: "", gives: [] },
    { raw: "/+8=", gives: [0xff, 0xef] },
    { raw: "QQ==", gives: [65] },
    { raw: "QUJD", gives: [65, 66, 67] },
  ])("gives the bytes of '$raw' without an inner codec", async ({ raw, gives }) => {
    expect([...(await decode(base64(), raw))]).toEqual(gives);
    expect([...(await decode(base64(bytes()), utf8(raw)))]).toEqual(gives);
  });

  it.for([
    { what: "a character of no alphabet", raw: "QU*D" },
    { what: "a line break", raw: "QUJD\nQUJD" },
    { what: "a line break at the end", raw: "QUJD\n" },
    { what: "a space", raw: "QUJ D" },
    { what: "no padding", raw: "QQ" },
    { what: "half of its padding", raw: "QQ=" },
    { what: "too much padding", raw: "QUJD====" },
    { what: "padding alone", raw: "====" },
    { what: "padding in the middle", raw: "QQ==QUJD" },
    { what: "bits to spare that are not 0", raw: "QR==" },
    { what: "base64url", raw: "_-8=" },
    { what: "JSON", raw: '{"id":"secret"}' },
    { what: "letters beyond ASCII", raw: "QUJĎ" },
  ])("refuses $what, and quotes none of it", async ({ raw }) => {
    const error = (await decode(base64(), raw).catch((thrown: unknown) => thrown)) as Error;

    expect(error).toMatchObject({ code: "LAMELLA_PAYLOAD", part: "body" });
    expect(error.message).toContain(`The body is not base64 (${raw.length} characters)`);
    expect(error.message).not.toContain("secret");
  });

  it.for([
    { raw: "_-8=", hints: true },
    { raw: "QQ", hints: true },
    { raw: "{}", hints: false },
  ])("says of $raw whether it looks like base64url: $hints", async ({ raw, hints }) => {
    await expect(decode(base64(), raw)).rejects.toThrow(hints ? "may be base64url" : /characters\)\. Fix/);
  });

  it("takes what encodes to itself, and nothing else", async () => {
    const nearly = fc.string({ unit: fc.constantFrom("A", "B", "a", "0", "+", "/", "=", "-", "_", " ", "\n") });
    await fc.assert(
      fc.asyncProperty(fc.oneof(nearly, fc.base64String()), async (raw) => {
        const isBase64 = Buffer.from(raw, "base64").toString("base64") === raw;

        expect(await decode(base64(), raw).then(Boolean, () => false)).toBe(isBase64);
      }),
      { numRuns: 2_000 },
    );
  });
});

// The same of both, as far as they are the same.
describe.for([
  { name: "gzip", codec: gzip, compress: (value: string | Uint8Array): Uint8Array => gzipSync(value) },
  { name: "zstd", codec: zstd, compress: (value: string | Uint8Array): Uint8Array => zstdCompressSync(value) },
] as const)("$name", ({ name, codec, compress }) => {
  const order = compress('{"id":"1"}');

  it("gives the bytes without an inner codec", async () => {
    expect(Buffer.from(await decode(codec(), compress("grüße"))).toString()).toBe("grüße");
    expect(await decode(codec(), compress(""))).toHaveLength(0);
  });

  it("nests, a bare schema as JSON", async () => {
    expect(await decode(codec(Order), order)).toEqual({ id: "1" });
    expect(await decode(codec(json(Order)), order)).toEqual({ id: "1" });
    expect(await decode(codec(text()), order)).toBe('{"id":"1"}');
    expect(await decode(codec(codec(Order)), compress(order))).toEqual({ id: "1" });
    expect(await decode(base64(codec(Order)), Buffer.from(order).toString("base64"))).toEqual({ id: "1" });
    expect(await decode(codec(base64(Order)), compress(Buffer.from('{"id":"1"}').toString("base64")))).toEqual({ id: "1" });
  });

  it("reads members in a row as one payload, also padded with zeros", async () => {
    const several = Buffer.concat([compress('{"id"'), compress(':"1'), compress(""), compress('"}')]);

    expect(await decode(codec(Order), several)).toEqual({ id: "1" });
    if (name === "gzip") expect(await decode(codec(Order), Buffer.concat([several, Buffer.alloc(7)]))).toEqual({ id: "1" });
  });

  it.for([
    { bytes: 1_000, limit: 1_000, fits: true },
    { bytes: 1_000, limit: 999, fits: false },
    { bytes: 1, limit: 1, fits: true },
    { bytes: 2, limit: 1, fits: false },
  ])("of $bytes bytes with a limit of $limit fits: $fits", async ({ bytes: count, limit, fits }) => {
    const whole = compress("x".repeat(count));
    const inTwo = Buffer.concat([compress("x"), compress("x".repeat(count - 1))]);

    for (const raw of [whole, inTwo]) {
      const decoded = decode(codec(bytes(), { maxBytes: limit }), raw);
      if (fits) expect(await decoded).toHaveLength(count);
      else
        await expect(decoded).rejects.toMatchObject({
          code: "LAMELLA_PAYLOAD",
          message: `The body has more than ${limit} bytes when it is decompressed; if it may, raise maxBytes of ${name}(…). Fix the producer, or the schema.`,
        });
    }
  });

  it("has a limit of 10 MiB without the option", async () => {
    const most = 10 * 1024 * 1024;

    expect(await decode(codec(), compress(Buffer.alloc(most)))).toHaveLength(most);
    await expect(decode(codec(), compress(Buffer.alloc(most + 1)))).rejects.toThrow("more than 10485760 bytes");
  });

  it.for([
    { what: "text", raw: "H4sI", says: `is text, where ${name} was expected; write base64(${name}(…))` },
    { what: "nothing", raw: new Uint8Array(), says: `is empty, where ${name} was expected` },
    { what: "something else", raw: utf8("secret secret secret"), says: `is not ${name}, or is corrupt (20 bytes)` },
    { what: "its beginning", raw: order.subarray(0, 9), says: `is truncated ${name} (9 bytes)` },
    { what: "all but its end", raw: order.subarray(0, -1), says: `is truncated ${name}` },
    { what: "a second member that is cut off", raw: Buffer.concat([order, order.subarray(0, -2)]), says: `is truncated ${name}` },
    { what: "garbage behind it", raw: Buffer.concat([order, utf8("secret")]), says: `is not ${name}, or is corrupt` },
  ])("refuses $what with an error that does not quote it", async ({ raw, says }) => {
    const error = (await decode(codec(), raw).catch((thrown: unknown) => thrown)) as Error;

    expect(error).toMatchObject({ code: "LAMELLA_PAYLOAD", message: expect.stringContaining(says) });
    expect(error.message).not.toContain("secret");
  });

  it("ends with bytes or a PayloadError whatever is broken in it", async () => {
    const whole = compress(JSON.stringify(Array.from({ length: 50 }, (_, id) => ({ id }))));
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(3), async (at, flip, cut) => {
        const broken = Uint8Array.from(whole);
        broken[at] = (broken[at] as number) ^ flip;
        const outcome = await decode(codec(bytes(), { maxBytes: 100_000 }), broken.subarray(0, broken.length - cut)).catch(
          (error: unknown) => error,
        );

        if (!(outcome instanceof Uint8Array)) expect(outcome).toMatchObject({ code: "LAMELLA_PAYLOAD" });
      }),
      { numRuns: 1_000 },
    );
  });

  it.for([{ maxBytes: 0 }, { maxBytes: -1 }, { maxBytes: 1.5 }, { maxBytes: Number.NaN }, { maxBytes: "1" as never }])(
    "throws at load for maxBytes $maxBytes",
    (options) => {
      expect(() => codec(text(), options)).toThrow(RangeError);
      expect(() => codec(text(), options)).toThrow(`${name}({ maxBytes }) must be a whole number of 1 or more, got`);
    },
  );

  it("throws at load for what is neither a codec nor a schema", () => {
    expect(() => codec("json" as never)).toThrow(`${name}(inner) must be a codec or a Standard Schema`);
  });
});

describe("frames of zstd in a row", () => {
  it.for([
    { count: 1_000, gives: 1_000 },
    { count: 1_001, gives: "The body has more than 1000 streams of zstd in a row" },
  ])("that are $count give $gives", async ({ count, gives }) => {
    const outcome = await decode(zstd(), Buffer.concat(Array<Uint8Array>(count).fill(zstdCompressSync("x")))).then(
      (value) => value.length,
      (error: Error) => error.message.split(". ")[0],
    );

    expect(outcome).toBe(gives);
  });
});

describe("a frame of zstd that may be skipped", () => {
  it("holds no content", async () => {
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9]);
    const frame = zstdCompressSync("x");

    for (const raw of [Buffer.concat([skippable, frame]), Buffer.concat([frame, skippable])])
      expect(await decode(zstd(text()), raw)).toBe("x");
  });
});

describe("codecs that are not used", () => {
  it("load nothing", async () => {
    const load = vi.spyOn(process, "getBuiltinModule");
    gzip(Order);
    zstd(Order);

    expect(load).not.toHaveBeenCalled();
    await decode(gzip(), gzipSync("x"));
    expect(load).toHaveBeenCalledWith("node:zlib");
  });

  it("say at load that Node.js is too old for zstd", () => {
    const { zstd: version, ...older } = process.versions as Record<string, string>;
    const versions = vi.spyOn(process, "versions", "get").mockReturnValue(older as never);

    expect(version).toBeDefined();
    expect(() => zstd()).toThrow(`zstd() must be used with Node.js 22.15 or later, got "${process.version}"`);
    versions.mockRestore();
  });
});
