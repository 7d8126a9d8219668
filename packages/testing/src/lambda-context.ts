import type { LambdaContext } from "@lamella/core";

/** What a test says of the invocation; the rest is made up, and the same in every run. */
export interface LambdaContextOptions {
  /** Milliseconds until Lambda ends the invocation; they run down with the clock, so fake timers move them. @default 30_000 */
  readonly remainingMs?: number | undefined;
  readonly functionName?: string | undefined;
  readonly functionVersion?: string | undefined;
  readonly memoryLimitInMB?: string | undefined;
  readonly awsRequestId?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly xRayTraceId?: string | undefined;
}

/**
 * A context as the runtime gives it.
 *
 * AWS: "AWS Lambda context object in Node.js".
 *
 * @throws {RangeError} When `remainingMs` is no number of 0 or more.
 * @example
 * const outcome = handler(event, lambdaContext({ remainingMs: 3_000 }));
 */
export function lambdaContext(options: LambdaContextOptions = {}): LambdaContext {
  const { remainingMs = 30_000, functionName = "function", functionVersion = "$LATEST", memoryLimitInMB = "256" } = options;
  if (!(remainingMs >= 0)) throw new RangeError(`lambdaContext({ remainingMs }) must be 0 or more, got ${String(remainingMs)}`);
  const endsAt = Date.now() + remainingMs;
  return {
    functionName,
    functionVersion,
    memoryLimitInMB,
    invokedFunctionArn: `arn:aws:lambda:eu-west-1:123456789012:function:${functionName}`,
    awsRequestId: options.awsRequestId ?? "8f5c1d7e-2b64-4c1a-9d3e-6a7b8c9d0e1f",
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: `2026/01/31/[${functionVersion}]0123456789abcdef0123456789abcdef`,
    ...(options.tenantId !== undefined && { tenantId: options.tenantId }),
    ...(options.xRayTraceId !== undefined && { xRayTraceId: options.xRayTraceId }),
    getRemainingTimeInMillis: () => Math.max(0, endsAt - Date.now()),
  };
}
