/** Whether Lambda runs this process, and not a test or a script. */
export function inLambda(): boolean {
  return process.env["AWS_LAMBDA_RUNTIME_API"] !== undefined;
}

/**
 * Whether several invocations run in this process at once. Signals do not reach it, so nothing is shut down.
 *
 * AWS: "Lambda Managed Instances".
 */
export function onManagedInstance(): boolean {
  return process.env["AWS_LAMBDA_MAX_CONCURRENCY"] !== undefined;
}
