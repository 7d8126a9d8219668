import { PayloadError } from "../errors/payload-error.ts";
import type { Codec } from "./codec.ts";

const utf8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true });

/** The payload as text; bytes are read as UTF-8. */
export function text(): Codec<string> {
  return { "~decode": toText };
}

/**
 * @throws {PayloadError} When bytes are not UTF-8.
 */
export function toText(raw: string | Uint8Array, part: string): string {
  if (typeof raw === "string") return raw;
  try {
    return utf8.decode(raw);
  } catch (cause) {
    throw new PayloadError({ part, problem: `is not UTF-8 (${raw.byteLength} bytes)`, cause });
  }
}
