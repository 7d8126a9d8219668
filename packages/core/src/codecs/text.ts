import { PayloadError } from "../errors/payload-error.ts";
import type { Codec } from "./codec.ts";

const utf8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true });

const BYTE_ORDER_MARK = 0xfeff;

/** The payload as text; bytes are read as UTF-8. */
export function text(): Codec<string> {
  return { "~decode": toText };
}

/**
 * @throws {PayloadError} When bytes are not UTF-8.
 */
export function toText(raw: string | Uint8Array, part: string): string {
  if (typeof raw === "string") return raw;
  if (Buffer.isBuffer(raw)) {
    // Faster than a decoder, which then only looks at what has a mark of its own, or signs of what could not be read.
    const decoded = raw.toString();
    if (!decoded.includes("\uFFFD") && decoded.charCodeAt(0) !== BYTE_ORDER_MARK) return decoded;
  }
  try {
    return utf8.decode(raw);
  } catch (cause) {
    throw new PayloadError({ part, problem: `is not UTF-8 (${raw.byteLength} bytes)`, cause });
  }
}
