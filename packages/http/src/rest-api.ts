import { unescape } from "node:querystring";
import type { Source } from "@lamella/core";
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { type HttpKind, type HttpService, httpSource, type StagedHttpOptions } from "./http-source.ts";
import type { DeepPartial } from "./payload-2.ts";
import type { Auth, CognitoAuth, JwtAuth } from "./request/auth.ts";
import { EventRequest } from "./request/event-request.ts";
import type { NamedValues, Shaped, Values } from "./request/http-request.ts";
import { textOf } from "./request/text-of.ts";
import { toPairs } from "./request/to-headers.ts";
import { toPath } from "./request/to-path.ts";
import type { Listed } from "./request/to-values.ts";
import type { Responses } from "./response/responses.ts";

// AWS's types, or users' declarations could not name them.
export type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";

/** What the parts of a request to a REST API come to. */
export interface RestApiShape<Body, Query, Params, Headers, Cookies extends NamedValues>
  extends Shaped<Body, Query, Params, Headers, Cookies> {
  readonly auth: Auth | undefined;
}

/**
 * The source for API Gateway's REST APIs, and for HTTP APIs with payload format 1.0. A handler returns the same as that of
 * `httpApi`.
 *
 * Replies of bytes need the API's `binaryMediaTypes`: without them a REST API sends base64 on as it is.
 *
 * AWS: "Lambda proxy integrations in API Gateway".
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(restApi({ body: Order }), async ({ body }) => place(body));
 */
export function restApi<
  Body = undefined,
  Query = Values,
  Params = Values,
  Headers = {},
  Cookies extends NamedValues = Values,
  Response extends Responses = never,
>(
  options: StagedHttpOptions<Body, Query, Params, Headers, Cookies, Response> = {},
): Source<HttpKind<APIGatewayProxyEvent, APIGatewayProxyResult, RestApiShape<Body, Query, Params, Headers, Cookies>, Response>> {
  return httpSource(restApiService, options);
}

/** An event of payload format 1.0; HTTP APIs say so in `version`. */
type Payload1 = DeepPartial<APIGatewayProxyEvent> & { readonly version?: unknown };

export class RestApiRequest extends EventRequest<Payload1> {
  get method(): string {
    return textOf(this.raw.httpMethod) ?? "GET";
  }

  get path(): string {
    const { requestContext } = this.raw;
    const path = textOf(this.raw.path);
    const { stage } = this;
    // The path as the client sent it has the stage in it, or not; where it has, `path` may have it as well.
    const isStripped = requestContext?.path === `/${stage}${path}`;
    return toPath(path, this["~setup"].stripStage && !isStripped ? stage : undefined);
  }

  get clientIp(): string | undefined {
    return textOf(this.raw.requestContext?.identity?.sourceIp);
  }

  override get stage(): string | undefined {
    return textOf(this.raw.requestContext?.stage);
  }

  override get auth(): Auth | undefined {
    const { authorizer, identity } = this.raw.requestContext ?? {};
    const { claims, scopes, principalId, integrationLatency: _, ...context } = (authorizer ?? {}) as Authorizer;
    if (claims) {
      return this.raw.version === "1.0"
        ? { kind: "jwt", claims, scopes: scopes ?? [] }
        : { kind: "cognito", claims: claims as CognitoAuth["claims"] };
    }
    if (principalId || Object.keys(context).length > 0) return { kind: "lambda", principalId: principalId ?? undefined, context };
    if (!identity?.userArn) return undefined;
    const { userArn, user, accountId, caller, accessKey, principalOrgId, cognitoIdentityId, cognitoIdentityPoolId } = identity;
    const cognitoIdentity = cognitoIdentityId ? { identityId: cognitoIdentityId, identityPoolId: cognitoIdentityPoolId } : undefined;
    return { kind: "iam", userArn, userId: user, accountId, callerId: caller, accessKey, principalOrgId, cognitoIdentity };
  }

  override get "~host"(): unknown {
    return this.raw.requestContext?.domainName ?? super["~host"];
  }

  // Decoded already.
  get "~query"(): Listed {
    const { multiValueQueryStringParameters: lists, queryStringParameters } = this.raw;
    if (!lists) return queryStringParameters ?? {};
    return Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values?.length === 1 ? values[0] : values]));
  }

  get "~search"(): string {
    return new URLSearchParams(toPairs(this["~query"])).toString();
  }

  override get "~params"(): Listed {
    const params = this.raw.pathParameters ?? {};
    // An HTTP API has decoded them, a REST API has not.
    if (this["~isClear"]) return params;
    return Object.fromEntries(toPairs(params).map(([name, value]) => [name, unescape(value)]));
  }

  override get "~pattern"(): string | undefined {
    return textOf(this.raw.resource);
  }

  override get "~isClear"(): boolean {
    return this.raw.version === "1.0";
  }

  get "~headers"(): Listed {
    return this.raw.multiValueHeaders ?? this.raw.headers ?? {};
  }

  get "~body"(): unknown {
    return this.raw.body;
  }

  get "~isBase64"(): boolean {
    return this.raw.isBase64Encoded === true;
  }
}

interface Authorizer {
  readonly claims?: JwtAuth["claims"] | null;
  readonly scopes?: readonly string[] | null;
  readonly principalId?: string | null;
  readonly integrationLatency?: unknown;
}

export const restApiService: HttpService<APIGatewayProxyEvent, APIGatewayProxyResult> = {
  name: "restApi",
  expects: "a REST API event, or one of payload format 1.0 (httpMethod and path, no requestContext.elb)",
  accepts: (event) => {
    const { httpMethod, path, requestContext, type } = (event ?? {}) as Payload1 & { readonly type?: unknown };
    // An event for a Lambda authorizer has all of it as well, and a type.
    return (
      typeof httpMethod === "string" &&
      typeof path === "string" &&
      type === undefined &&
      (requestContext as { readonly elb?: unknown } | null | undefined)?.elb === undefined
    );
  },
  streams: true,
  id: ({ requestContext }) => requestContext?.requestId,
  open: (event, setup) => new RestApiRequest(event, setup),
  write: ({ status, headers, cookies, body = "", isBase64 }) => {
    const result: APIGatewayProxyResult = { statusCode: status, headers, body };
    // API Gateway makes one list of both maps. It refuses a reply with a member that it does not know, such as `cookies`.
    if (cookies.length > 0) result.multiValueHeaders = { "set-cookie": cookies as string[] };
    if (isBase64) result.isBase64Encoded = true;
    return result;
  },
};
