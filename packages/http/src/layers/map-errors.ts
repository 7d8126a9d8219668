import { hasCode, type Layer, layer } from "@lamella/core";
import { mustBe } from "@lamella/core/extend";
import { HttpError } from "../errors/http-error.ts";
import type { HttpRequest } from "../request/http-request.ts";

/** Says what the client is told of an error; `undefined` for what is told without it. */
export type MapError = (error: unknown, request: HttpRequest) => HttpError | undefined;

/**
 * Answers a team's own errors: what `map` makes of an error is thrown in its place, with the error as its cause, so that
 * the log has both. Errors that it does not know go on as they are.
 *
 * It stands next to the handler, behind layers that look at responses.
 *
 * @throws {TypeError} At load, when `map` is no function.
 * @example
 * const domain = mapErrors((error) => (error instanceof OutOfStock ? new ConflictError("Sold out.") : undefined));
 */
export function mapErrors(map: MapError): Layer<HttpRequest, {}, {}> {
  mustBe(typeof map === "function", "mapErrors(map)", "a function", map);
  return layer("mapErrors", async (request: HttpRequest, _ctx, next) => {
    try {
      return await next();
    } catch (error) {
      throw toThrown(map, error, request);
    }
  });
}

function toThrown(map: MapError, error: unknown, request: HttpRequest): unknown {
  let mapped: HttpError | undefined;
  try {
    mapped = map(error, request);
  } catch (own) {
    // A mistake of the mapping must not hide what it was asked about.
    return new AggregateError([error, own], "mapErrors(map): the mapping failed.", { cause: error });
  }
  if (mapped === undefined || !hasCode(mapped, "LAMELLA_HTTP")) return error;
  if (mapped === error || mapped.cause !== undefined) return mapped;
  // A new one: what the mapping gave may be shared by all requests.
  const { status, detail, headers, expose, problem } = mapped;
  return Object.defineProperty(new HttpError(status, detail, { cause: error, headers, expose, problem }), "name", { value: mapped.name });
}
