import { PayloadError } from "@lamella/core";
import { fromBase64 } from "./base64.ts";

/**
 * The bytes of a payload that a service sends as base64.
 *
 * @throws {PayloadError} When there is none, or it is no base64.
 */
export function base64Payload(data: unknown, part: string): Uint8Array {
  if (typeof data !== "string") throw new PayloadError({ part, problem: missing(data) });
  const bytes = fromBase64(data);
  if (bytes === undefined) throw new PayloadError({ part, problem: `is not base64 (${data.length} characters)` });
  return bytes;
}

function missing(data: unknown): string {
  return data === undefined || data === null ? "is missing" : `is of type ${typeof data}, where base64 was expected`;
}
