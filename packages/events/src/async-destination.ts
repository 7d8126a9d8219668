import type { DeadlineOptions, Ignored, Kind, Schema, Source } from "@lamella/core";
import { checkSchema, singleSource, toOutcome, validate } from "@lamella/core/extend";
import { textOf } from "./internal/fields.ts";
import { isObject } from "./internal/is-object.ts";
import { LateItem, LateValue } from "./internal/late-value.ts";
import { toDate } from "./internal/to-date.ts";

/**
 * The record of an asynchronous invocation, as Lambda sends it to a destination.
 *
 * AWS: "Capturing records of Lambda asynchronous invocations".
 */
export interface AsyncDestinationEvent {
  readonly version: string;
  readonly timestamp: string;
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: string;
    readonly approximateInvokeCount: number;
  };
  readonly requestPayload?: unknown;
  readonly responseContext?: {
    readonly statusCode: number;
    readonly executedVersion: string;
    readonly functionError?: string | undefined;
  };
  readonly responsePayload?: unknown;
}

/** What a record says of every invocation. */
export interface InvocationBase<out Request> {
  readonly requestId: string;
  /** The function that was invoked, with its version or alias. */
  readonly functionArn: string;
  /** How often it was tried. */
  readonly invokeCount: number;
  /** When the record was made. */
  readonly at: Date;
  /** The event that the function was invoked with. */
  readonly request: Request;
  /** The record as Lambda sent it. */
  readonly raw: AsyncDestinationEvent;
}

export interface SucceededInvocation<out Request, out Response> extends InvocationBase<Request> {
  readonly condition: "Success";
  /** What the function replied. */
  readonly response: Response;
  readonly error: undefined;
}

/** What the runtime said of the last failure; its members are missing where the environment ended without a word. */
export interface InvocationError {
  readonly message: string | undefined;
  readonly type: string | undefined;
  readonly trace: readonly string[];
}

/** An invocation that Lambda gave up: all tries failed, or the event became too old. */
export interface FailedInvocation<out Request> extends InvocationBase<Request> {
  readonly condition: "EventAgeExceeded" | "RetriesExhausted";
  readonly response: undefined;
  /** `undefined` where the function did not run. */
  readonly error: InvocationError | undefined;
}

/** The record of an invocation, as the handler gets it. */
export type InvocationRecord<Request, Response> = FailedInvocation<Request> | SucceededInvocation<Request, Response>;

export interface AsyncDestinationKind<Request, Response> extends Kind {
  readonly event: AsyncDestinationEvent;
  readonly reply: void;
  readonly item: InvocationRecord<Request, Response>;
  readonly context: unknown;
  readonly output: Ignored;
}

export interface AsyncDestinationOptions<Request, Response> extends DeadlineOptions {
  /** What the event of the invocation must be. @default anything, as it came */
  readonly request?: Schema<Request> | undefined;
  /** What the reply of a successful invocation must be. @default anything, as it came */
  readonly response?: Schema<Response> | undefined;
}

/**
 * The source for functions that are the on-success or on-failure destination of another one.
 *
 * AWS: "Capturing records of Lambda asynchronous invocations".
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(asyncDestination({ request: Order }), async ({ condition, request, error }) => {
 *   if (condition !== "Success") await tellSupport(request.id, error?.message);
 * });
 */
export function asyncDestination<Request = unknown, Response = unknown>(
  options: AsyncDestinationOptions<Request, Response> = {},
): Source<AsyncDestinationKind<Request, Response>> {
  const { request, response } = options;
  if (request !== undefined) checkSchema(request, "asyncDestination({ request })");
  if (response !== undefined) checkSchema(response, "asyncDestination({ response })");
  const decode = (raw: AsyncDestinationEvent): Payloads | Promise<Payloads> => {
    const asked = request === undefined ? raw.requestPayload : validate(request, raw.requestPayload, "request");
    const isAnswer = raw.requestContext.condition === "Success";
    const replied = response === undefined || !isAnswer ? raw.responsePayload : validate(response, raw.responsePayload, "response");
    if (asked instanceof Promise || replied instanceof Promise)
      return Promise.all([asked, replied]).then(([first, second]) => ({ request: first, response: second }));
    return { request: asked, response: replied };
  };
  const source = singleSource<AsyncDestinationKind<unknown, unknown>, DestinationRecord & InvocationRecord<unknown, unknown>>({
    name: "asyncDestination",
    expects: "the record of an asynchronous invocation (requestContext has functionArn and condition, with requestPayload)",
    accepts: (event) => {
      if (!isObject(event) || !("requestPayload" in event)) return false;
      const { requestContext } = event;
      return (
        isObject(requestContext) && typeof requestContext["condition"] === "string" && typeof requestContext["functionArn"] === "string"
      );
    },
    options,
    // The class has the members of both; which it is, its `condition` says.
    item: (raw) => new DestinationRecord(raw, decode) as DestinationRecord & InvocationRecord<unknown, unknown>,
    delivery: ({ requestContext: { requestId } }) => ({ id: textOf(requestId), index: 0, source: "asyncDestination", attempt: undefined }),
    decode: (item) => item["~decode"](),
    finish: () => toOutcome(undefined),
    reply: () => undefined,
  });
  // Types are erased here, once: the record has what its schemas give.
  return source as unknown as Source<AsyncDestinationKind<Request, Response>>;
}

interface Payloads {
  readonly request: unknown;
  readonly response: unknown;
}

class DestinationRecord extends LateItem {
  readonly raw: AsyncDestinationEvent;
  protected override readonly late: LateValue<Payloads>;

  constructor(raw: AsyncDestinationEvent, decode: (raw: AsyncDestinationEvent) => Payloads | Promise<Payloads>) {
    super();
    this.raw = raw;
    this.late = new LateValue("request", () => decode(raw));
  }

  get condition(): string {
    return this.raw.requestContext.condition;
  }

  get requestId(): string {
    return textOf(this.raw.requestContext.requestId);
  }

  get functionArn(): string {
    return this.raw.requestContext.functionArn;
  }

  get invokeCount(): number {
    return this.raw.requestContext.approximateInvokeCount ?? 0;
  }

  get at(): Date {
    return toDate(this.raw.timestamp);
  }

  get request(): unknown {
    return this.late.value.request;
  }

  get response(): unknown {
    return this.condition === "Success" ? this.late.value.response : undefined;
  }

  get error(): InvocationError | undefined {
    const { responseContext, responsePayload } = this.raw;
    if (this.condition === "Success" || (responseContext === undefined && responsePayload === undefined)) return undefined;
    const payload = isObject(responsePayload) ? responsePayload : {};
    const { errorMessage, errorType, trace, stackTrace } = payload;
    const lines = trace ?? stackTrace;
    return {
      message: typeof errorMessage === "string" ? errorMessage : undefined,
      type: typeof errorType === "string" ? errorType : undefined,
      trace: Array.isArray(lines) ? lines.filter((line) => typeof line === "string") : [],
    };
  }
}
