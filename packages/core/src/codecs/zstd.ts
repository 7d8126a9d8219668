import { mustBe } from "../must-be.ts";
import type { Codec, Payload } from "./codec.ts";
import { type DecompressOptions, decompression } from "./decompress.ts";
import { zstdFrameBytes } from "./zstd-frame.ts";

/**
 * Bytes that were compressed by Zstandard, and what `inner` makes of them decompressed; without `inner` the bytes.
 * Several frames in a row are one payload.
 *
 * @throws {RangeError} At load, when `maxBytes` is out of its range.
 * @throws {TypeError} At load, when `inner` is neither a codec nor a schema, or Node.js is older than 22.15.
 * @example
 * const orders = zstd(json(Order));
 */
export function zstd<Value = Uint8Array>(inner?: Payload<Value>, options?: DecompressOptions): Codec<Value> {
  // Told by the version, so that the module is not loaded before there is something to decompress.
  mustBe(process.versions["zstd"] !== undefined, "zstd()", "used with Node.js 22.15 or later", process.version);
  return decompression(
    { name: "zstd", unpack: (zlib, packed, limits) => zlib.zstdDecompressSync(packed, limits), lengthOf: zstdFrameBytes },
    inner,
    options,
  );
}
