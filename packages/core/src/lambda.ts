import type { Context } from "aws-lambda";

/**
 * What the runtime client gives as second argument: AWS's `Context` without the members of callback times, which it
 * no longer has.
 *
 * AWS: "AWS Lambda context object in Node.js".
 */
export interface LambdaContext extends Omit<Context, "done" | "fail" | "succeed" | "callbackWaitsForEmptyEventLoop"> {
  /** The X-Ray trace header of this invocation, where the runtime gives it. */
  readonly xRayTraceId?: string | undefined;
  /** The tenant, for functions with tenant isolation. */
  readonly tenantId?: string | undefined;
}

/** What `wrap` returns: a Lambda handler of two parameters, because the Node.js 24 runtime refuses more. */
export interface Lambda<in Event, out Reply> {
  (event: Event, context: LambdaContext): Promise<Reply>;
}
