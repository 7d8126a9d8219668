import { BatchFailedError } from "../../errors/batch-failed-error.ts";
import type { Failure } from "../../failure.ts";
import { isRecord } from "../records.ts";
import type { Close, Tally } from "./close.ts";

/** How a service is told which records come again. */
export interface PartialReply<in Raw, out Reply> {
  /** What names the record in the reply; `undefined` where it has no name, so that it cannot be reported. */
  readonly identify: (raw: Raw) => unknown;
  /** The reply that reports the records of these names. */
  readonly reply: (identifiers: readonly unknown[]) => Reply;
}

/** Closes a batch with a reply that names the records which come again. */
export function partial<Raw, Reply>({ identify, reply }: PartialReply<Raw, Reply>): Close<unknown, Reply> {
  return (tally) => {
    const identifiers = new Set(againOf(tally).map(({ delivery }) => nameOf(tally, delivery.index, identify)));
    if (identifiers.size > 0 && tally.done === 0 && mayThrow(tally)) throw noneSucceeded(tally);
    return reply([...identifiers]);
  };
}

/** What comes again, in the order of the batch. */
export function againOf({ failures }: Tally): readonly Failure[] {
  return failures.filter(({ fate }) => fate !== "ignore").toSorted((a, b) => a.delivery.index - b.delivery.index);
}

/**
 * The name of a record in the reply.
 *
 * @throws {BatchFailedError} When it has none, because what cannot be named would be lost.
 */
export function nameOf(tally: Tally, index: number, identify: (raw: never) => unknown): unknown {
  const raw = tally.records[index];
  const name = isRecord(raw) ? identify(raw) : undefined;
  if (name === undefined) throw failed(tally, `A record of ${tally.format.name} failed that has no identifier to report.`);
  return name;
}

export function mayThrow({ options }: Tally): boolean {
  return options.whenAllFail !== "report";
}

export function noneSucceeded(tally: Tally): BatchFailedError {
  return failed(tally, `None of ${tally.records.length} records of ${tally.format.name} succeeded.`);
}

/** The error that makes the batch come again. */
export function failed(tally: Tally, why: string): BatchFailedError {
  return new BatchFailedError(
    why,
    againOf(tally).map(({ error }) => error),
  );
}
