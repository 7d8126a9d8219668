import type { APIGatewayEventWebsocketRequestContextV2, APIGatewayProxyWebsocketEventV2 } from "aws-lambda";
import type { LambdaAuth } from "../request/auth.ts";
import type { Listed } from "../request/to-values.ts";

/** What API Gateway tells of a connection and of what happened on it; AWS's type lacks some of it. */
export interface WebSocketRequestContext extends Omit<APIGatewayEventWebsocketRequestContextV2, "messageId"> {
  /** `null` or missing where there is no message. */
  readonly messageId?: string | null | undefined;
  readonly disconnectStatusCode?: number | null | undefined;
  readonly disconnectReason?: string | null | undefined;
  readonly identity?:
    | {
        readonly sourceIp?: string | null | undefined;
        readonly userAgent?: string | null | undefined;
        readonly userArn?: string | null | undefined;
      }
    | null
    | undefined;
  /** What a Lambda authorizer said when the client connected; it comes with every event of the connection. */
  readonly authorizer?: (LambdaAuth["context"] & { readonly principalId?: string | null | undefined }) | null | undefined;
}

/** The event of a WebSocket API: all that come with a connection, a message or its end. */
export interface WebSocketEvent extends Omit<APIGatewayProxyWebsocketEventV2, "requestContext"> {
  readonly requestContext: WebSocketRequestContext;
  /** The headers of the handshake; with the end of a connection a few, with a message none. */
  readonly headers?: Listed | null | undefined;
  readonly multiValueHeaders?: Listed | null | undefined;
}
