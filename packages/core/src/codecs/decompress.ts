import type * as Zlib from "node:zlib";
import { PayloadError } from "../errors/payload-error.ts";
import { mustBe } from "../must-be.ts";
import { bytes } from "./bytes.ts";
import { type Codec, type Payload, toDecode } from "./codec.ts";

export interface DecompressOptions {
  /**
   * How many bytes the payload may have when it is decompressed; 1 or more. A few kilobytes can become gigabytes.
   * @default 10_485_760 (10 MiB)
   */
  readonly maxBytes?: number | undefined;
}

/** One compressed stream of a payload, taken apart. */
interface Unpacked {
  readonly buffer: Uint8Array;
  /** How many bytes of the input it had. */
  readonly engine: { readonly bytesWritten: number };
}

interface Limits {
  readonly maxOutputLength: number;
  readonly info: true;
}

/** A way to compress. */
interface Compression {
  readonly name: "gzip" | "zstd";
  readonly unpack: (zlib: typeof Zlib, packed: Uint8Array, options: Limits) => unknown;
  /**
   * How many bytes the first stream of a payload has, more than there are when it is cut off; `undefined` when it is
   * none. Only where Node.js does not tell.
   */
  readonly lengthOf?: ((packed: Uint8Array) => number | undefined) | undefined;
}

// Each costs a decompressor, and an event has room for half a million empty ones.
const MAX_STREAMS = 1_000;
const DEFAULT_MAX_BYTES = 10 * 1024 * 1024;

/** The codec of a way to compress. */
export function decompression<Value>(
  compression: Compression,
  inner: Payload<Value> = bytes() as Codec<never>,
  { maxBytes = DEFAULT_MAX_BYTES }: DecompressOptions = {},
): Codec<Value> {
  const { name } = compression;
  const decode = toDecode(inner, `${name}(inner)`);
  mustBe(Number.isSafeInteger(maxBytes) && maxBytes >= 1, `${name}({ maxBytes })`, "a whole number of 1 or more", maxBytes, RangeError);
  return { "~decode": (raw, part) => decode(decompress(compression, raw, maxBytes, part), part) };
}

// At once and not in another thread: for what fits into an event that is quicker, and a layer that reads the payload
// finds it there.
function decompress({ name, unpack, lengthOf }: Compression, raw: string | Uint8Array, maxBytes: number, part: string): Uint8Array {
  const refuse = (problem: string, cause?: unknown) => new PayloadError({ part, problem, cause });
  if (typeof raw === "string") throw refuse(`is text, where ${name} was expected; write base64(${name}(…)) where it is base64`);
  if (raw.length === 0) throw refuse(`is empty, where ${name} was expected`);
  const zlib = process.getBuiltinModule("node:zlib");
  const tooLarge = (cause?: unknown) =>
    refuse(`has more than ${maxBytes} bytes when it is decompressed; if it may, raise maxBytes of ${name}(…)`, cause);
  const parts: Uint8Array[] = [];
  let left = maxBytes;
  const truncated = (cause?: unknown) => refuse(`is truncated ${name} (${raw.length} bytes)`, cause);
  // A payload may be several streams in a row. For gzip Node.js knows, for zstd it stops behind the first.
  for (let rest = raw; rest.length > 0 && !(parts.length > 0 && isPadding(rest)); ) {
    if (parts.length === MAX_STREAMS) throw refuse(`has more than ${MAX_STREAMS} streams of ${name} in a row`);
    if ((lengthOf?.(rest) ?? 0) > rest.length) throw truncated();
    let unpacked: Unpacked;
    try {
      // 0 is no limit that Node.js takes.
      unpacked = unpack(zlib, rest, { maxOutputLength: Math.max(left, 1), info: true }) as Unpacked;
    } catch (cause) {
      const { code } = cause as { readonly code?: unknown };
      if (code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(cause);
      if (code === "Z_BUF_ERROR") throw truncated(cause);
      throw refuse(`is not ${name}, or is corrupt (${raw.length} bytes)`, cause);
    }
    left -= unpacked.buffer.length;
    if (left < 0) throw tooLarge();
    parts.push(unpacked.buffer);
    rest = rest.subarray(unpacked.engine.bytesWritten);
  }
  return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
}

/** Zeros behind a stream: tapes and blocks are filled up with them. */
function isPadding(rest: Uint8Array): boolean {
  return rest.every((byte) => byte === 0);
}
