export type { Hash } from "./data/fingerprint.ts";
export type { StoredResponse } from "./data/outcome.ts";
export { AlreadyInProgressError } from "./errors/already-in-progress-error.ts";
export { LeaseLostError } from "./errors/lease-lost-error.ts";
export { MissingKeyError } from "./errors/missing-key-error.ts";
export { OutcomeNotStoredError } from "./errors/outcome-not-stored-error.ts";
export { PayloadMismatchError } from "./errors/payload-mismatch-error.ts";
export { StoreError } from "./errors/store-error.ts";
export { idempotency } from "./idempotency.ts";
export { type IdempotencyKeyOptions, idempotencyKey, type KeyedRequest } from "./idempotency-key.ts";
export type { IdempotencyOptions, TransactionOptions } from "./options.ts";
export type { Key, KeyPart } from "./state/id.ts";
export { type Once, steps } from "./steps.ts";
export {
  type Claim,
  type Completion,
  type IdempotencyRecord,
  type IdempotencyStore,
  isFree,
  type Json,
  type Release,
  type Renewal,
  type TransactionStore,
  type TransactionTimes,
} from "./store.ts";
export { transaction } from "./transaction.ts";
export { type Transact, transactionSteps } from "./transaction-steps.ts";
