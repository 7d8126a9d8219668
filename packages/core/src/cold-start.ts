let cold = true;

/**
 * Whether this invocation is the first of an execution environment that was started for it. An environment that was
 * started ahead (provisioned concurrency, SnapStart, Managed Instances) has no cold start.
 *
 * AWS: "Using Lambda environment variables", `AWS_LAMBDA_INITIALIZATION_TYPE`.
 */
export function takeColdStart(): boolean {
  if (!cold) return false;
  cold = false;
  const type = process.env["AWS_LAMBDA_INITIALIZATION_TYPE"];
  return type === undefined || type === "on-demand";
}
