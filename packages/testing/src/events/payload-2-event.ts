import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { decoded, grouped, type HttpEventInput, toSent } from "./http-event-input.ts";

/** What differs between the services that send payload format 2.0. */
export interface Payload2Details {
  readonly rawPath: string;
  readonly domainName: (host: string) => string;
  readonly context: Partial<APIGatewayProxyEventV2["requestContext"]> &
    Pick<APIGatewayProxyEventV2["requestContext"], "stage" | "requestId">;
  readonly routeKey: string;
  readonly params?: Readonly<Record<string, string>> | undefined;
  readonly authorizer?: unknown;
}

export function payload2Event(input: HttpEventInput, details: Payload2Details): APIGatewayProxyEventV2 {
  const { rawPath, domainName: toDomainName, context, routeKey, params, authorizer } = details;
  const { method, search, query, headers, host, body, isBase64Encoded } = toSent(input);
  const domainName = toDomainName(host);
  // Names in lower case, and several values of one name joined by commas; but cookies apart, one by one.
  const lower = headers.map(([name, values]) => [name.toLowerCase(), values] as const);
  const cookies = lower
    .filter(([name]) => name === "cookie")
    .flatMap(([, values]) => values)
    .flatMap((value) => value.split("; "));
  const userAgent = lower.find(([name]) => name === "user-agent")?.[1].join(",") ?? "";
  return {
    version: "2.0",
    routeKey,
    rawPath,
    rawQueryString: search,
    ...(cookies.length > 0 && { cookies }),
    headers: Object.fromEntries(lower.filter(([name]) => name !== "cookie").map(([name, values]) => [name, values.join(",")])),
    ...(query.length > 0 && {
      queryStringParameters: Object.fromEntries(grouped(query.map(decoded)).map(([name, values]) => [name, values.join(",")])),
    }),
    ...(params !== undefined && { pathParameters: { ...params } }),
    requestContext: {
      accountId: "123456789012",
      apiId: "api",
      domainName,
      domainPrefix: domainName.split(".")[0] ?? "",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent },
      routeKey,
      time: "31/Jan/2026:12:00:00 +0000",
      timeEpoch: 1_769_860_800_000,
      ...context,
      ...(authorizer !== undefined && { authorizer }),
    },
    ...(body !== undefined && { body }),
    isBase64Encoded,
  };
}
