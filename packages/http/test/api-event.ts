import type { LambdaContext } from "@lamella/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";

export interface ApiRequest {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
  readonly cookies?: string[];
  readonly params?: Record<string, string>;
  /** What is no text is sent as JSON. */
  readonly body?: unknown;
  readonly base64?: boolean;
  readonly stage?: string;
}

/** An HTTP API event as API Gateway sends it: maps that would be empty are not there. */
export function apiEvent({
  method,
  path = "/orders",
  query = "",
  headers,
  cookies,
  params,
  body,
  base64,
  stage,
}: ApiRequest = {}): APIGatewayProxyEventV2 {
  const verb = method ?? (body === undefined ? "GET" : "POST");
  const encoded = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: query,
    headers: { host: "api.example.com", ...headers },
    ...(cookies && { cookies }),
    ...(params && { pathParameters: params }),
    ...(encoded !== undefined && { body: encoded }),
    isBase64Encoded: base64 ?? false,
    requestContext: {
      accountId: "123456789012",
      apiId: "a1b2c3",
      domainName: "api.example.com",
      domainPrefix: "api",
      http: { method: verb, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "curl/8" },
      requestId: "request-1",
      routeKey: "$default",
      stage: stage ?? "$default",
      time: "01/Nov/2026:00:00:00 +0000",
      timeEpoch: 1_793_491_200_000,
    },
  };
}

/** A context whose time runs with the clock, fake timers too. */
export function context(remainingMs = 30_000): LambdaContext {
  const end = Date.now() + remainingMs;
  return { awsRequestId: "invocation-1", getRemainingTimeInMillis: () => end - Date.now() } as LambdaContext;
}
