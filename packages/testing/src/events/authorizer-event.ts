import type { APIGatewayRequestAuthorizerEvent, APIGatewayRequestAuthorizerEventV2, APIGatewayTokenAuthorizerEvent } from "aws-lambda";
import { httpApiEvent } from "./http-api-event.ts";
import type { HttpEventInput } from "./http-event-input.ts";
import { restApiEvent } from "./rest-api-event.ts";
import { webSocketEvent } from "./web-socket-event.ts";

/** The events that `authorizerEvent` makes, by who asks. */
export interface AuthorizerEvents {
  /** A TOKEN authorizer of a REST API. */
  readonly token: APIGatewayTokenAuthorizerEvent;
  /** A REQUEST authorizer of a REST API. */
  readonly request: APIGatewayRequestAuthorizerEvent;
  /** An authorizer of an HTTP API with payload format 1.0. */
  readonly httpApiV1: HttpApiV1AuthorizerEvent;
  /** An authorizer of an HTTP API with payload format 2.0. */
  readonly httpApi: APIGatewayRequestAuthorizerEventV2;
  /** A REQUEST authorizer of a WebSocket API, which is asked for `$connect` alone. */
  readonly webSocket: APIGatewayRequestAuthorizerEvent;
}

/** An event of payload format 1.0, with what AWS's type lacks. */
export interface HttpApiV1AuthorizerEvent extends APIGatewayRequestAuthorizerEvent {
  readonly version: "1.0";
  readonly identitySource: string;
  readonly authorizationToken: string;
}

/** What a test says of a question to an authorizer; the rest is made up, and the same in every run. */
export interface AuthorizerEventInput extends Omit<HttpEventInput, "body"> {
  /** The header `authorization`, whole: `Bearer …`. @default none; of a TOKEN authorizer `Bearer token` */
  readonly token?: string | undefined;
  /** The parameters of the path, as API Gateway has matched them. */
  readonly params?: Readonly<Record<string, string>> | undefined;
  /** What API Gateway has matched, such as `/orders/{id}`. @default the path as it is */
  readonly resource?: string | undefined;
  /** @default "prod"; of an HTTP API "$default" */
  readonly stage?: string | undefined;
  /** The values of the identity sources, which HTTP APIs tell. @default the token, if there is one */
  readonly identitySource?: readonly string[] | undefined;
}

const API = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5";

/**
 * The event of a question to a Lambda authorizer: what `authorizer()` opens.
 *
 * AWS: "Input to an API Gateway Lambda authorizer", "Control access to HTTP APIs with AWS Lambda authorizers", "Control
 * access to WebSocket APIs with AWS Lambda REQUEST authorizers".
 *
 * @throws {TypeError} When nobody asks so.
 * @example
 * authorizerEvent("request", { path: "/orders/1", resource: "/orders/{id}", params: { id: "1" }, token: "Bearer abc" });
 */
export function authorizerEvent<Asks extends keyof AuthorizerEvents>(asks: Asks, input: AuthorizerEventInput = {}): AuthorizerEvents[Asks] {
  const make = Object.hasOwn(makers, asks) ? makers[asks] : undefined;
  if (make === undefined) {
    throw new TypeError(`authorizerEvent(asks) must have one of ${Object.keys(makers).join(", ")}, got ${JSON.stringify(asks)}`);
  }
  return make(input);
}

const makers: { readonly [Asks in keyof AuthorizerEvents]: (input: AuthorizerEventInput) => AuthorizerEvents[Asks] } = {
  token: (input) => ({ type: "TOKEN", methodArn: arnOf(input, "prod"), authorizationToken: input.token ?? "Bearer token" }),
  request: (input) => toRequest(input, restApiEvent(toSend(input))),
  httpApiV1: (input) => {
    const stage = input.stage ?? "$default";
    const {
      multiValueHeaders: _,
      multiValueQueryStringParameters: __,
      ...event
    } = restApiEvent({ ...toSend(input), stage, fromHttpApi: true });
    const source = sourcesOf(input).join(",");
    // AWS shows it without the maps of lists.
    return {
      version: "1.0",
      identitySource: source,
      authorizationToken: source,
      ...toRequest({ ...input, stage }, event),
    };
  },
  httpApi: (input) => {
    const { stage = "$default", method = "GET", path = "/", resource = path } = input;
    const routeKey = `${method} ${resource}`;
    const { body: _, isBase64Encoded: __, ...event } = httpApiEvent({ ...toSend(input), stage, routeKey });
    const routeArn = arnOf(input, stage);
    // AWS's type has cookies always, and API Gateway only where there are some.
    return { ...event, type: "REQUEST", routeArn, identitySource: [...sourcesOf(input)] } as APIGatewayRequestAuthorizerEventV2;
  },
  webSocket: ({ stage = "prod", ...input }) => {
    const made = webSocketEvent({ stage });
    // Those of the handshake are there already.
    const own = { host: undefined, "user-agent": undefined };
    const asked = restApiEvent({ ...toSend(input), headers: { ...own, ...toSend(input).headers } });
    const { messageId: _, ...requestContext } = made.requestContext;
    return {
      type: "REQUEST",
      methodArn: `${API}/${stage}/$connect`,
      headers: { ...made.headers, ...asked.headers },
      multiValueHeaders: { ...made.multiValueHeaders, ...asked.multiValueHeaders },
      queryStringParameters: asked.queryStringParameters ?? {},
      multiValueQueryStringParameters: asked.multiValueQueryStringParameters ?? {},
      stageVariables: {},
      requestContext,
    } as unknown as APIGatewayRequestAuthorizerEvent;
  },
};

/** A request as the builders of requests take it. */
function toSend({ token, path = "/", resource = path, ...input }: AuthorizerEventInput) {
  const { stage, params, method, query, cookies } = input;
  return {
    path,
    resource,
    method,
    query,
    cookies,
    ...(stage !== undefined && { stage }),
    ...(params !== undefined && { params }),
    headers: { ...(token !== undefined && { Authorization: token }), ...input.headers },
  };
}

/** Without a body, which no authorizer gets, and empty maps where a request has none. */
function toRequest(input: AuthorizerEventInput, event: object): APIGatewayRequestAuthorizerEvent {
  const { body: _, isBase64Encoded: __, ...rest } = event as ReturnType<typeof restApiEvent>;
  const { authorizer: ___, ...requestContext } = rest.requestContext;
  const maps = ["pathParameters", "queryStringParameters", "multiValueQueryStringParameters", "stageVariables"] as const;
  const filled = Object.fromEntries(maps.filter((name) => name in rest).map((name) => [name, rest[name] ?? {}]));
  return {
    type: "REQUEST",
    methodArn: arnOf(input, "prod"),
    ...rest,
    ...filled,
    requestContext,
  } as unknown as APIGatewayRequestAuthorizerEvent;
}

function arnOf({ stage: given, method = "GET", path = "/" }: AuthorizerEventInput, stage: string): string {
  return `${API}/${given ?? stage}/${method}${path}`;
}

function sourcesOf({ identitySource, token }: AuthorizerEventInput): readonly string[] {
  return identitySource ?? (token === undefined ? [] : [token]);
}
