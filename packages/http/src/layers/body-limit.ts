import type { Layer } from "@lamella/core";
import { mustBe } from "@lamella/core/extend";
import { PayloadTooLargeError } from "../errors/client-errors.ts";
import { httpLayer } from "../http-layer.ts";
import type { EventRequest } from "../request/event-request.ts";
import type { HttpRequest } from "../request/http-request.ts";

export interface BodyLimitOptions {
  /** How large a body may be, in bytes, 0 or more: as it was sent, and not as base64. */
  readonly maxBytes: number;
}

/**
 * Refuses larger bodies with 413, before anything decodes them. What counts is what came, whatever `content-length` says;
 * how large a body may become that is unpacked, its codec says.
 *
 * @throws {RangeError} At load, when `maxBytes` is out of its range.
 * @example
 * export const handler = wrap(httpApi({ body: Order }), bodyLimit({ maxBytes: 65_536 }), async ({ body }) => place(body));
 */
export function bodyLimit({ maxBytes }: BodyLimitOptions): Layer<HttpRequest, {}, {}> {
  mustBe(
    Number.isSafeInteger(maxBytes) && maxBytes >= 0,
    "bodyLimit({ maxBytes })",
    "a whole number of bytes, 0 or more",
    maxBytes,
    RangeError,
  );
  return httpLayer("bodyLimit", async (request, _ctx, next) => {
    const { "~body": body, "~isBase64": isBase64 } = request as EventRequest;
    // A body that is no text, as in an event made by hand, is refused where it is read.
    if (typeof body === "string" && isLarger(body, isBase64, maxBytes)) {
      throw new PayloadTooLargeError(`The body is larger than ${maxBytes} bytes.`);
    }
    return next();
  });
}

function isLarger(body: string, isBase64: boolean, maxBytes: number): boolean {
  // Of base64 the length tells the most that it can be. What is in it that is none makes it less.
  if (Buffer.byteLength(body, isBase64 ? "base64" : "utf8") <= maxBytes) return false;
  return !isBase64 || Buffer.from(body, "base64").length > maxBytes;
}
