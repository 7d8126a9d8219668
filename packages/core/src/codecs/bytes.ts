import type { Codec } from "./codec.ts";

/** The payload as bytes; text is given as its UTF-8. */
export function bytes(): Codec<Uint8Array> {
  return { "~decode": (raw) => (typeof raw === "string" ? new TextEncoder().encode(raw) : raw) };
}
