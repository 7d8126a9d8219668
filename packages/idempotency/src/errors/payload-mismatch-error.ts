import { LamellaError } from "@lamella/core";

/** The key was used before, with another payload. Over HTTP it is a 422. */
export class PayloadMismatchError extends LamellaError {
  readonly code = "LAMELLA_PAYLOAD_MISMATCH";
  override readonly name = "PayloadMismatchError";

  constructor() {
    super("The idempotency key was used before with another payload. Use a new key for each new operation.");
  }

  get "~http"(): object {
    return { status: 422, detail: this.message };
  }
}
