import type { CloudFrontHeaders, CloudFrontOrigin, CloudFrontRequestEvent, CloudFrontResponseEvent } from "aws-lambda";

/** What a test says of an event at the edge; the rest is made up, and the same in every run. */
export interface EdgeEventInput {
  /** @default "GET", or "POST" with a body */
  readonly method?: string | undefined;
  /** @default "/" */
  readonly uri?: string | undefined;
  readonly querystring?: string | undefined;
  /** The request's headers, by name in any case. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** As CloudFront sends it with the option Include body. */
  readonly body?: string | Uint8Array | undefined;
  /** For origin events. @default a custom origin */
  readonly origin?: CloudFrontOrigin | undefined;
  /** For response events. @default 200 */
  readonly status?: number | undefined;
  /** For response events: the response's headers. */
  readonly responseHeaders?: Readonly<Record<string, string | readonly string[]>> | undefined;
  readonly requestId?: string | undefined;
}

/** The events that `edgeEvent` makes, by their types. */
export interface EdgeEvents {
  readonly "viewer-request": CloudFrontRequestEvent;
  readonly "origin-request": CloudFrontRequestEvent;
  readonly "origin-response": CloudFrontResponseEvent;
  readonly "viewer-response": CloudFrontResponseEvent;
}

/**
 * An event of CloudFront's: what `edge(type)` opens.
 *
 * AWS: "Lambda@Edge event structure".
 *
 * @example
 * edgeEvent("viewer-request", { uri: "/docs/", headers: { host: "www.example.com" } });
 */
export function edgeEvent<Type extends keyof EdgeEvents>(type: Type, input?: EdgeEventInput): EdgeEvents[Type];
// A signature of its own: TypeScript does not see that the type decides which of the two events it is.
export function edgeEvent(type: keyof EdgeEvents, input: EdgeEventInput = {}): CloudFrontRequestEvent | CloudFrontResponseEvent {
  const { method = input.body === undefined ? "GET" : "POST", uri = "/", querystring = "", body, status = 200 } = input;
  const request = {
    clientIp: "192.0.2.1",
    method,
    uri,
    querystring,
    headers: toHeaders({ Host: "d111111abcdef8.cloudfront.net", "User-Agent": "test", ...input.headers }),
    ...(body !== undefined && {
      body: {
        action: "read-only" as const,
        encoding: "base64" as const,
        data: Buffer.from(body).toString("base64"),
        inputTruncated: false,
      },
    }),
    ...(type.startsWith("origin-") && { origin: input.origin ?? customOrigin }),
  };
  const config = {
    distributionDomainName: "d111111abcdef8.cloudfront.net",
    distributionId: "EDFDVBD6EXAMPLE",
    eventType: type,
    requestId: input.requestId ?? "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==",
  };
  if (type.endsWith("-request")) return { Records: [{ cf: { config, request } }] };
  const response = { status: String(status), statusDescription: status === 200 ? "OK" : "", headers: toHeaders(input.responseHeaders) };
  return { Records: [{ cf: { config, request, response } }] };
}

const customOrigin: CloudFrontOrigin = {
  custom: {
    customHeaders: {},
    domainName: "origin.example.com",
    keepaliveTimeout: 5,
    path: "",
    port: 443,
    protocol: "https",
    readTimeout: 30,
    sslProtocols: ["TLSv1.2"],
  },
};

function toHeaders(headers: Readonly<Record<string, string | readonly string[]>> = {}): CloudFrontHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([key, values]) => [key.toLowerCase(), [values].flat().map((value) => ({ key, value }))]),
  );
}
