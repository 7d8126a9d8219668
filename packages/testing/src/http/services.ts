import { albEvent } from "../events/alb-event.ts";
import { functionUrlEvent } from "../events/function-url-event.ts";
import { httpApiEvent } from "../events/http-api-event.ts";
import type { HttpEventInput } from "../events/http-event-input.ts";
import { latticeEvent } from "../events/lattice-event.ts";
import { restApiEvent } from "../events/rest-api-event.ts";
import { albResponse, httpApiResponse, latticeResponse, restApiResponse } from "../replies/to-response.ts";

/** How one service packs a request, and what its clients see of a reply. */
interface LocalService {
  readonly toEvent: (input: HttpEventInput) => unknown;
  /** What the service cannot read, it throws for. */
  readonly toResponse: (reply: never) => Response;
  readonly streams: boolean;
}

/** A service that can stand in front of a handler. */
export type HttpServiceName = "restApi" | "httpApi" | "httpApiV1" | "functionUrl" | "alb" | "albMulti" | "lattice" | "latticeV1";

export const services: Readonly<Record<HttpServiceName, LocalService>> = {
  restApi: { toEvent: restApiEvent, toResponse: restApiResponse, streams: true },
  httpApi: { toEvent: httpApiEvent, toResponse: payload2Response, streams: false },
  httpApiV1: {
    toEvent: (input) => restApiEvent({ ...input, fromHttpApi: true, stage: "$default" }),
    toResponse: restApiResponse,
    streams: false,
  },
  functionUrl: {
    // Its own host: Lambda knows a URL by it.
    toEvent: ({ headers, ...input }) => functionUrlEvent({ ...input, headers: withoutHost(headers) }),
    toResponse: payload2Response,
    streams: true,
  },
  alb: { toEvent: albEvent, toResponse: (reply) => albResponse(reply), streams: false },
  albMulti: {
    toEvent: (input) => albEvent({ ...input, multiValue: true }),
    toResponse: (reply) => albResponse(reply, true),
    streams: false,
  },
  lattice: { toEvent: (input) => latticeEvent(input), toResponse: latticeResponse, streams: false },
  latticeV1: { toEvent: (input) => latticeEvent({ ...input, version: 1 }), toResponse: latticeResponse, streams: false },
};

/** A reply without a status code is the body itself. */
function payload2Response(reply: unknown): Response {
  if (typeof reply === "object" && reply !== null && "statusCode" in reply)
    return httpApiResponse(reply as { readonly statusCode: number });
  return new Response(typeof reply === "string" ? reply : JSON.stringify(reply), { headers: { "content-type": "application/json" } });
}

function withoutHost(headers: HttpEventInput["headers"]): HttpEventInput["headers"] {
  return Object.fromEntries(Object.entries(headers ?? {}).filter(([name]) => name.toLowerCase() !== "host"));
}
