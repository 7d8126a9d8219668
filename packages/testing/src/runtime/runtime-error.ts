/** What an invocation or the init phase failed with, as the caller of the function sees it. */
export interface RuntimeError {
  /** The `name` of the error, or Lambda's own, such as `Sandbox.Timedout`. */
  readonly errorType: string;
  readonly errorMessage: string;
  /** The stack, line by line, where the client sent one. */
  readonly trace?: readonly string[] | undefined;
}

/** What the client sent as an error; it may have sent anything. */
export function toRuntimeError(body: string, errorType: string | undefined): RuntimeError {
  try {
    const sent = JSON.parse(body) as Partial<RuntimeError> | null;
    return { ...sent, errorType: sent?.errorType ?? errorType ?? "", errorMessage: sent?.errorMessage ?? "" };
  } catch {
    return { errorType: errorType ?? "", errorMessage: body };
  }
}

/** What becomes of an invocation whose process has ended. */
export function exitError(requestId: string, code: number | null, signal: string | null): RuntimeError {
  const how = signal === null ? `exit status ${code}` : `signal: ${signal}`;
  const reason = code === 0 ? "Runtime exited without providing a reason" : `Runtime exited with error: ${how}`;
  return { errorType: "Runtime.ExitError", errorMessage: `RequestId: ${requestId} Error: ${reason}` };
}

/** What becomes of an invocation that ran into its timeout. */
export function timeoutError(requestId: string, timeoutMs: number): RuntimeError {
  const seconds = (timeoutMs / 1_000).toFixed(2);
  return { errorType: "Sandbox.Timedout", errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds` };
}
