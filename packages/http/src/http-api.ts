import { parse } from "node:querystring";
import type { Source } from "@lamella/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { type HttpKind, type HttpOptions, httpSource } from "./http-source.ts";
import type { HttpFormat, IncomingHeaders } from "./request/http-format.ts";
import type { Shaped, Values } from "./request/http-request.ts";
import type { Responses } from "./response/responses.ts";

// AWS's types, or users' declarations could not name them.
export type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

/**
 * The source for API Gateway's HTTP APIs, payload format 2.0, which function URLs send as well.
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
export function httpApi<Body = undefined, Query = Values, Params = Values, Headers = {}, Response extends Responses = never>(
  options: HttpOptions<Body, Query, Params, Headers, Response> = {},
): Source<HttpKind<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Shaped<Body, Query, Params, Headers>, Response>> {
  return httpSource(format, options);
}

// The types of AWS promise members that events made by hand lack, so every one is read with care.
type Event = DeepPartial<APIGatewayProxyEventV2>;
type DeepPartial<T> = T extends object ? { readonly [P in keyof T]?: DeepPartial<T[P]> | null | undefined } : T;

const format: HttpFormat<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> = {
  name: "httpApi",
  expects: `an API Gateway HTTP API event of payload format 2.0 (version is "2.0", requestContext.http is there)`,
  accepts: (event) => {
    const { version, requestContext, type } = (event ?? {}) as Event & { readonly type?: unknown };
    // An event for a Lambda authorizer has all of it as well, and a type.
    return version === "2.0" && typeof requestContext?.http === "object" && requestContext.http !== null && type === undefined;
  },
  id: ({ requestContext }: Event) => requestContext?.requestId ?? "",
  method: ({ requestContext }: Event) => requestContext?.http?.method ?? "GET",
  path: ({ rawPath }: Event) => rawPath ?? "/",
  host: ({ requestContext }: Event) => requestContext?.domainName ?? undefined,
  search: ({ rawQueryString }: Event) => rawQueryString ?? "",
  // Not `queryStringParameters`, where a comma of a value cannot be told from one that joins values.
  query: ({ rawQueryString }: Event) => parse(rawQueryString ?? "", "&", "=", { maxKeys: 0 }),
  params: ({ pathParameters }: Event) => (pathParameters ?? {}) as Values,
  headers: ({ headers, cookies }: Event) =>
    (cookies?.length ? { ...headers, cookie: cookies.join("; ") } : (headers ?? {})) as IncomingHeaders,
  cookies: ({ cookies }: Event) => (cookies ?? []) as readonly string[],
  body: ({ body }: Event) => body,
  isBase64: ({ isBase64Encoded }: Event) => isBase64Encoded === true,
  clientIp: ({ requestContext }: Event) => requestContext?.http?.sourceIp ?? undefined,
  stage: ({ requestContext }: Event) => requestContext?.stage ?? undefined,
  write: ({ status, headers, cookies, body, isBase64 }) => {
    const result: APIGatewayProxyStructuredResultV2 = { statusCode: status, headers };
    if (cookies.length > 0) result.cookies = cookies as string[];
    if (body !== undefined) result.body = body;
    if (isBase64) result.isBase64Encoded = true;
    return result;
  },
};
