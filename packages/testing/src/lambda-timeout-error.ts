/** What a caller sees of an invocation that ran into Lambda's timeout. */
export class LambdaTimeoutError extends Error {
  override readonly name = "Sandbox.Timedout";

  constructor(timeoutMs: number) {
    super(`Task timed out after ${(timeoutMs / 1_000).toFixed(2)} seconds`);
  }
}
