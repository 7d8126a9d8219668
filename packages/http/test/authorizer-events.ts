import type { APIGatewayRequestAuthorizerEvent, APIGatewayRequestAuthorizerEventV2, APIGatewayTokenAuthorizerEvent } from "aws-lambda";

const stage = "arn:aws:execute-api:eu-west-1:123456789012:abcdef123/prod";

export const tokenEvent: APIGatewayTokenAuthorizerEvent = {
  type: "TOKEN",
  methodArn: `${stage}/GET/orders/1/a:b`,
  authorizationToken: "Bearer abc",
};

export const requestEvent = {
  type: "REQUEST",
  methodArn: `${stage}/GET/orders/1`,
  resource: "/orders/{id}",
  path: "/orders/1",
  httpMethod: "GET",
  headers: { Authorization: "bearer abc", Host: "api.example.com" },
  multiValueHeaders: { Authorization: ["bearer abc"], Host: ["api.example.com"] },
  pathParameters: { id: "1" },
  queryStringParameters: { tag: "b" },
  multiValueQueryStringParameters: { tag: ["a", "b"] },
  stageVariables: {},
  requestContext: { path: "/prod/orders/1", stage: "prod", requestId: "request-1", identity: { sourceIp: "192.0.2.1" } },
} as unknown as APIGatewayRequestAuthorizerEvent;

/** As an HTTP API sends format 1.0. */
export const request1Event = {
  ...requestEvent,
  version: "1.0",
  identitySource: "abc,123",
  authorizationToken: "abc,123",
} as unknown as APIGatewayRequestAuthorizerEvent;

export const request2Event = {
  version: "2.0",
  type: "REQUEST",
  routeArn: "arn:aws:execute-api:eu-west-1:123456789012:abcdef123/$default/GET/orders/1",
  identitySource: ["Bearer abc", "123"],
  routeKey: "GET /orders/{id}",
  rawPath: "/orders/1",
  rawQueryString: "tag=a&tag=b",
  cookies: ["session=1"],
  headers: { authorization: "Bearer abc", host: "api.example.com" },
  requestContext: {
    domainName: "api.example.com",
    http: { method: "GET", path: "/orders/1", protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" },
    requestId: "request-2",
    routeKey: "GET /orders/{id}",
    stage: "$default",
  },
  pathParameters: { id: "1" },
} as unknown as APIGatewayRequestAuthorizerEventV2;

export const webSocketEvent = {
  type: "REQUEST",
  methodArn: `${stage}/$connect`,
  headers: { Host: "api.example.com", Authorization: "abc" },
  multiValueHeaders: { Host: ["api.example.com"], Authorization: ["abc"] },
  queryStringParameters: { room: "1" },
  multiValueQueryStringParameters: { room: ["1"] },
  stageVariables: {},
  requestContext: {
    routeKey: "$connect",
    eventType: "CONNECT",
    connectionId: "connection-1",
    domainName: "api.example.com",
    stage: "prod",
    requestId: "request-3",
    identity: { sourceIp: "192.0.2.1" },
  },
} as unknown as APIGatewayRequestAuthorizerEvent;
