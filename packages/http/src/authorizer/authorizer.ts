import { type DeadlineOptions, hasCode, type Kind, OutputError, type Schema, type Source } from "@lamella/core";
import { mustBe, type OutputOutcome, singleSource, toOutcome } from "@lamella/core/extend";
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerResult } from "aws-lambda";
import { UnauthorizedError } from "../errors/client-errors.ts";
import type { HttpError } from "../errors/http-error.ts";
import type { RequestSetup } from "../request/event-request.ts";
import type { HttpShape, NamedValues, Shaped, Values } from "../request/http-request.ts";
import { toParts } from "../request/to-parts.ts";
import { toResponse } from "../response/to-response.ts";
import { type Authorized, isAuthorized, type PolicyContext, type SimpleContext } from "./answers.ts";
import { type AnyAsked, type Authorization, AuthorizationItem, type AuthorizerEvent, type RequestAuthorization } from "./authorization.ts";
import { toPolicy } from "./policy.ts";

// AWS's types, or users' declarations could not name them.
export type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerResult,
  APIGatewayTokenAuthorizerEvent,
} from "aws-lambda";

export interface AuthorizerOptions<
  Simple extends boolean,
  Query = Values,
  Params = Values,
  Headers = {},
  Cookies extends NamedValues = Values,
> extends DeadlineOptions {
  /** What the query of the request must be: a schema of an object; what does not fit is answered with 401. @default the first value of each name */
  readonly query?: Schema<Query> | undefined;
  /** What the path's parameters must be: a schema of an object of strings. @default the parameters as strings */
  readonly params?: Schema<Params> | undefined;
  /** What the headers must be: a schema of an object of strings, with names in lower case. @default any headers */
  readonly headers?: Schema<Headers> | undefined;
  /** What the cookies must be: a schema of an object of strings. @default the first value of each name */
  readonly cookies?: Schema<Cookies> | undefined;
  /**
   * Whether the authorizer is set to simple responses (`EnableSimpleResponses`), which HTTP APIs with payload format 2.0
   * can have and no event tells. It then takes their events alone.
   *
   * @default false
   */
  readonly simpleResponses?: Simple | undefined;
}

/** A simple answer. */
export interface SimpleAnswer extends APIGatewaySimpleAuthorizerResult {
  context?: SimpleContext;
}

/** The types of an authorizer that answers with policies. */
export interface PolicyKind<Asked extends HttpShape = AnyAsked> extends Kind {
  readonly event: AuthorizerEvent;
  readonly reply: APIGatewayAuthorizerResult;
  readonly item: Authorization<Asked>;
  readonly context: unknown;
  readonly output: Authorized<PolicyContext>;
}

/** The types of an authorizer that answers with a simple yes or no. */
export interface SimpleKind<Asked extends HttpShape = AnyAsked> extends Kind {
  readonly event: APIGatewayRequestAuthorizerEventV2;
  readonly reply: SimpleAnswer;
  readonly item: RequestAuthorization<APIGatewayRequestAuthorizerEventV2, Asked>;
  readonly context: unknown;
  readonly output: Authorized<SimpleContext>;
}

/**
 * The source for Lambda authorizers: TOKEN and REQUEST of REST APIs, HTTP APIs with format 1.0 and 2.0, and WebSocket APIs.
 * The handler returns `allow(…)` or `deny(…)`; with `throw new UnauthorizedError()` the client gets a 401, and with any
 * other error a 500.
 *
 * AWS: "Use API Gateway Lambda authorizers", "Control access to HTTP APIs with AWS Lambda authorizers".
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when a moment of the deadline is out of its range.
 * @example
 * export const handler = wrap(authorizer(), async ({ token }) => {
 *   const claims = await verify(token);
 *   return allow({ principalId: claims.sub, context: { tenant: claims.tenant } });
 * });
 */
export function authorizer<
  Simple extends boolean = false,
  Query = Values,
  Params = Values,
  Headers = {},
  Cookies extends NamedValues = Values,
>(
  options: AuthorizerOptions<Simple, Query, Params, Headers, Cookies> = {},
): Source<
  Simple extends true
    ? SimpleKind<Shaped<undefined, Query, Params, Headers, Cookies>>
    : PolicyKind<Shaped<undefined, Query, Params, Headers, Cookies>>
> {
  const { simpleResponses = false as Simple, query, params, headers, cookies } = options;
  mustBe(typeof simpleResponses === "boolean", "authorizer({ simpleResponses })", "true or false", simpleResponses);
  interface ErasedKind extends Kind {
    readonly event: AuthorizerEvent;
    readonly item: AuthorizationItem;
  }
  // An authorizer gets no body.
  const parts = toParts("authorizer", { query, params, headers, cookies });
  const setup: RequestSetup = { ...parts, finish: toResponse, stripStage: false };
  const source = singleSource<ErasedKind>({
    name: "authorizer",
    expects: simpleResponses
      ? "an event for a Lambda authorizer of payload format 2.0 (version, type REQUEST and routeArn)"
      : "an event for a Lambda authorizer (type TOKEN or REQUEST, and methodArn or routeArn)",
    accepts: (event) => isQuestion(event, simpleResponses),
    options,
    item: (event) => new AuthorizationItem(event, setup),
    decode: parts.declared.length === 0 ? undefined : decodeOr401,
    delivery: (event, { awsRequestId }) => {
      const { requestContext } = event as { readonly requestContext?: { readonly requestId?: unknown } | null };
      const id = requestContext?.requestId;
      return { id: typeof id === "string" ? id : (awsRequestId ?? ""), index: 0, source: "authorizer", attempt: undefined };
    },
    finish: (output) => {
      if (!isAuthorized(output)) throw new OutputError({ part: "answer", problem: "is neither allow(…) nor deny(…)" });
      return toOutcome(output);
    },
    rescue: (error) => (isUnauthorized(error) ? new Unauthorized(error) : undefined),
    reply: (outcome, item) => {
      // API Gateway knows a 401 by the message of an error, to the letter.
      if (outcome instanceof Unauthorized) throw new UnauthorizedError(undefined, { cause: outcome.error });
      const answer = (outcome as OutputOutcome).output as Authorized<unknown>;
      return simpleResponses ? toSimple(answer as Authorized<SimpleContext>) : toPolicy(answer, item);
    },
  });
  // Types are erased here, once: which events come in is the option's affair.
  return source as never;
}

/**
 * @throws {UnauthorizedError} When the request does not fit: a 500 would be the function's fault, and a policy be kept for
 * other requests of the same client.
 */
async function decodeOr401(item: AuthorizationItem): Promise<AuthorizationItem> {
  try {
    return await item["~decode"]();
  } catch (error) {
    throw hasCode(error, "LAMELLA_PAYLOAD") ? new UnauthorizedError(undefined, { cause: error }) : error;
  }
}

function isQuestion(event: unknown, isSimple: boolean): boolean {
  const { type, version, methodArn, routeArn } = (event ?? {}) as Readonly<Record<string, unknown>>;
  if (isSimple) return type === "REQUEST" && version === "2.0" && typeof routeArn === "string";
  return (type === "TOKEN" || type === "REQUEST") && (typeof methodArn === "string" || typeof routeArn === "string");
}

function isUnauthorized(error: unknown): boolean {
  return hasCode(error, "LAMELLA_HTTP") && (error as HttpError).status === 401;
}

/** The outcome of an error that is a 401; it is answered, if by an error. */
class Unauthorized implements OutputOutcome {
  readonly "~adds" = undefined as never;
  readonly output = undefined;
  readonly status = 401;
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

function toSimple({ "~effect": effect, context }: Authorized<SimpleContext>): SimpleAnswer {
  return { isAuthorized: effect === "Allow", ...(context !== undefined && { context }) };
}
