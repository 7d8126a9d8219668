import { PayloadError } from "@lamella/core";
import type { HttpFormat } from "./http-format.ts";

type BodyFormat<Event> = Pick<HttpFormat<Event, unknown>, "body" | "isBase64">;

/**
 * The body as it was sent: text, or bytes where the service sent base64. Empty text when there is none, because
 * services leave an empty body out.
 *
 * @throws {PayloadError} When the event's body is no text, as in an event made by hand.
 */
export function readBody<Event>(format: BodyFormat<Event>, event: Event): string | Uint8Array {
  const body = format.body(event);
  if (typeof body === "string") return format.isBase64(event) ? fromBase64(body) : body;
  if (body === undefined || body === null) return "";
  throw new PayloadError({ part: "body", problem: `is of type ${typeof body} in the event, where text was expected` });
}

function fromBase64(text: string): Uint8Array {
  // Copied: small buffers are slices of a pool that other data is in.
  return new Uint8Array(Buffer.from(text, "base64"));
}
