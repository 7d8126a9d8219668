import type { Source } from "@lamella/core";
import { type ALBEvent, type ALBResult, albService } from "./alb.ts";
import { functionUrlService } from "./function-url.ts";
import { type APIGatewayProxyEventV2, type APIGatewayProxyStructuredResultV2, httpApiService } from "./http-api.ts";
import { type HttpKind, type HttpService, httpSource, type StagedHttpOptions } from "./http-source.ts";
import { latticeService } from "./lattice.ts";
import type { LatticeEvent, LatticeResult } from "./lattice-event.ts";
import type { NamedValues, Shaped, Values } from "./request/http-request.ts";
import type { Responses } from "./response/responses.ts";
import { type APIGatewayProxyEvent, type APIGatewayProxyResult, restApiService } from "./rest-api.ts";

/** The event of any HTTP service; function URLs send the same as HTTP APIs. */
export type HttpEvent = APIGatewayProxyEvent | APIGatewayProxyEventV2 | ALBEvent | LatticeEvent;

/** What any HTTP service is replied. */
export type HttpResult = APIGatewayProxyResult | APIGatewayProxyStructuredResultV2 | ALBResult | LatticeResult;

/**
 * The source for all HTTP services, told apart by the marks of their events: REST APIs, HTTP APIs, function URLs, load
 * balancers and VPC Lattice. It brings the code of all of them; a function with one service in front takes that service's
 * own source.
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(http({ body: Order }), async ({ body }) => place(body));
 */
export function http<
  Body = undefined,
  Query = Values,
  Params = Values,
  Headers = {},
  Cookies extends NamedValues = Values,
  Response extends Responses = never,
>(
  options: StagedHttpOptions<Body, Query, Params, Headers, Cookies, Response> = {},
): Source<HttpKind<HttpEvent, HttpResult, Shaped<Body, Query, Params, Headers, Cookies>, Response>> {
  return httpSource(anyService, options);
}

// Types are erased here, once: each service gets only events that it accepts.
const services = [
  httpApiService,
  restApiService,
  functionUrlService,
  albService,
  latticeService,
] as readonly unknown[] as readonly HttpService<HttpEvent, HttpResult>[];

const anyService: HttpService<HttpEvent, HttpResult> = {
  name: "http",
  expects: "an event of a REST API, an HTTP API, a function URL, a load balancer or VPC Lattice",
  accepts: (event) => services.some(({ accepts }) => accepts(event)),
  id: (event) => serviceOf(event).id(event),
  open: (event, setup) => serviceOf(event).open(event, setup),
  write: (response, event) => serviceOf(event).write(response, event),
};

function serviceOf(event: HttpEvent): HttpService<HttpEvent, HttpResult> {
  return services.find(({ accepts }) => accepts(event)) as HttpService<HttpEvent, HttpResult>;
}
