/** The record of an asynchronous invocation. */
export interface AsyncDestinationRecord {
  readonly version: string;
  readonly timestamp: string;
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: string;
    readonly approximateInvokeCount: number;
  };
  readonly requestPayload: unknown;
  readonly responseContext?: {
    readonly statusCode: number;
    readonly executedVersion: string;
    readonly functionError?: string | undefined;
  };
  readonly responsePayload?: unknown;
}

/** What a test says of an invocation; the rest is made up, and the same in every run. */
export interface AsyncDestinationEventInput {
  /** The event that the function was invoked with. @default {} */
  readonly request?: unknown;
  /** What it replied, where it succeeded. @default null */
  readonly response?: unknown;
  /** Why it was given up; `"EventAgeExceeded"` for one that never ran. @default "RetriesExhausted" with `error`, else "Success" */
  readonly condition?: "EventAgeExceeded" | "RetriesExhausted" | "Success" | undefined;
  /** What it failed with. */
  readonly error?: { readonly message: string; readonly type?: string | undefined } | undefined;
  readonly functionName?: string | undefined;
  readonly requestId?: string | undefined;
  /** @default 3 where it failed, 0 where it never ran, else 1 */
  readonly invokeCount?: number | undefined;
  readonly at?: Date | undefined;
}

/**
 * The record that Lambda sends to the destination of an asynchronous invocation: what `asyncDestination()` opens.
 *
 * AWS: "Capturing records of Lambda asynchronous invocations".
 *
 * @example
 * asyncDestinationEvent({ request: { id: "order-1" }, error: { message: "no stock", type: "NoStock" } });
 */
export function asyncDestinationEvent(input: AsyncDestinationEventInput = {}): AsyncDestinationRecord {
  const { request = {}, response = null, error, functionName = "worker", at = new Date("2026-01-31T12:00:00.000Z") } = input;
  const condition = input.condition ?? (error === undefined ? "Success" : "RetriesExhausted");
  const count = { Success: 1, RetriesExhausted: 3, EventAgeExceeded: 0 }[condition];
  const isFailure = condition === "RetriesExhausted";
  return {
    version: "1.0",
    timestamp: at.toISOString(),
    requestContext: {
      requestId: input.requestId ?? "e4b46cbf-b738-4b1f-8880-a18cdf61200e",
      functionArn: `arn:aws:lambda:eu-west-1:123456789012:function:${functionName}:$LATEST`,
      condition,
      approximateInvokeCount: input.invokeCount ?? count,
    },
    requestPayload: request,
    ...(condition !== "EventAgeExceeded" && {
      responseContext: { statusCode: 200, executedVersion: "$LATEST", ...(isFailure && { functionError: "Unhandled" }) },
      responsePayload: isFailure ? { errorType: error?.type ?? "Error", errorMessage: error?.message ?? "failed", trace: [] } : response,
    }),
  };
}
