import type { StandardSchemaV1 } from "@standard-schema/spec";
import { hide, LamellaError } from "./lamella-error.ts";

export interface PayloadErrorOptions {
  /** Which part of the item does not fit, such as `body`. */
  readonly part: string;
  /** What is wrong, to stand after "The body ". */
  readonly problem: string;
  readonly issues?: readonly StandardSchemaV1.Issue[] | undefined;
  readonly cause?: unknown;
}

/**
 * An item's payload is not what the source was told to expect.
 *
 * The message names places and no values; what the schema said of each place is in `issues`.
 */
export class PayloadError extends LamellaError {
  readonly code = "LAMELLA_PAYLOAD";
  override readonly name = "PayloadError";
  /** Which part of the item does not fit, such as `body`. */
  readonly part: string;
  /** What does not fit, with paths, as the schema said it; one issue without a path when the payload is not readable at all. */
  declare readonly issues: readonly StandardSchemaV1.Issue[];

  constructor({ part, problem, issues = [{ message: problem }], cause }: PayloadErrorOptions) {
    super(`The ${part} ${problem}. Fix the producer, or the schema.`, cause === undefined ? undefined : { cause });
    this.part = part;
    hide(this, "issues", issues);
  }
}

/** The path of an issue as a JSON Pointer, such as `/items/0/sku`. */
export function toPointer(path: StandardSchemaV1.Issue["path"]): string {
  return (path ?? [])
    .map((segment) => (typeof segment === "object" ? segment.key : segment))
    .map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}
