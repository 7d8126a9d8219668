import { unescape } from "node:querystring";
import type { APIGatewayProxyEvent } from "aws-lambda";
import { decoded, grouped, type HttpEventInput, toSent } from "./http-event-input.ts";

/** What a test says of a request to a REST API; the rest is made up, and the same in every run. */
export interface RestApiEventInput extends HttpEventInput {
  /** The parameters of the path as API Gateway has matched them: a REST API leaves them encoded. */
  readonly params?: Readonly<Record<string, string>> | undefined;
  /** The resource that API Gateway has matched. @default "/{proxy+}" */
  readonly resource?: string | undefined;
  /** @default "prod" */
  readonly stage?: string | undefined;
  /** @default the same in every event */
  readonly requestId?: string | undefined;
  /** What an authorizer has said, as it stands in the event. */
  readonly authorizer?: Readonly<Record<string, unknown>> | undefined;
  /** Who the client is, as it stands in the event. */
  readonly identity?: Partial<APIGatewayProxyEvent["requestContext"]["identity"]> | undefined;
  /**
   * Whether an HTTP API with payload format 1.0 sends it: with `version`, decoded path, and the stage in front of it.
   *
   * @default false
   */
  readonly fromHttpApi?: boolean | undefined;
}

/**
 * The event of a request to a REST API, or to an HTTP API with payload format 1.0: what `restApi()` opens.
 *
 * AWS: "Lambda proxy integrations in API Gateway".
 *
 * @example
 * restApiEvent({ path: "/orders/1", resource: "/orders/{id}", params: { id: "1" } });
 */
export function restApiEvent(input: RestApiEventInput = {}): APIGatewayProxyEvent {
  const { resource = "/{proxy+}", stage = "prod", authorizer = null, fromHttpApi = false } = input;
  const { method, path: encodedPath, query, headers, host, body, isBase64Encoded } = toSent(input);
  const params = input.params === undefined ? null : { ...input.params };
  const clearPath = fromHttpApi ? unescape(encodedPath) : encodedPath;
  const fullPath = stage === "$default" ? clearPath : `/${stage}${clearPath}`;
  const path = fromHttpApi ? fullPath : clearPath;
  const queryLists = grouped(query.map(decoded));
  const event: APIGatewayProxyEvent = {
    resource,
    path,
    httpMethod: method,
    // Names as the client sent them; of several values the last, and all in the other map.
    headers: Object.fromEntries(headers.map(([name, values]) => [name, values.at(-1)])),
    multiValueHeaders: Object.fromEntries(headers.map(([name, values]) => [name, [...values]])),
    queryStringParameters: query.length === 0 ? null : Object.fromEntries(queryLists.map(([name, values]) => [name, values.at(-1)])),
    multiValueQueryStringParameters: query.length === 0 ? null : Object.fromEntries(queryLists),
    pathParameters: params,
    stageVariables: null,
    requestContext: {
      accountId: "123456789012",
      apiId: "api",
      authorizer,
      domainName: host,
      domainPrefix: host.split(".")[0] ?? "",
      extendedRequestId: "JKJaXmPLvHcESHA=",
      httpMethod: method,
      identity: { ...nobody, ...input.identity },
      path: fullPath,
      protocol: "HTTP/1.1",
      requestId: input.requestId ?? "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
      requestTime: "31/Jan/2026:12:00:00 +0000",
      requestTimeEpoch: 1_769_860_800_000,
      resourceId: "abc123",
      resourcePath: resource,
      stage,
    },
    body: body ?? null,
    isBase64Encoded,
  };
  return fromHttpApi ? Object.assign(event, { version: "1.0" }) : event;
}

const nobody: APIGatewayProxyEvent["requestContext"]["identity"] = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  sourceIp: "192.0.2.1",
  user: null,
  userAgent: "test",
  userArn: null,
};
