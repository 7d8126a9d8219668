import { parse } from "node:querystring";
import type { Source } from "@lamella/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { type HttpKind, type HttpOptions, type HttpService, httpSource } from "./http-source.ts";
import { EventRequest } from "./request/event-request.ts";
import type { Shaped, Values } from "./request/http-request.ts";
import type { IncomingHeaders } from "./request/to-headers.ts";
import type { Listed } from "./request/to-values.ts";
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
  return httpSource(service, options);
}

type DeepPartial<T> = T extends object ? { readonly [P in keyof T]?: DeepPartial<T[P]> | null | undefined } : T;

// The types of AWS promise members that events made by hand lack, so every one is read with care.
class HttpApiRequest extends EventRequest<DeepPartial<APIGatewayProxyEventV2>> {
  get method(): string {
    return this.raw.requestContext?.http?.method ?? "GET";
  }

  get path(): string {
    return this.raw.rawPath ?? "/";
  }

  get clientIp(): string | undefined {
    return this.raw.requestContext?.http?.sourceIp ?? undefined;
  }

  get stage(): string | undefined {
    return this.raw.requestContext?.stage ?? undefined;
  }

  get "~host"(): string | null | undefined {
    return this.raw.requestContext?.domainName;
  }

  get "~search"(): string {
    return this.raw.rawQueryString ?? "";
  }

  get "~query"(): Listed {
    // Not `queryStringParameters`, where a comma of a value cannot be told from one that joins values.
    return parse(this["~search"], "&", "=", { maxKeys: 0 });
  }

  get "~params"(): Listed {
    return this.raw.pathParameters ?? {};
  }

  get "~headers"(): IncomingHeaders {
    const { headers, cookies } = this.raw;
    return cookies?.length ? { ...headers, cookie: cookies.join("; ") } : (headers ?? {});
  }

  get "~body"(): unknown {
    return this.raw.body;
  }

  get "~isBase64"(): boolean {
    return this.raw.isBase64Encoded === true;
  }
}

const service: HttpService<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> = {
  name: "httpApi",
  expects: `an HTTP API event of payload format 2.0 (version and requestContext.http)`,
  accepts: (event) => {
    const { version, requestContext, type } = (event ?? {}) as DeepPartial<APIGatewayProxyEventV2> & { readonly type?: unknown };
    // An event for a Lambda authorizer has all of it as well, and a type.
    return version === "2.0" && typeof requestContext?.http === "object" && requestContext.http !== null && type === undefined;
  },
  id: ({ requestContext }) => requestContext.requestId ?? "",
  Request: HttpApiRequest,
  write: ({ status, headers, cookies, body, isBase64 }) => {
    const result: APIGatewayProxyStructuredResultV2 = { statusCode: status, headers };
    if (cookies.length > 0) result.cookies = cookies as string[];
    if (body !== undefined) result.body = body;
    if (isBase64) result.isBase64Encoded = true;
    return result;
  },
};
