import type { Source } from "@lamella/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { type HttpKind, type HttpService, httpSource, type StagedHttpOptions } from "./http-source.ts";
import { isPayload2, Payload2Request, writePayload2 } from "./payload-2.ts";
import type { IamAuth, JwtAuth, LambdaAuth } from "./request/auth.ts";
import type { NamedValues, Shaped, Values } from "./request/http-request.ts";
import type { Responses } from "./response/responses.ts";

// AWS's types, or users' declarations could not name them.
export type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

/** What the parts of a request to an HTTP API come to. */
export interface HttpApiShape<Body, Query, Params, Headers, Cookies extends NamedValues>
  extends Shaped<Body, Query, Params, Headers, Cookies> {
  readonly auth: JwtAuth | IamAuth | LambdaAuth | undefined;
}

/**
 * The source for API Gateway's HTTP APIs, payload format 2.0. For payload format 1.0 there is `restApi`.
 *
 * A handler returns an object (200, JSON), text, bytes, `undefined` (204), a `reply(…)`, or a web `Response`. What it
 * throws becomes a problem document: an `HttpError` with its status, a request that does not fit as 400 with paths, the
 * deadline as 503, and anything else as a 500 that says nothing.
 *
 * AWS: "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway".
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(httpApi({ body: Order, response: { 201: Created } }), async ({ body, reply }) =>
 *   reply(201, await place(body)));
 */
export function httpApi<
  Body = undefined,
  Query = Values,
  Params = Values,
  Headers = {},
  Cookies extends NamedValues = Values,
  Response extends Responses = never,
>(
  options: StagedHttpOptions<Body, Query, Params, Headers, Cookies, Response> = {},
): Source<
  HttpKind<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, HttpApiShape<Body, Query, Params, Headers, Cookies>, Response>
> {
  return httpSource(httpApiService, options);
}

export const httpApiService: HttpService<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> = {
  name: "httpApi",
  expects: "an HTTP API event of payload format 2.0 (version and requestContext.http, no function URL)",
  accepts: (event) => isPayload2(event, false),
  id: ({ requestContext }) => requestContext?.requestId,
  open: (event, setup) => new Payload2Request(event, setup),
  write: writePayload2,
};
