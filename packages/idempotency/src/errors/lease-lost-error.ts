import { LamellaError } from "@lamella/core";

/** An attempt ran for longer than it could renew its lease, and another one has taken over. */
export class LeaseLostError extends LamellaError {
  readonly code = "LAMELLA_LEASE_LOST";
  override readonly name = "LeaseLostError";

  /** `became` says what became of the work: it may have been done twice, or it was rolled back. */
  constructor(became: "done twice" | "rolled back" = "done twice") {
    super(
      `The lease ended while the work was running, and another attempt took over: ${
        became === "done twice" ? "the work may have been done twice." : "what it wrote in its transaction was rolled back."
      }`,
    );
  }

  get "~http"(): object {
    return {
      status: 409,
      detail: "Another attempt with the same idempotency key took over. Try again later.",
      headers: { "retry-after": "1" },
    };
  }
}
