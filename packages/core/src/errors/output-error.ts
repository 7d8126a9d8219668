import type { StandardSchemaV1 } from "@standard-schema/spec";
import { hide, LamellaError } from "./lamella-error.ts";
import type { PayloadErrorOptions } from "./payload-error.ts";

/** What the handler returned is not what it declared. Nobody outside is told more than that. */
export class OutputError extends LamellaError {
  readonly code = "LAMELLA_OUTPUT";
  override readonly name = "OutputError";
  /** What does not fit, with paths, as the schema said it. */
  declare readonly issues: readonly StandardSchemaV1.Issue[];

  constructor({ part, problem, issues = [], cause }: PayloadErrorOptions) {
    super(`The ${part} that the handler returned ${problem}. Fix the handler, or the schema.`, cause === undefined ? undefined : { cause });
    hide(this, "issues", issues);
  }
}
