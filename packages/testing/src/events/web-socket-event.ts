import type { APIGatewayProxyWebsocketEventV2 } from "aws-lambda";

/** What a test says of a connection and of what happens on it; the rest is made up, and the same in every run. */
export interface WebSocketEventInput {
  /** @default "MESSAGE" if there is a body, else "CONNECT" */
  readonly eventType?: "CONNECT" | "MESSAGE" | "DISCONNECT" | undefined;
  /** @default "$default" for a message, else "$connect" or "$disconnect" */
  readonly routeKey?: string | undefined;
  /** Text as it is, bytes as base64; anything else as JSON. */
  readonly body?: unknown;
  /** @default "L0SM9cOFvHcCIhw=" */
  readonly connectionId?: string | undefined;
  /** @default "api" of `execute-api` in eu-west-1 */
  readonly domainName?: string | undefined;
  /** @default "prod" */
  readonly stage?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** What a Lambda authorizer of `$connect` said. */
  readonly authorizer?: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly connectedAt?: Date | undefined;
  readonly closeCode?: number | undefined;
  readonly closeReason?: string | undefined;
}

/** An event of a WebSocket API, with what AWS's type lacks. */
export interface MadeWebSocketEvent extends Omit<APIGatewayProxyWebsocketEventV2, "requestContext"> {
  readonly requestContext: APIGatewayProxyWebsocketEventV2["requestContext"] & {
    readonly identity: { readonly sourceIp: string; readonly userAgent: string | null };
    readonly authorizer?: Readonly<Record<string, string | number | boolean>>;
    readonly disconnectStatusCode?: number;
    readonly disconnectReason?: string;
  };
  readonly headers?: Record<string, string>;
  readonly multiValueHeaders?: Record<string, string[]>;
}

/**
 * The event of a WebSocket API: what `webSocket()` opens.
 *
 * AWS: "API Gateway WebSocket APIs".
 *
 * @example
 * webSocketEvent({ body: { action: "move", to: "e4" }, routeKey: "move" });
 */
export function webSocketEvent(input: WebSocketEventInput = {}): MadeWebSocketEvent {
  const { body, connectionId = "L0SM9cOFvHcCIhw=", stage = "prod", query, authorizer, closeCode = 1001, closeReason = "" } = input;
  const { eventType = body === undefined ? "CONNECT" : "MESSAGE", connectedAt = new Date("2026-01-31T12:00:00.000Z") } = input;
  const domainName = input.domainName ?? "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com";
  const routeKey = input.routeKey ?? { CONNECT: "$connect", MESSAGE: "$default", DISCONNECT: "$disconnect" }[eventType];
  const event: MadeWebSocketEvent = {
    requestContext: {
      routeKey,
      eventType,
      // AWS's type has no null, and there is no message to name.
      messageId: (eventType === "MESSAGE" ? "L0SM9dcmvHcCIhw=" : null) as string,
      extendedRequestId: "L0SM8GHIPHcFqHQ=",
      requestTime: "31/Jan/2026:12:00:05 +0000",
      messageDirection: "IN",
      stage,
      connectedAt: connectedAt.getTime(),
      requestTimeEpoch: connectedAt.getTime() + (eventType === "CONNECT" ? 5 : 5_000),
      identity: { sourceIp: "192.0.2.1", userAgent: eventType === "MESSAGE" ? null : "test" },
      requestId: "L0SM8GHIPHcFqHQ=",
      domainName,
      connectionId,
      apiId: "a1b2c3d4e5",
      ...(authorizer && { authorizer }),
      ...(eventType === "DISCONNECT" && { disconnectStatusCode: closeCode, disconnectReason: closeReason }),
    },
    isBase64Encoded: body instanceof Uint8Array,
    ...(body !== undefined && { body: toText(body) }),
  };
  if (eventType === "MESSAGE") return event;
  const headers =
    eventType === "CONNECT"
      ? { ...handshake, Host: domainName, ...input.headers }
      : { Host: domainName, "x-restapi": "", ...input.headers };
  const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  const withHeaders = { headers, multiValueHeaders: lists, ...event };
  if (query === undefined || eventType === "DISCONNECT") return withHeaders;
  const values = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, [value]]));
  return { ...withHeaders, queryStringParameters: { ...query }, multiValueQueryStringParameters: values };
}

const handshake = {
  "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
  "Sec-WebSocket-Key": "X/MA+DSRXZ8WnITjBpxm3g==",
  "Sec-WebSocket-Version": "13",
  "X-Forwarded-For": "192.0.2.1",
  "X-Forwarded-Port": "443",
  "X-Forwarded-Proto": "https",
};

function toText(body: unknown): string {
  if (typeof body === "string") return body;
  return body instanceof Uint8Array ? Buffer.from(body).toString("base64") : JSON.stringify(body);
}
