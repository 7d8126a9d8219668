import { constants, zstdCompressSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { zstdFrameBytes } from "./zstd-frame.ts";

const { ZSTD_c_checksumFlag, ZSTD_c_contentSizeFlag, ZSTD_c_windowLog } = constants;
const random = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 2_654_435_761) >>> 13);

describe("zstdFrameBytes", () => {
  it.for([
    { what: "nothing", content: new Uint8Array(), params: {} },
    { what: "a few bytes", content: Buffer.from("hello"), params: {} },
    { what: "a byte many times", content: Buffer.alloc(200_000, 7), params: {} },
    { what: "several blocks", content: random, params: {} },
    { what: "a checksum", content: random, params: { [ZSTD_c_checksumFlag]: 1 } },
    { what: "no size", content: random, params: { [ZSTD_c_contentSizeFlag]: 0 } },
    { what: "a small window", content: random, params: { [ZSTD_c_windowLog]: 10 } },
  ])("finds the end of a frame of $what, whatever follows", ({ content, params }) => {
    const frame = zstdCompressSync(content, { params });

    expect(zstdFrameBytes(frame)).toBe(frame.length);
    expect(zstdFrameBytes(Buffer.concat([frame, frame]))).toBe(frame.length);
    expect(zstdFrameBytes(Buffer.concat([frame, Buffer.from("x")]))).toBe(frame.length);
  });

  it("wants more of every frame that is cut off", () => {
    const frame = zstdCompressSync(random, { params: { [ZSTD_c_checksumFlag]: 1 } });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: frame.length - 1 }), (bytes) => {
        expect(zstdFrameBytes(frame.subarray(0, bytes))).toBeGreaterThan(bytes);
      }),
    );
  });

  it("passes over a frame that may be skipped", () => {
    const skippable = Buffer.from([0x5f, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

    expect(zstdFrameBytes(skippable)).toBe(11);
    expect(zstdFrameBytes(skippable.subarray(0, 10))).toBe(11);
    expect(zstdFrameBytes(skippable.subarray(0, 7))).toBe(Infinity);
  });

  it("finds none in something else", () => {
    expect(zstdFrameBytes(Buffer.from("something else"))).toBeUndefined();
  });
});
