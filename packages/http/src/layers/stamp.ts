import type { EventRequest } from "../request/event-request.ts";
import type { HttpRequest } from "../request/http-request.ts";

/** Puts headers on a response; putting them twice must be the same as once. */
export type Stamp = (headers: Headers) => void;

/**
 * Has `put` applied to whatever the source makes of an error, of one that comes when the layer has ended as well: of a
 * layer further out, or of a stream that breaks when the reply is written.
 */
export function stamp(request: HttpRequest, put: Stamp): void {
  // Layers run around requests that a source has made, and no others.
  ((request as EventRequest)["~stamps"] ??= []).push(put);
}
