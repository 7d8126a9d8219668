/** JSON, as a store keeps it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What every call of a store takes. */
interface Call {
  /** What the record is found by. */
  readonly id: string;
  /** One for each attempt: who holds it, holds the lease. */
  readonly token: string;
  /** How long the call may take, its own retries included, in milliseconds. */
  readonly withinMs: number;
}

/** Until when an attempt holds its record. */
interface Times {
  /** When the lease ends, in milliseconds since the epoch. */
  readonly leaseUntil: number;
  /** When the record may be forgotten, in milliseconds since the epoch. Never before the lease ends. */
  readonly expiresAt: number;
}

/** Asks to be the one attempt that runs. */
export interface Claim extends Call, Times {
  /** The caller's clock, in milliseconds since the epoch. */
  readonly now: number;
  /** Names the delivery that the attempt works on, where a second attempt at it means that the first is dead. */
  readonly owner: string | undefined;
  readonly validation: string | undefined;
  /** The token of an attempt that is known to be dead, whose lease is taken over. */
  readonly replaces: string | undefined;
}

/** Asks to hold the lease for longer. */
export interface Renewal extends Call, Times {
  readonly owner: string | undefined;
}

/** Says that the work is done, and what came of it. */
export interface Completion extends Call {
  /** When the record may be forgotten, in milliseconds since the epoch. */
  readonly expiresAt: number;
  /** What came of it; `undefined` for nothing. */
  readonly data: Json | undefined;
  readonly validation: string | undefined;
}

/** Says that the work failed, so that the next attempt may run. */
export interface Release extends Call {}

/** What a store keeps of one key. */
export interface IdempotencyRecord {
  readonly status: "in-progress" | "completed";
  /** `undefined` in records that others wrote. */
  readonly token: string | undefined;
  readonly owner: string | undefined;
  /** When the lease ends, in milliseconds since the epoch; `undefined` where whoever wrote it took none. */
  readonly leaseUntil: number | undefined;
  /** When the record may be forgotten, in milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly data: unknown;
  /** Of the payload. */
  readonly validation: string | undefined;
}

/**
 * Where records are kept. Each method is one atomic, conditional write. One that rejects may or may not have been
 * applied, and may be applied late; each can be sent again.
 */
export interface IdempotencyStore {
  /** For messages, such as `dynamodb`. */
  readonly name: string;
  /** How large the data of a record may be, as bytes of JSON. @default no limit */
  readonly maxBytes?: number | undefined;
  /** Whether leases can be renewed; otherwise they last as long as the invocation. @default true */
  readonly renews?: boolean | undefined;
  /**
   * Writes an in-progress record where `isFree` says that none stands in the way, and gives `undefined`; or else gives
   * the record that stands there, which may be the attempt's own.
   */
  readonly begin: (claim: Claim) => Promise<IdempotencyRecord | undefined>;
  /** Moves the end of the lease, never to an earlier time; `false` where another attempt has it. */
  readonly renew: (renewal: Renewal) => Promise<boolean>;
  /** Makes the record of this token a completed one, once; `false` where another attempt has it. */
  readonly complete: (completion: Completion) => Promise<boolean>;
  /** Takes the record of this token away while it is in progress. */
  readonly release: (release: Release) => Promise<void>;
}

/** How a transaction is begun and ended. */
export interface TransactionTimes {
  /** How long beginning it, and ending it, may take from now on, in milliseconds. */
  readonly withinMs: () => number;
  /** How long nothing may happen in it before the database ends it by itself, in milliseconds: its process may be frozen. */
  readonly idleMs: number;
}

/** A store in a database that the work writes to as well: what the work writes is committed together with its record. */
export interface TransactionStore<Tx> extends IdempotencyStore {
  /**
   * Runs `work` in a transaction, and commits it when `work` resolves, or else rolls it back and rejects with the same.
   * `complete` does so inside of that transaction; from then on until its end other writes to the record wait.
   */
  readonly transact: <T>(
    times: TransactionTimes,
    work: (tx: Tx, complete: (completion: Completion) => Promise<boolean>) => Promise<T>,
  ) => Promise<T>;
}

/** How far the clocks of two processes may be apart, in milliseconds: so much later than it says another's lease ends. */
export const SKEW_MS = 1_000;

/** Whether a record lets a new attempt begin. */
export function isFree(record: IdempotencyRecord | undefined, { now, replaces }: Pick<Claim, "now" | "replaces">): boolean {
  if (record === undefined) return true;
  const { status, token, leaseUntil, expiresAt } = record;
  if (status === "completed") return expiresAt <= now;
  if (replaces !== undefined && token === replaces) return true;
  return (leaseUntil ?? expiresAt) + SKEW_MS < now;
}
