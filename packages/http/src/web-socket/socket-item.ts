import { type Decode, PayloadError } from "@lamella/core";
import { PayloadItem } from "@lamella/core/extend";
import type { DeepPartial } from "../payload-2.ts";
import type { IamAuth, LambdaAuth } from "../request/auth.ts";
import type { EventRequest, RequestSetup } from "../request/event-request.ts";
import type { HttpRequest, NamedValues, Shaped, Values } from "../request/http-request.ts";
import { RequestHeaders } from "../request/request-headers.ts";
import { textOf } from "../request/text-of.ts";
import { RestApiRequest } from "../rest-api.ts";
import type { WebSocketEvent } from "./event.ts";

/** What is known of a connection whatever happens on it. */
export interface Socket {
  /** Names the connection, for as long as it lasts: two hours at most. */
  readonly connectionId: string;
  readonly connectedAt: Date | undefined;
  /** When this happened. */
  readonly at: Date | undefined;
  readonly clientIp: string | undefined;
  readonly stage: string | undefined;
  /** Who the client is, as an authorizer of `$connect` has checked. */
  readonly auth: LambdaAuth | IamAuth | undefined;
  /** The event as API Gateway sent it. */
  readonly raw: WebSocketEvent;
}

/** What the parts of a handshake come to. */
export interface Handshake {
  readonly query: unknown;
  readonly headers: unknown;
  readonly cookies: NamedValues;
}

/** A handshake by its parts. */
export interface HandshakeOf<Query, Headers, Cookies extends NamedValues> extends Handshake {
  readonly query: Query;
  readonly headers: Headers;
  readonly cookies: Cookies;
}

/** A handshake where no schema says more. */
export interface AnyHandshake extends HandshakeOf<Values, {}, Values> {}

/** A client wants to connect. */
export interface SocketConnect<out Shake extends Handshake = AnyHandshake> extends Socket {
  readonly eventType: "CONNECT";
  readonly routeKey: string;
  /** The headers of the handshake: browsers send an `origin`, and no headers of the page's choice. */
  readonly headers: Headers & Shake["headers"];
  /** What the `query` schema makes of the query; without one the first value of each name. */
  readonly query: Shake["query"];
  /** What the `cookies` schema makes of the cookies; without one the first value of each name, decoded. */
  readonly cookies: Shake["cookies"];
  /** The handshake as a request, which it is: with its address, and all that a request has. */
  readonly request: HttpRequest<Shaped<undefined, Shake["query"], Values, Shake["headers"], Shake["cookies"]>>;
  readonly body: undefined;
  readonly messageId: undefined;
  readonly closeCode: undefined;
  readonly closeReason: undefined;
}

/** A client has sent a message. */
export interface SocketMessage<out Body> extends Socket {
  readonly eventType: "MESSAGE";
  /** The route that the API chose by the message, or `$default`. */
  readonly routeKey: string;
  /** The message, and what the `body` option makes of it. */
  readonly body: Body;
  readonly messageId: string;
  readonly headers: undefined;
  readonly query: undefined;
  readonly cookies: undefined;
  readonly request: undefined;
  readonly closeCode: undefined;
  readonly closeReason: undefined;
}

/** A connection has ended. API Gateway tries to tell, and does not promise to. */
export interface SocketDisconnect extends Socket {
  readonly eventType: "DISCONNECT";
  readonly routeKey: string;
  /** Few: those of the handshake do not come again. */
  readonly headers: Headers;
  readonly query: undefined;
  readonly cookies: undefined;
  readonly request: undefined;
  readonly body: undefined;
  readonly messageId: undefined;
  /** The close code of the WebSocket protocol, such as 1000 or 1001. */
  readonly closeCode: number | undefined;
  readonly closeReason: string | undefined;
}

/** What happens on a connection, told apart by `eventType`. */
export type SocketItem<Body, Shake extends Handshake = AnyHandshake> = SocketConnect<Shake> | SocketMessage<Body> | SocketDisconnect;

/** What a source does with an item, whatever its event. */
export interface OpenItem {
  readonly eventType: string;
  "~decode"(): this | Promise<this>;
}

/** All that is read of an event; one that is made by hand may lack any of it. */
export class SocketReader<Body> extends PayloadItem<WebSocketEvent, Body | undefined> implements OpenItem {
  readonly request: EventRequest | undefined;

  constructor(raw: WebSocketEvent, decode: Decode<Body>, setup: RequestSetup) {
    // Only a message has a body.
    super(raw, { part: "body", decode: raw.requestContext.eventType === "MESSAGE" ? decode : () => undefined });
    this.request = raw.requestContext.eventType === "CONNECT" ? new RestApiRequest(raw as never, setup) : undefined;
  }

  /**
   * @throws {PayloadError} When the message, or a part of the handshake, does not fit.
   */
  override "~decode"(): this | Promise<this> {
    const { request } = this;
    if (request === undefined) return super["~decode"]();
    const decoded = request["~decode"]();
    return decoded === request ? this : (decoded as Promise<EventRequest>).then(() => this);
  }

  get #context(): DeepPartial<WebSocketEvent["requestContext"]> {
    return this.raw.requestContext;
  }

  get eventType(): string {
    return this.raw.requestContext.eventType;
  }

  get routeKey(): string {
    return this.raw.requestContext.routeKey;
  }

  get connectionId(): string {
    return this.raw.requestContext.connectionId;
  }

  get connectedAt(): Date | undefined {
    return toDate(this.#context.connectedAt);
  }

  get at(): Date | undefined {
    return toDate(this.#context.requestTimeEpoch);
  }

  get clientIp(): string | undefined {
    return textOf(this.#context.identity?.sourceIp);
  }

  get stage(): string | undefined {
    return textOf(this.#context.stage);
  }

  get auth(): LambdaAuth | IamAuth | undefined {
    const { authorizer, identity } = this.raw.requestContext;
    if (authorizer) {
      const { principalId, integrationLatency: _, ...context } = authorizer;
      return { kind: "lambda", principalId: principalId ?? undefined, context };
    }
    return identity?.userArn ? { kind: "iam", userArn: identity.userArn } : undefined;
  }

  get messageId(): string | undefined {
    return this.eventType === "MESSAGE" ? (textOf(this.#context.messageId) ?? "") : undefined;
  }

  get headers(): Headers | undefined {
    if (this.request !== undefined) return this.request.headers;
    const { headers, multiValueHeaders } = this.raw;
    return this.eventType === "MESSAGE" ? undefined : new RequestHeaders(multiValueHeaders ?? headers ?? {});
  }

  get query(): unknown {
    return this.request?.query;
  }

  get cookies(): NamedValues | undefined {
    return this.request?.cookies;
  }

  get closeCode(): number | undefined {
    const code: unknown = this.#context.disconnectStatusCode;
    return typeof code === "number" ? code : undefined;
  }

  get closeReason(): string | undefined {
    return textOf(this.#context.disconnectReason) || undefined;
  }

  get body(): Body | undefined {
    return this.request === undefined ? this.payload() : undefined;
  }

  protected override encoded(): string | Uint8Array {
    const body: unknown = this.raw.body ?? "";
    if (typeof body !== "string") throw new PayloadError({ part: "body", problem: `is of type ${typeof body}, where text was expected` });
    return this.raw.isBase64Encoded ? new Uint8Array(Buffer.from(body, "base64")) : body;
  }
}

function toDate(time: unknown): Date | undefined {
  return typeof time === "number" ? new Date(time) : undefined;
}
