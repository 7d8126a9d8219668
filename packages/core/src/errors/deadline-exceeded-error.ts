import { LamellaError } from "./lamella-error.ts";

/** The invocation came so near its end that work was given up, or not started. */
export class DeadlineExceededError extends LamellaError {
  readonly code = "LAMELLA_DEADLINE_EXCEEDED";
  override readonly name = "DeadlineExceededError";
  /** Milliseconds that were left until Lambda's timeout, or until the service stops waiting. */
  readonly remainingMs: number;

  /**
   * @param awaitedMs How long the service waits, where that and not the function's timeout is what ends.
   */
  constructor(remainingMs: number, awaitedMs?: number) {
    const left = `Not finished ${Math.round(remainingMs)} ms before`;
    super(
      awaitedMs === undefined
        ? `${left} Lambda's timeout. Raise the function's timeout, or do less per invocation.`
        : `${left} the end of the ${awaitedMs} ms that the service waits for. Do less per invocation.`,
    );
    this.remainingMs = remainingMs;
  }
}
