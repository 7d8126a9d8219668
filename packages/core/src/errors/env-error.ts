import type { StandardSchemaV1 } from "@standard-schema/spec";
import { hide, LamellaError } from "./lamella-error.ts";

/** Environment variables are missing, or are not what the function was told to expect. */
export class EnvError extends LamellaError {
  readonly code = "LAMELLA_ENV";
  override readonly name = "EnvError";
  /** What does not fit, with paths, as the schema said it. Not printed with the error, because a schema may quote values. */
  declare readonly issues: readonly StandardSchemaV1.Issue[];

  constructor(problems: readonly string[], issues: readonly StandardSchemaV1.Issue[]) {
    super(`The environment variables do not fit: ${problems.join(", ")}. Set them in the function's configuration, or change the schema.`);
    hide(this, "issues", issues);
  }
}
