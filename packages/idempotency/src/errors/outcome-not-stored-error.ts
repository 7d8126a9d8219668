import { LamellaError } from "@lamella/core";

/** The work was done before, but what came of it could not be stored, so it cannot be replayed. It is not run again. */
export class OutcomeNotStoredError extends LamellaError {
  readonly code = "LAMELLA_OUTCOME_NOT_STORED";
  override readonly name = "OutcomeNotStoredError";
  /** Why it could not be stored. */
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    super(
      `The work is done, but its outcome could not be stored: ${reason}. Return plain data, or give serialize and deserialize.`,
      options,
    );
    this.reason = reason;
  }
}
