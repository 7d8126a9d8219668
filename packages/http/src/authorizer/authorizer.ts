import { type DeadlineOptions, hasCode, type Kind, OutputError, type Source } from "@lamella/core";
import { mustBe, type OutputOutcome, singleSource, toOutcome } from "@lamella/core/extend";
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerResult } from "aws-lambda";
import { UnauthorizedError } from "../errors/client-errors.ts";
import type { HttpError } from "../errors/http-error.ts";
import { type Authorized, isAuthorized, type PolicyContext, type SimpleContext } from "./answers.ts";
import { type Authorization, AuthorizationItem, type AuthorizerEvent, type RequestAuthorization } from "./authorization.ts";
import { toPolicy } from "./policy.ts";

// AWS's types, or users' declarations could not name them.
export type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerResult,
  APIGatewayTokenAuthorizerEvent,
} from "aws-lambda";

export interface AuthorizerOptions<Simple extends boolean> extends DeadlineOptions {
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
export interface PolicyKind extends Kind {
  readonly event: AuthorizerEvent;
  readonly reply: APIGatewayAuthorizerResult;
  readonly item: Authorization;
  readonly context: unknown;
  readonly output: Authorized<PolicyContext>;
}

/** The types of an authorizer that answers with a simple yes or no. */
export interface SimpleKind extends Kind {
  readonly event: APIGatewayRequestAuthorizerEventV2;
  readonly reply: SimpleAnswer;
  readonly item: RequestAuthorization<APIGatewayRequestAuthorizerEventV2>;
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
export function authorizer<Simple extends boolean = false>(
  options: AuthorizerOptions<Simple> = {},
): Source<Simple extends true ? SimpleKind : PolicyKind> {
  const { simpleResponses = false as Simple } = options;
  mustBe(typeof simpleResponses === "boolean", "authorizer({ simpleResponses })", "true or false", simpleResponses);
  interface ErasedKind extends Kind {
    readonly event: AuthorizerEvent;
    readonly item: AuthorizationItem;
  }
  const source = singleSource<ErasedKind>({
    name: "authorizer",
    expects: simpleResponses
      ? "an event for a Lambda authorizer of payload format 2.0 (version, type REQUEST and routeArn)"
      : "an event for a Lambda authorizer (type TOKEN or REQUEST, and methodArn or routeArn)",
    accepts: (event) => isQuestion(event, simpleResponses),
    options,
    item: (event) => new AuthorizationItem(event),
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
  return source as unknown as Source<Simple extends true ? SimpleKind : PolicyKind>;
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
