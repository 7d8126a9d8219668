import { LamellaError } from "@lamella/core";

/** How long callers are told to wait at most, in milliseconds: most work ends long before its lease does. */
const AT_MOST_MS = 5_000;

/** Another attempt with the same key is running. The item comes again; over HTTP it is a 409 with `retry-after`. */
export class AlreadyInProgressError extends LamellaError {
  readonly code = "LAMELLA_ALREADY_IN_PROGRESS";
  override readonly name = "AlreadyInProgressError";
  /** When it makes sense to try again, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(leaseMs: number) {
    super("Another attempt with the same idempotency key is in progress. Try again later.");
    this.retryAfterMs = Math.min(Math.max(leaseMs, 1_000), AT_MOST_MS);
  }

  // Nothing went wrong, so it is logged at INFO.
  get "~level"(): "info" {
    return "info";
  }

  get "~http"(): object {
    return { status: 409, detail: this.message, headers: { "retry-after": String(Math.ceil(this.retryAfterMs / 1_000)) } };
  }
}
