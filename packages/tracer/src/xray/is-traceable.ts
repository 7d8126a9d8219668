/**
 * Whether invocations of this process may be recorded: in Lambda, and not under its simulations on a developer's
 * machine. `POWERTOOLS_TRACE_ENABLED` switches off, as with Powertools.
 */
export function isTraceable(): boolean {
  const { AWS_EXECUTION_ENV: environment = "", AWS_SAM_LOCAL: sam = "", LAMBDA_TASK_ROOT: root = "" } = process.env;
  return environment !== "" && environment !== "AWS_Lambda_amplify-mock" && sam === "" && root !== "" && switchOf() !== false;
}

/** What `POWERTOOLS_TRACE_ENABLED` says; `undefined` for nothing. */
export function switchOf(): boolean | undefined {
  const text = process.env["POWERTOOLS_TRACE_ENABLED"]?.toLowerCase();
  return text === "true" ? true : text === "false" ? false : undefined;
}

/**
 * Whether several invocations run in this process at once. AWS: "Lambda Managed Instances".
 */
export function isOnManagedInstance(): boolean {
  return process.env["AWS_LAMBDA_MAX_CONCURRENCY"] !== undefined;
}
