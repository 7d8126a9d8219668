import { type DeadlineOptions, type Kind, type Payload, type Source, text } from "@lamella/core";
import { singleSource, toDecode } from "@lamella/core/extend";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { toProblem } from "../errors/to-problem.ts";
import type { DeepPartial } from "../payload-2.ts";
import type { SealedResponse } from "../response/http-response.ts";
import { toResponse } from "../response/to-response.ts";
import { toWire, type WireResponse } from "../response/wire-response.ts";
import type { WebSocketEvent } from "./event.ts";
import { type OpenItem, type SocketItem, SocketReader } from "./socket-item.ts";

// AWS's type, or users' declarations could not name it.
export type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";

export interface WebSocketKind<Body> extends Kind {
  readonly event: WebSocketEvent;
  readonly reply: APIGatewayProxyStructuredResultV2;
  readonly item: SocketItem<Body>;
  readonly context: unknown;
  readonly output: unknown;
}

export interface WebSocketOptions<Body> extends DeadlineOptions {
  /** What the body of a message must be: a codec, or a schema for JSON. @default the text of the message */
  readonly body?: Payload<Body> | undefined;
}

/**
 * The source for API Gateway's WebSocket APIs: connections, messages and ends of connections, told apart by `eventType`.
 *
 * For `$connect` the status decides: a handler that returns nothing lets the client in, and `reply(403)` or an `HttpError`
 * refuses it. For a message what the handler returns is sent to the client where the route has a route response, and
 * nowhere else; `ctx.connections` of the layer `connections()` sends at any time.
 *
 * AWS: "API Gateway WebSocket APIs".
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(webSocket({ body: Move }), connections(), async (event, { connections }) => {
 *   if (event.eventType === "MESSAGE") await connections.send(event.body.opponent, event.body);
 * });
 */
export function webSocket<Body = string>(options: WebSocketOptions<Body> = {}): Source<WebSocketKind<Body>> {
  interface ErasedKind extends Kind {
    readonly event: WebSocketEvent;
    readonly reply: APIGatewayProxyStructuredResultV2;
    readonly item: OpenItem;
  }
  const decode = toDecode((options.body ?? text()) as Payload<Body>, "webSocket({ body })");
  const source = singleSource<ErasedKind>({
    name: "webSocket",
    expects: "an event of a WebSocket API (requestContext.connectionId and eventType)",
    accepts,
    options,
    item: (event) => new SocketReader(event, decode),
    delivery: ({ requestContext }, { awsRequestId }) => ({
      id: requestContext.requestId ?? awsRequestId ?? "",
      index: 0,
      source: "webSocket",
      attempt: undefined,
    }),
    decode: (item) => item["~decode"](),
    finish: toResponse,
    rescue: toProblem,
    reply: (outcome, { eventType }) => {
      const wire = toWire(outcome as SealedResponse, undefined);
      return wire instanceof Promise ? wire.then((packed) => write(packed, eventType)) : write(wire, eventType);
    },
    refuse: (error, { requestContext }) => write(toWire(toProblem(error), undefined) as WireResponse, requestContext.eventType),
  });
  // Types are erased here, once: what an item has is told by its event type.
  return source as unknown as Source<WebSocketKind<Body>>;
}

function accepts(event: unknown): boolean {
  const { requestContext, type } = (event ?? {}) as DeepPartial<WebSocketEvent> & { readonly type?: unknown };
  const { connectionId, eventType, routeKey } = requestContext ?? {};
  // An event for a Lambda authorizer has all of it as well, and a type.
  return (
    typeof connectionId === "string" &&
    typeof routeKey === "string" &&
    /^(CONNECT|MESSAGE|DISCONNECT)$/.test(String(eventType)) &&
    type === undefined
  );
}

function write({ status, headers, body, isBase64 }: WireResponse, eventType: string): APIGatewayProxyStructuredResultV2 {
  // Nothing to say is success, which API Gateway knows as 200.
  const statusCode = status === 204 ? 200 : status;
  if (eventType === "MESSAGE") return { statusCode, ...(body !== undefined && { body }), ...(isBase64 && { isBase64Encoded: true }) };
  // A handshake has no body; its headers may choose a subprotocol.
  const { "content-type": _, ...kept } = headers;
  return { statusCode, ...(eventType === "CONNECT" && Object.keys(kept).length > 0 && { headers: kept }) };
}
