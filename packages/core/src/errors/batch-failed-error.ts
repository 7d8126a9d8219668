import { kindOf } from "../must-be.ts";
import { hide, LamellaError } from "./lamella-error.ts";

/** Rejects the invocation of a batch that cannot be answered with a partial reply. */
export class BatchFailedError extends LamellaError {
  readonly code = "LAMELLA_BATCH_FAILED";
  override readonly name = "BatchFailedError";
  /** The cause of every failed item, in the order of the batch. */
  declare readonly errors: readonly unknown[];

  constructor(why: string, errors: readonly unknown[]) {
    const causes = errors.length === 0 ? "" : ` Failed with: ${kindsOf(errors)}.`;
    super(`${why}${causes} The batch comes again.`, { cause: errors[0] });
    hide(this, "errors", errors);
  }
}

/** Names and counts, and no messages, which may hold payloads: `2 × TypeError, PayloadError`. */
function kindsOf(errors: readonly unknown[]): string {
  const kinds = Object.entries(Object.groupBy(errors, nameOf));
  return kinds.map(([name, { length } = []]) => (length > 1 ? `${length} × ${name}` : name)).join(", ");
}

/** What kind of error was thrown, also where it is none. */
export function nameOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return `thrown ${kindOf(error)}`;
  try {
    const { name } = error as { readonly name?: unknown };
    return typeof name === "string" && name !== "" ? name : "Error";
  } catch {
    // What was thrown may throw itself when it is looked at.
    return "Error";
  }
}
