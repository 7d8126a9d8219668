import { LamellaError } from "./lamella-error.ts";

/** Rejects the invocation of a batch that cannot be answered with a partial reply. */
export class BatchFailedError extends LamellaError {
  readonly code = "LAMELLA_BATCH_FAILED";
  override readonly name = "BatchFailedError";
  /** The cause of every failed item, in the order of the batch. */
  readonly errors: readonly unknown[];

  constructor(why: string, errors: readonly unknown[]) {
    super(`${why} Failed with: ${kindsOf(errors)}. The service delivers the batch again.`, { cause: errors[0] });
    this.errors = errors;
  }
}

/** Names and counts, and no messages, which may hold payloads: `2 × TypeError, PayloadError`. */
function kindsOf(errors: readonly unknown[]): string {
  const counts = new Map<string, number>();
  for (const error of errors) counts.set(nameOf(error), (counts.get(nameOf(error)) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count === 1 ? name : `${count} × ${name}`)).join(", ");
}

/** What kind of error was thrown, also where it is none. */
export function nameOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return `thrown ${error === null ? "null" : typeof error}`;
  const { name } = error as { name?: unknown };
  return typeof name === "string" && name !== "" ? name : "Error";
}
