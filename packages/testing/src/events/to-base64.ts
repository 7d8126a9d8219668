/** A payload as the services send it: text and bytes as they are, anything else as JSON; in base64. */
export function toBase64(payload: unknown): string {
  return toBytes(payload).toString("base64");
}

/** A payload as bytes: text as UTF-8, anything that is no bytes as JSON. */
export function toBytes(payload: unknown): Buffer {
  if (payload instanceof Uint8Array) return Buffer.from(payload);
  return Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload));
}
