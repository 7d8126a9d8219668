import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { bytes, type Codec, codec, json, text } from "../index.ts";

const decode = async <Value>(from: Codec<Value>, raw: string | Uint8Array) => from["~decode"](raw, "body");
const utf8 = (value: string) => new TextEncoder().encode(value);

describe("json", () => {
  it.for([{ raw: '{"a":1}' }, { raw: utf8('{"a":1}') }])("reads $raw", async ({ raw }) => {
    expect(await decode(json(), raw)).toEqual({ a: 1 });
  });

  it.for([
    { library: "Zod", schema: z.object({ id: z.string() }) },
    { library: "Valibot", schema: v.object({ id: v.string() }) },
    { library: "ArkType", schema: type({ id: "string" }) },
    { library: "Zod, asynchronous", schema: z.object({ id: z.string().refine(async () => true) }) },
  ])("gives what a schema of $library makes of it, and its issues with their paths", async ({ schema }) => {
    expect(await decode(json(schema), '{"id":"1"}')).toEqual({ id: "1" });
    await expect(decode(json(schema), '{"id":1}')).rejects.toMatchObject({
      name: "PayloadError",
      code: "LAMELLA_PAYLOAD",
      part: "body",
      message: "The body does not fit its schema at /id. Fix the producer, or the schema.",
    });
  });

  it("names at most five places, by JSON Pointers", async () => {
    const schema = z.array(z.object({ "a/b~c": z.string() }));

    await expect(decode(json(schema), JSON.stringify(Array.from({ length: 7 }, () => ({}))))).rejects.toThrow(
      "at /0/a~1b~0c, /1/a~1b~0c, /2/a~1b~0c, /3/a~1b~0c, /4/a~1b~0c and 2 more places.",
    );
  });

  it.for([
    { raw: "", says: "The body is empty, where JSON was expected." },
    { raw: "secret", says: "The body is not JSON (6 characters)." },
    { raw: '{"a":1', says: "The body is not JSON (6 characters)." },
    { raw: new Uint8Array([0xff, 0xfe]), says: "The body is not UTF-8 (2 bytes)." },
  ])("refuses $raw with an error that does not quote it", async ({ raw, says }) => {
    const error = (await decode(json(), raw).catch((thrown: unknown) => thrown)) as Error;

    expect(error.message).toContain(says);
    expect(error.message).not.toContain("secret");
    expect(error.cause).toBeInstanceOf(Error);
  });

  const padding = `"padding":"${"x".repeat(300)}"`;
  it.for([
    { raw: '{"__proto__":{"admin":true}}' },
    { raw: '{"a":[{"__proto__":1}]}' },
    { raw: '{"\\u005f_proto__":{"admin":true}}' },
    { raw: '{"constructor":{"prototype":{"admin":true}}}' },
    { raw: `{${padding},"a":{"__proto__":{}}}` },
    { raw: `{${padding},"a":{"\\u005f\\u005fproto__":{}}}` },
    { raw: `{${padding},"a":{"constructor":{"\\u0070rototype":{}}}}` },
  ])("refuses $raw, which could change every object", async ({ raw }) => {
    await expect(decode(json(z.looseObject({})), raw)).rejects.toMatchObject({ code: "LAMELLA_PAYLOAD" });
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });

  it.for([
    { raw: '{"a":"__proto__"}' },
    { raw: '{"constructor":"Ferrari"}' },
    { raw: '{"constructor":{"name":"x"},"prototype":{}}' },
    { raw: `{${padding},"a":"prototype \\u0041"}` },
  ])("takes $raw", async ({ raw }) => {
    expect(await decode(json(), raw)).toEqual(JSON.parse(raw));
  });

  it("survives nesting that is deeper than the stack", async () => {
    const deep = `${"[".repeat(200_000)}"prototype"${"]".repeat(200_000)}`;

    expect(await decode(json(), deep)).toHaveLength(1);
  });

  it.for([
    {
      how: "throws",
      validate: () => {
        throw new Error("broken");
      },
    },
    { how: "rejects", validate: async () => Promise.reject(new Error("broken")) },
  ])("says so when a schema $how instead of returning issues", async ({ validate }) => {
    const broken = { "~standard": { version: 1, vendor: "test", validate } } as const;

    await expect(decode(json(broken), "{}")).rejects.toMatchObject({
      name: "SchemaError",
      code: "LAMELLA_SCHEMA_THREW",
      cause: new Error("broken"),
    });
  });
});

describe("text", () => {
  it("gives text as it is, and bytes as UTF-8", async () => {
    expect(await decode(text(), "grüße")).toBe("grüße");
    expect(await decode(text(), utf8("grüße"))).toBe("grüße");
  });
});

describe.for([
  { what: "a Uint8Array", make: (list: readonly number[]) => new Uint8Array(list) },
  { what: "a Buffer", make: (list: readonly number[]) => Buffer.from(list) },
])("text of $what", ({ make }) => {
  it.for([
    { raw: [], gives: "" },
    { raw: [0xc3, 0xbc], gives: "ü" },
    { raw: [0xef, 0xbb, 0xbf, 0x61], gives: "a" },
    { raw: [0xef, 0xbf, 0xbd], gives: "\uFFFD" },
  ])("is $gives for $raw", async ({ raw, gives }) => {
    expect(await decode(text(), make(raw))).toBe(gives);
  });

  it.for([{ raw: [0xff] }, { raw: [0x61, 0xc3] }, { raw: [0xed, 0xa0, 0x80] }])("is none for $raw", async ({ raw }) => {
    await expect(decode(text(), make(raw))).rejects.toMatchObject({
      code: "LAMELLA_PAYLOAD",
      message: expect.stringContaining("is not UTF-8"),
    });
  });
});

describe("bytes", () => {
  it("gives bytes as they are, and text as UTF-8", async () => {
    const raw = new Uint8Array([0, 255]);

    expect(await decode(bytes(), raw)).toBe(raw);
    expect(await decode(bytes(), "grüße")).toEqual(utf8("grüße"));
  });
});

describe("codec", () => {
  it("gives what its function gives, with the name of the part", async () => {
    expect(
      await decode(
        codec((raw, part) => `${part} ${String(raw)}`),
        "x",
      ),
    ).toBe("body x");
  });

  it("throws at load for what is no function", () => {
    expect(() => codec("json" as never)).toThrow('codec(decode) must be a function, got "json"');
  });
});

describe("the issues of an error", () => {
  it("are not shown with it, because some schemas quote the payload in them", async () => {
    const { inspect } = await import("node:util");
    const error: unknown = await decode(json(v.object({ id: v.number() })), '{"id":"secret"}').catch((thrown: unknown) => thrown);

    expect((error as { issues: { message: string }[] }).issues[0]?.message).toContain("secret");
    expect(inspect(error)).not.toContain("secret");
    expect(JSON.stringify(error)).not.toContain("secret");
  });
});
