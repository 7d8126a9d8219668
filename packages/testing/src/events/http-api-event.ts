import type { APIGatewayProxyEventV2 } from "aws-lambda";

/** What a test says of a request; the rest is made up, and the same in every run. */
export interface HttpApiEventInput {
  /** @default "GET", or "POST" with a body */
  readonly method?: string | undefined;
  /** As the client sends it, percent-encoded where it must be. @default "/" */
  readonly path?: string | undefined;
  /** Values by name, not encoded; several of one name as a list. */
  readonly query?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** By name, in any case; several values of one name as a list. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | undefined;
  readonly cookies?: Readonly<Record<string, string>> | undefined;
  /** The parameters of the path, as API Gateway has matched and decoded them. */
  readonly params?: Readonly<Record<string, string>> | undefined;
  /** Text and bytes as they are; anything else as JSON, with its content type. */
  readonly body?: unknown;
  /** The route that API Gateway has matched. @default "$default" */
  readonly routeKey?: string | undefined;
  /** A stage other than the default stands in front of the path, as API Gateway puts it. @default "$default" */
  readonly stage?: string | undefined;
  /** @default the same in every event */
  readonly requestId?: string | undefined;
  /** The claims of a token that API Gateway's JWT authorizer has checked. */
  readonly claims?: Readonly<Record<string, string | number | boolean | string[]>> | undefined;
}

/**
 * The event of a request to an HTTP API, payload format 2.0: what `httpApi()` opens.
 *
 * AWS: "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway".
 *
 * @example
 * httpApiEvent({ method: "POST", path: "/orders", body: { id: "1", sku: "pen", quantity: 2 } });
 */
export function httpApiEvent(input: HttpApiEventInput = {}): APIGatewayProxyEventV2 {
  const { method = input.body === undefined ? "GET" : "POST", path = "/", routeKey = "$default", stage = "$default" } = input;
  const { body, isBase64Encoded, contentType } = encode(input.body);
  const query = pairs(input.query);
  const cookies = Object.entries(input.cookies ?? {}).map(([name, value]) => `${name}=${value}`);
  const headers = {
    host: "api.example.com",
    "user-agent": "test",
    ...(contentType !== undefined && { "content-type": contentType }),
    // API Gateway lowers the names, and joins several values of one name by commas.
    ...Object.fromEntries(Object.entries(input.headers ?? {}).map(([name, value]) => [name.toLowerCase(), join(value)])),
  };
  const rawPath = stage === "$default" ? path : `/${stage}${path}`;
  return {
    version: "2.0",
    routeKey,
    rawPath,
    rawQueryString: query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&"),
    headers,
    ...(cookies.length > 0 && { cookies }),
    ...(query.length > 0 && { queryStringParameters: joined(query) }),
    ...(input.params !== undefined && { pathParameters: { ...input.params } }),
    requestContext: {
      accountId: "123456789012",
      apiId: "api",
      domainName: "api.example.com",
      domainPrefix: "api",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" },
      requestId: input.requestId ?? "JKJaXmPLvHcESHA=",
      routeKey,
      stage,
      time: "31/Jan/2026:12:00:00 +0000",
      timeEpoch: 1_769_860_800_000,
      ...(input.claims !== undefined && { authorizer: { jwt: { claims: { ...input.claims }, scopes: [] } } }),
    },
    ...(body !== undefined && { body }),
    isBase64Encoded,
  };
}

function encode(body: unknown): { body?: string; isBase64Encoded: boolean; contentType?: string } {
  if (body === undefined) return { isBase64Encoded: false };
  if (typeof body === "string") return { body, isBase64Encoded: false };
  if (body instanceof Uint8Array)
    return { body: Buffer.from(body).toString("base64"), isBase64Encoded: true, contentType: "application/octet-stream" };
  return { body: JSON.stringify(body), isBase64Encoded: false, contentType: "application/json" };
}

function pairs(query: HttpApiEventInput["query"] = {}): (readonly [string, string])[] {
  return Object.entries(query).flatMap(([name, values]) => [values].flat().map((value) => [name, value] as const));
}

function joined(query: readonly (readonly [string, string])[]): Record<string, string> {
  const byName: Record<string, string> = {};
  for (const [name, value] of query) byName[name] = name in byName ? `${byName[name]},${value}` : value;
  return byName;
}

function join(value: string | readonly string[]): string {
  return typeof value === "string" ? value : value.join(",");
}
