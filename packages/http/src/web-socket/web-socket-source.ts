import { type DeadlineOptions, type Kind, type Payload, type Schema, type Source, text } from "@lamella/core";
import { singleSource, toDecode } from "@lamella/core/extend";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { toProblem } from "../errors/to-problem.ts";
import type { DeepPartial } from "../payload-2.ts";
import type { RequestSetup } from "../request/event-request.ts";
import type { NamedValues, Values } from "../request/http-request.ts";
import { toParts } from "../request/to-parts.ts";
import { finishWith } from "../response/finish.ts";
import type { SealedResponse } from "../response/http-response.ts";
import type { HttpReply } from "../response/reply.ts";
import type { Responses, ReturnOf } from "../response/responses.ts";
import { toResponse } from "../response/to-response.ts";
import { toWire, type WireResponse } from "../response/wire-response.ts";
import type { WebSocketEvent } from "./event.ts";
import { type AnyHandshake, type Handshake, type HandshakeOf, type OpenItem, type SocketItem, SocketReader } from "./socket-item.ts";

// AWS's type, or users' declarations could not name it.
export type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";

export interface WebSocketKind<Body, Shake extends Handshake = AnyHandshake, Response = never> extends Kind {
  readonly event: WebSocketEvent;
  readonly reply: APIGatewayProxyStructuredResultV2;
  readonly item: SocketItem<Body, Shake>;
  readonly context: unknown;
  readonly output: SocketReturn<Response>;
}

/** What a handler may return: for a message what is declared, for all others nothing, or a reply without a body. */
export type SocketReturn<Response> = [Response] extends [never]
  ? unknown
  : ReturnOf<Response> | HttpReply<number, undefined> | undefined | void;

export interface WebSocketOptions<
  Body,
  Query = Values,
  Headers = {},
  Cookies extends NamedValues = Values,
  Response extends Responses = never,
> extends DeadlineOptions {
  /** What the body of a message must be: a codec, or a schema for JSON. @default the text of the message */
  readonly body?: Payload<Body> | undefined;
  /** What the query of a handshake must be: a schema of an object. @default the first value of each name */
  readonly query?: Schema<Query> | undefined;
  /** What the headers of a handshake must be: a schema of an object of strings, with names in lower case. @default any headers */
  readonly headers?: Schema<Headers> | undefined;
  /** What the cookies of a handshake must be: a schema of an object of strings. @default the first value of each name */
  readonly cookies?: Schema<Cookies> | undefined;
  /** What a message is answered with, where its route has a route response: as the `response` of requests. @default anything */
  readonly response?: Response | undefined;
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
export function webSocket<
  Body = string,
  Query = Values,
  Headers = {},
  Cookies extends NamedValues = Values,
  Response extends Responses = never,
>(
  options: WebSocketOptions<Body, Query, Headers, Cookies, Response> = {},
): Source<WebSocketKind<Body, HandshakeOf<Query, Headers, Cookies>, Response>> {
  interface ErasedKind extends Kind {
    readonly event: WebSocketEvent;
    readonly reply: APIGatewayProxyStructuredResultV2;
    readonly item: OpenItem;
  }
  const decode = toDecode((options.body ?? text()) as Payload<Body>, "webSocket({ body })");
  const { query, headers, cookies, response } = options;
  const finish = finishWith(response, "webSocket({ response })");
  const setup: RequestSetup = { ...toParts("webSocket", { query, headers, cookies }), finish: toResponse, stripStage: false };
  const source = singleSource<ErasedKind>({
    name: "webSocket",
    expects: "an event of a WebSocket API (requestContext.connectionId and eventType)",
    accepts,
    options,
    item: (event) => new SocketReader(event, decode, setup),
    delivery: ({ requestContext }, { awsRequestId }) => ({
      id: requestContext.requestId ?? awsRequestId ?? "",
      index: 0,
      source: "webSocket",
      attempt: undefined,
    }),
    decode: (item) => item["~decode"](),
    // Of all others the status decides, and most messages are not answered.
    finish: (output, { eventType }) => (eventType === "MESSAGE" && output !== undefined ? finish(output) : toResponse(output)),
    rescue: toProblem,
    reply: (outcome, { eventType }) => {
      const wire = toWire(outcome as SealedResponse, undefined);
      return wire instanceof Promise ? wire.then((packed) => write(packed, eventType)) : write(wire, eventType);
    },
    refuse: (error, { requestContext }) => write(toWire(toProblem(error), undefined) as WireResponse, requestContext.eventType),
  });
  // Types are erased here, once: what an item has is told by its event type.
  return source as unknown as Source<WebSocketKind<Body, HandshakeOf<Query, Headers, Cookies>, Response>>;
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
