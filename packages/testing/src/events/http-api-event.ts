import { unescape } from "node:querystring";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { HttpEventInput } from "./http-event-input.ts";
import { payload2Event } from "./payload-2-event.ts";

/** What a test says of a request to an HTTP API; the rest is made up, and the same in every run. */
export interface HttpApiEventInput extends HttpEventInput {
  /** The parameters of the path, as API Gateway has matched and decoded them. */
  readonly params?: Readonly<Record<string, string>> | undefined;
  /** The route that API Gateway has matched. @default "$default" */
  readonly routeKey?: string | undefined;
  /** A stage other than the default stands in front of the path, as API Gateway puts it. @default "$default" */
  readonly stage?: string | undefined;
  /** @default the same in every event */
  readonly requestId?: string | undefined;
  /** The claims of a token that API Gateway's JWT authorizer has checked. */
  readonly claims?: Readonly<Record<string, string | number | boolean | string[]>> | undefined;
  /** What API Gateway says of the client, as it stands in the event: `{ lambda: … }`, `{ iam: … }`. @default made of `claims` */
  readonly authorizer?: object | undefined;
}

/**
 * The event of a request to an HTTP API, payload format 2.0: what `httpApi()` opens. As API Gateway does, it decodes the
 * path.
 *
 * AWS: "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway".
 *
 * @example
 * httpApiEvent({ method: "POST", path: "/orders", body: { id: "1", sku: "pen", quantity: 2 } });
 */
export function httpApiEvent(input: HttpApiEventInput = {}): APIGatewayProxyEventV2 {
  const { path = "/", routeKey = "$default", stage = "$default", claims, params } = input;
  const clear = unescape(path);
  return payload2Event(input, {
    rawPath: stage === "$default" ? clear : `/${stage}${clear}`,
    domainName: (host) => host,
    context: { stage, requestId: input.requestId ?? "JKJaXmPLvHcESHA=" },
    routeKey,
    params,
    authorizer: input.authorizer ?? (claims && { jwt: { claims: { ...claims }, scopes: [] } }),
  });
}
