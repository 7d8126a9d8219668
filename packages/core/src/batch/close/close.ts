import type { Failure } from "../../failure.ts";

/** What became of the records of one batch, all of which are settled. */
export interface Tally {
  readonly records: readonly unknown[];
  /** What failed, in the order in which it did; the last of a record is what counts. */
  readonly failures: readonly Failure[];
  /** How many records are done. */
  readonly done: number;
  /** What the handlers gave, by index, where the format asks for it. */
  readonly outputs: readonly unknown[];
  readonly format: { readonly name: string };
  readonly options: { readonly whenAllFail?: "throw" | "report" | undefined };
}

/**
 * Makes the reply of a batch.
 *
 * @throws {BatchFailedError} When the batch has to come again as a whole.
 */
export type Close<in Event, out Reply> = (tally: Tally, event: Event) => Reply;
