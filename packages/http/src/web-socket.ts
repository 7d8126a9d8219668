export {
  type ConnectionInfo,
  type Connections,
  type ConnectionsOptions,
  connections,
  type EndpointConnectionsOptions,
  type WithConnections,
} from "./web-socket/connections.ts";
export type { WebSocketEvent, WebSocketRequestContext } from "./web-socket/event.ts";
export type {
  AnyHandshake,
  Handshake,
  HandshakeOf,
  Socket,
  SocketConnect,
  SocketDisconnect,
  SocketItem,
  SocketMessage,
} from "./web-socket/socket-item.ts";
export {
  type APIGatewayProxyStructuredResultV2,
  type SocketReturn,
  type WebSocketKind,
  type WebSocketOptions,
  webSocket,
} from "./web-socket/web-socket-source.ts";
