import { parse } from "node:querystring";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { IamAuth, IamFields, JwtAuth, LambdaAuth } from "./request/auth.ts";
import { EventRequest } from "./request/event-request.ts";
import { textOf } from "./request/text-of.ts";
import { toPairs } from "./request/to-headers.ts";
import { toPath } from "./request/to-path.ts";
import type { Listed } from "./request/to-values.ts";
import type { WireResponse } from "./response/wire-response.ts";

export type DeepPartial<T> = T extends object ? { readonly [P in keyof T]?: DeepPartial<T[P]> | null | undefined } : T;

interface Authorizers {
  readonly jwt?: { readonly claims?: JwtAuth["claims"] | null; readonly scopes?: readonly string[] | null } | null;
  readonly iam?: IamFields | null;
  readonly lambda?: LambdaAuth["context"] | null;
}

// The types of AWS promise members that events made by hand lack, so every one is read with care.
/** An event of payload format 2.0, which HTTP APIs and function URLs send. */
export class Payload2Request extends EventRequest<DeepPartial<APIGatewayProxyEventV2>> {
  get method(): string {
    return textOf(this.raw.requestContext?.http?.method) ?? "GET";
  }

  get path(): string {
    return toPath(this.raw.rawPath, this["~setup"].stripStage ? this.stage : undefined);
  }

  get clientIp(): string | undefined {
    return textOf(this.raw.requestContext?.http?.sourceIp);
  }

  override get stage(): string | undefined {
    return textOf(this.raw.requestContext?.stage);
  }

  override get auth(): JwtAuth | IamAuth | LambdaAuth | undefined {
    const { jwt, iam, lambda } = (this.raw.requestContext as { readonly authorizer?: Authorizers | null } | null)?.authorizer ?? {};
    if (jwt) return { kind: "jwt", claims: jwt.claims ?? {}, scopes: jwt.scopes ?? [] };
    if (lambda) return { kind: "lambda", principalId: undefined, context: lambda };
    return iam ? { ...iam, kind: "iam" } : undefined;
  }

  override get "~host"(): unknown {
    return this.raw.requestContext?.domainName ?? this.raw.headers?.["host"];
  }

  get "~search"(): string {
    return textOf(this.raw.rawQueryString) ?? "";
  }

  get "~query"(): Listed {
    // Not `queryStringParameters`, where a comma of a value cannot be told from one that joins values.
    return parse(this["~search"], "&", "=", { maxKeys: 0 });
  }

  override get "~params"(): Listed {
    return this.raw.pathParameters ?? {};
  }

  override get "~cookie"(): string {
    const { headers, cookies } = this.raw;
    return toPairs({ cookie: cookies?.length ? cookies : headers?.["cookie"] })
      .map(([, value]) => value)
      .join("; ");
  }

  override get "~pattern"(): string | undefined {
    return textOf(this.raw.routeKey)?.split(" ")[1];
  }

  override get "~isClear"(): boolean {
    return !isUrlHost(this.raw.requestContext?.domainName);
  }

  get "~headers"(): Listed {
    const { headers, cookies } = this.raw;
    return cookies?.length ? { ...headers, cookie: cookies } : (headers ?? {});
  }

  get "~body"(): unknown {
    return this.raw.body;
  }

  get "~isBase64"(): boolean {
    return this.raw.isBase64Encoded === true;
  }
}

/**
 * Whether the event is of payload format 2.0, and came to a function URL or not. In an event made by hand, which has no
 * domain name, nothing tells.
 */
export function isPayload2(event: unknown, isUrl: boolean): boolean {
  const { version, requestContext, rawPath, type } = (event ?? {}) as DeepPartial<APIGatewayProxyEventV2> & { readonly type?: unknown };
  // An event for a Lambda authorizer has all of it as well, and a type. VPC Lattice has the version, and no `http`.
  const isRequest = requestContext ? isObject(requestContext.http) : typeof rawPath === "string";
  const host: unknown = requestContext?.domainName;
  return version === "2.0" && isRequest && type === undefined && (typeof host !== "string" || isUrlHost(host) === isUrl);
}

function isUrlHost(host: unknown): boolean {
  return typeof host === "string" && host.includes(".lambda-url.");
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

export function writePayload2({ status, headers, cookies, body, isBase64 }: WireResponse): APIGatewayProxyStructuredResultV2 {
  const result: APIGatewayProxyStructuredResultV2 = { statusCode: status, headers };
  if (cookies.length > 0) result.cookies = cookies as string[];
  if (body !== undefined) result.body = body;
  if (isBase64) result.isBase64Encoded = true;
  return result;
}
