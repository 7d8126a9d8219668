import { LamellaError } from "./lamella-error.ts";

/** The invocation came so near its end that work was given up, or not started. */
export class DeadlineExceededError extends LamellaError {
  readonly code = "LAMELLA_DEADLINE_EXCEEDED";
  override readonly name = "DeadlineExceededError";
  /** Milliseconds that were left until Lambda's timeout, or until the service stops waiting. */
  readonly remainingMs: number;

  constructor(remainingMs: number) {
    // Whose time it is, is not told: a service may wait less than Lambda does.
    super(`Not finished ${Math.round(remainingMs)} ms before the time is up. Do less per invocation, or raise the function's timeout.`);
    this.remainingMs = remainingMs;
  }
}
