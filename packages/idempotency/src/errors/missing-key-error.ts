import { LamellaError } from "@lamella/core";

/** The item has no idempotency key, and one is required. Over HTTP it is a 400. */
export class MissingKeyError extends LamellaError {
  readonly code = "LAMELLA_MISSING_KEY";
  override readonly name = "MissingKeyError";

  constructor(what = "The idempotency key, or a part of it, is missing") {
    super(`${what}. Send one, or set required: false to run such items unprotected.`);
    this.#detail = `${what}.`;
  }

  readonly #detail: string;

  get "~http"(): object {
    return { status: 400, detail: this.#detail };
  }
}
