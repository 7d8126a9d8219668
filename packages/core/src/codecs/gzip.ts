import type { Codec, Payload } from "./codec.ts";
import { type DecompressOptions, decompression } from "./decompress.ts";

/**
 * Bytes that were compressed by gzip, and what `inner` makes of them decompressed; without `inner` the bytes. Several
 * members in a row are one payload.
 *
 * @throws {RangeError} At load, when `maxBytes` is out of its range.
 * @throws {TypeError} At load, when `inner` is neither a codec nor a schema.
 * @example
 * const orders = gzip(json(Order), { maxBytes: 1_000_000 });
 */
export function gzip<Value = Uint8Array>(inner?: Payload<Value>, options?: DecompressOptions): Codec<Value> {
  return decompression({ name: "gzip", unpack: (zlib, packed, limits) => zlib.gunzipSync(packed, limits) }, inner, options);
}
