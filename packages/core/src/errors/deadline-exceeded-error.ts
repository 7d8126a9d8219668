import { LamellaError } from "./lamella-error.ts";

/** The invocation came too near to Lambda's timeout; the reason of `ctx.signal`, and of items that did not finish. */
export class DeadlineExceededError extends LamellaError {
  readonly code = "LAMELLA_DEADLINE_EXCEEDED";
  override readonly name = "DeadlineExceededError";
  /** Milliseconds that were left until Lambda's timeout. */
  readonly remainingMs: number;

  constructor(remainingMs: number) {
    super(`Not finished ${Math.round(remainingMs)} ms before Lambda's timeout. Raise the function's timeout, or do less per invocation.`);
    this.remainingMs = remainingMs;
  }
}
