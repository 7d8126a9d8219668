import { LamellaError } from "@lamella/core";

/** The store of idempotency records did not do what it was asked. Over HTTP it is a 503. */
export class StoreError extends LamellaError {
  readonly code = "LAMELLA_STORE";
  override readonly name = "StoreError";

  constructor(store: string, operation: string, cause: unknown) {
    super(`The idempotency store ${store} failed to ${operation}. Look at the cause.`, { cause });
  }

  get "~http"(): object {
    return { status: 503, detail: "Try again later.", headers: { "retry-after": "1" } };
  }
}
