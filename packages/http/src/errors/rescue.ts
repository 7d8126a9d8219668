import type { EventRequest } from "../request/event-request.ts";
import type { SealedResponse } from "../response/http-response.ts";
import { toProblem } from "./to-problem.ts";

/** The response of an error: the one that was made of it already, with what layers did to it, or a new one. */
export function rescue(error: unknown, request: EventRequest): SealedResponse {
  if (request["~rescued"] === undefined || request["~rescued"].error !== error) {
    const response = toProblem(error);
    for (const put of request["~stamps"] ?? []) {
      try {
        put(response.headers);
      } catch {
        // The reply of the error is what counts.
      }
    }
    request["~rescued"] = { error, response };
  }
  return request["~rescued"].response;
}
