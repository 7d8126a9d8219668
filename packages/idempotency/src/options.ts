import type { Base } from "@lamella/core";
import type { Hash } from "./data/fingerprint.ts";
import type { Key } from "./state/id.ts";
import type { IdempotencyRecord, IdempotencyStore, Json, TransactionStore } from "./store.ts";

/** What `idempotency` and `steps` take. */
export interface IdempotencyOptions<Item, Ctx> {
  /** Where the records are kept. */
  readonly store: IdempotencyStore;
  /**
   * What tells one operation from all others: a text, a number, or several of them. Where it, or a part of it, is
   * missing (`undefined`, `null` or an empty text), see `required`.
   */
  readonly key: (item: Item, ctx: Base & Ctx) => Key;
  /**
   * What sets the keys of this function apart from those of others in the same store, without `#` and `~`. The tenant of
   * a function with tenant isolation is joined to it.
   * @default the function's name
   */
  readonly scope?: string | undefined;
  /** What has to be the same when a key comes again; otherwise the item fails with `PayloadMismatchError`. @default nothing */
  readonly payload?: ((item: Item, ctx: Base & Ctx) => unknown) | undefined;
  /** What payloads are compared by; `md5` for a table that Powertools reads as well. @default "sha256" */
  readonly hash?: Hash | undefined;
  /** How long an outcome is replayed, in milliseconds; 1,000 or more. @default 3_600_000 */
  readonly expiresAfterMs?: number | undefined;
  /** How long an attempt holds its key before it is renewed, in milliseconds, from 2,000 to 60,000: so soon a crash heals. @default 60_000 */
  readonly leaseMs?: number | undefined;
  /** Whether an item without a key fails with `MissingKeyError`, or else runs unprotected. @default true */
  readonly required?: boolean | undefined;
  /** What to do while another attempt is in progress: fail with `AlreadyInProgressError`, or wait until the deadline. @default "fail" */
  readonly onInProgress?: "fail" | "wait" | undefined;
  /** Whether items run unprotected when the store cannot be reached. @default false */
  readonly failOpen?: boolean | undefined;
  /** Whether an outcome is stored; otherwise the key is free again. Of a request it is the `StoredResponse`. @default responses below 500, and all else */
  readonly keep?: ((outcome: unknown) => boolean) | undefined;
  /** Changes what is replayed, or refuses it by throwing. Of a request it is the `StoredResponse`. @default as it was */
  readonly replay?: ((outcome: unknown, record: IdempotencyRecord) => unknown) | undefined;
  /** Makes JSON of an outcome. @default plain data, `undefined`, dates, BigInts, bytes, maps and sets */
  readonly serialize?: ((outcome: unknown) => Json | undefined) | undefined;
  /** Makes an outcome of JSON; goes with `serialize`. */
  readonly deserialize?: ((data: Json | undefined) => unknown) | undefined;
  /** Whether outcomes are kept in the process as well, so that replays need no store; how many. @default false, or else 256 */
  readonly localCache?: boolean | { readonly maxItems: number } | undefined;
}

/** What `transaction` and `transactionSteps` take: without the store nothing can be done, so there is no `failOpen`. */
export interface TransactionOptions<Item, Ctx, Tx> extends Omit<IdempotencyOptions<Item, Ctx>, "store" | "failOpen"> {
  /** Where the records are kept, beside what the work writes: `sqlStore` over a pool. */
  readonly store: TransactionStore<Tx>;
}
