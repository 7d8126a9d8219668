import type { Hash } from "../data/fingerprint.ts";
import type { IdempotencyStore } from "../store.ts";
import type { LocalCache } from "./local-cache.ts";

/** What the state machine is set to. */
export interface Settings {
  readonly store: IdempotencyStore;
  readonly expiresAfterMs: number;
  readonly leaseMs: number;
  readonly waits: boolean;
  readonly failOpen: boolean;
  readonly hash: Hash;
  readonly cache: LocalCache | undefined;
  /** The tokens of the attempts that are at work in this process, of all layers. */
  readonly alive: Set<string>;
}
