import { PayloadError } from "../errors/payload-error.ts";
import { bytes } from "./bytes.ts";
import { type Codec, type Payload, toDecode } from "./codec.ts";
import { toText } from "./text.ts";

/**
 * Base64, and what `inner` makes of its bytes; without `inner` the bytes.
 *
 * It must be as RFC 4648 says, with padding and without line breaks: Node.js skips what it does not know, so a payload
 * that was damaged would become another one.
 *
 * @throws {TypeError} At load, when `inner` is neither a codec nor a schema.
 * @example
 * const packed = base64(gzip(json(Order)));
 */
export function base64<Value = Uint8Array>(inner: Payload<Value> = bytes() as Codec<never>): Codec<Value> {
  const decode = toDecode(inner, "base64(inner)");
  return { "~decode": (raw, part) => decode(fromBase64(toText(raw, part), part), part) };
}

/**
 * @throws {PayloadError} When `text` is not base64.
 */
function fromBase64(text: string, part: string): Uint8Array {
  const decoded = Buffer.from(text, "base64");
  if (isExactly(decoded, text)) return decoded;
  const hint = /^[\w-]*={0,2}$/.test(text) ? "; it may be base64url, or lack its padding" : "";
  throw new PayloadError({ part, problem: `is not base64 (${text.length} characters)${hint}` });
}

// What Node.js skips makes the bytes fewer than the text has room for: counting costs less than looking at each character.
function isExactly(decoded: Buffer, text: string): boolean {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  if (text.length % 4 !== 0 || decoded.length !== (text.length / 4) * 3 - padding) return false;
  // It reads the alphabet of base64url as well.
  if (text.includes("-") || text.includes("_")) return false;
  // The last character before the padding may have bits to spare, which are 0.
  return padding === 0 || decoded.toString("base64", decoded.length - 3 + padding) === text.slice(-4);
}
