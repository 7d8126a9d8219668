import type { Source } from "@lamella/core";
import type { LambdaFunctionURLEvent } from "aws-lambda";
import type { APIGatewayProxyStructuredResultV2 } from "./http-api.ts";
import { type HttpKind, type HttpOptions, type HttpService, httpSource } from "./http-source.ts";
import { isPayload2, Payload2Request, writePayload2 } from "./payload-2.ts";
import type { IamAuth } from "./request/auth.ts";
import type { NamedValues, Shaped, Values } from "./request/http-request.ts";
import type { Responses } from "./response/responses.ts";

// AWS's types, or users' declarations could not name them.
export type { LambdaFunctionURLEvent } from "aws-lambda";

/** What the parts of a request to a function URL come to. */
export interface FunctionUrlShape<Body, Query, Params, Headers, Cookies extends NamedValues>
  extends Shaped<Body, Query, Params, Headers, Cookies> {
  readonly auth: IamAuth | undefined;
}

/**
 * The source for function URLs. A handler returns the same as that of `httpApi`.
 *
 * AWS: "Invoking Lambda function URLs".
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(functionUrl({ body: Order }), async ({ body }) => place(body));
 */
export function functionUrl<
  Body = undefined,
  Query = Values,
  Params = Values,
  Headers = {},
  Cookies extends NamedValues = Values,
  Response extends Responses = never,
>(
  options: HttpOptions<Body, Query, Params, Headers, Cookies, Response> = {},
): Source<
  HttpKind<LambdaFunctionURLEvent, APIGatewayProxyStructuredResultV2, FunctionUrlShape<Body, Query, Params, Headers, Cookies>, Response>
> {
  return httpSource(functionUrlService, options);
}

export const functionUrlService: HttpService<LambdaFunctionURLEvent, APIGatewayProxyStructuredResultV2> = {
  name: "functionUrl",
  expects: "a function URL event (version 2.0 and a requestContext.domainName with .lambda-url.)",
  accepts: (event) => isPayload2(event, true),
  streams: true,
  id: ({ requestContext }) => requestContext?.requestId,
  open: (event, setup) => new Payload2Request(event, setup),
  write: writePayload2,
};
