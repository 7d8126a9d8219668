import { LamellaError, type PayloadError } from "@lamella/core";

/** What is known of a value that cannot be used. */
export interface UnusableValue {
  /** What it is, such as `secret "prod/db"`. */
  readonly what: string;
  /** What is wrong, to stand after "The secret "prod/db" ". */
  readonly problem: string;
  /** What to do. */
  readonly advice: string;
  readonly issues?: PayloadError["issues"] | undefined;
}

/**
 * A secret or parameter is not there, or is not what the function was told to expect.
 *
 * It names places and no values. It has no cause: what parsers and schemas throw may quote what they found.
 */
export class ParameterError extends LamellaError {
  readonly code = "LAMELLA_PARAMETER";
  override readonly name = "ParameterError";
  /** What does not fit, with paths, as the schema said it; empty where no schema was asked. Not printed with the error. */
  declare readonly issues: PayloadError["issues"];

  constructor({ what, problem, advice, issues = [] }: UnusableValue) {
    super(`The ${what} ${problem}. ${advice}`);
    // Not enumerable: the runtime client and `console.error` print what is, and schemas quote values.
    Object.defineProperty(this, "issues", { value: issues });
  }
}
