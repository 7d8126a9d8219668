import { mustBe } from "@lamella/core/extend";
import type { IdempotencyOptions, TransactionOptions } from "./options.ts";
import { LocalCache } from "./state/local-cache.ts";
import type { Settings } from "./state/settings.ts";

// Of the process: an attempt of this process is known to be alive, also to other layers.
const ofProcess = new Set<string>();

const CACHED = 256;
const METHODS = ["begin", "renew", "complete", "release"] as const;
const isFunction = (value: unknown): boolean => value === undefined || typeof value === "function";
const isFlag = (value: unknown): boolean => value === undefined || typeof value === "boolean";
const isWhole = (value: number, from: number, to: number): boolean => Number.isSafeInteger(value) && value >= from && value <= to;

/**
 * @throws {TypeError} When an option is of the wrong kind.
 * @throws {RangeError} When an option is out of its range.
 */
export function toSettings(layer: string, options: IdempotencyOptions<never, never>, alive: Set<string> = ofProcess): Settings {
  mustBe(typeof options === "object" && options !== null, `${layer}(options)`, "an object", options);
  const { store, key, scope, payload, hash = "sha256", onInProgress = "fail", localCache = false } = options;
  const { expiresAfterMs = 3_600_000, leaseMs = 60_000, required, failOpen = false, keep, replay, serialize, deserialize } = options;
  const option = (name: string): string => `${layer}({ ${name} })`;
  const isStore = typeof store === "object" && store !== null && METHODS.every((name) => typeof store[name] === "function");
  mustBe(isStore, option("store"), "a store, such as memoryStore()", store);
  mustBe(typeof key === "function", option("key"), "a function", key);
  mustBe(scope === undefined || (typeof scope === "string" && /^[^#~]+$/.test(scope)), option("scope"), "a text without # and ~", scope);
  for (const [name, value] of Object.entries({ payload, keep, replay, serialize, deserialize }))
    mustBe(isFunction(value), option(name), "a function", value);
  mustBe((serialize === undefined) === (deserialize === undefined), option("serialize, deserialize"), "both or none", serialize);
  for (const [name, value] of Object.entries({ required, failOpen })) mustBe(isFlag(value), option(name), "a boolean", value);
  mustBe(hash === "sha256" || hash === "md5", option("hash"), `"sha256" or "md5"`, hash);
  mustBe(onInProgress === "fail" || onInProgress === "wait", option("onInProgress"), `"fail" or "wait"`, onInProgress);
  mustBe(isWhole(expiresAfterMs, 1_000, 1e12), option("expiresAfterMs"), "1,000 or more milliseconds", expiresAfterMs, RangeError);
  mustBe(isWhole(leaseMs, 2_000, 60_000), option("leaseMs"), "from 2,000 to 60,000 milliseconds", leaseMs, RangeError);
  const isCache = typeof localCache === "boolean" || (typeof localCache === "object" && localCache !== null);
  mustBe(isCache, option("localCache"), "a boolean, or { maxItems }", localCache);
  const maxItems = typeof localCache === "object" ? localCache.maxItems : CACHED;
  mustBe(isWhole(maxItems, 1, 1e6), option("localCache: { maxItems }"), "from 1 to 1,000,000", maxItems, RangeError);
  const cache = localCache === false ? undefined : new LocalCache(maxItems);
  return { store, expiresAfterMs, leaseMs, waits: onInProgress === "wait", failOpen, hash, cache, alive };
}

/**
 * @throws {TypeError} When an option is of the wrong kind, or the store has no transactions.
 * @throws {RangeError} When an option is out of its range.
 */
export function toTransactionSettings(layer: string, options: TransactionOptions<never, never, unknown>): Settings {
  const settings = toSettings(layer, options);
  const hasTransactions = typeof options.store.transact === "function";
  mustBe(hasTransactions, `${layer}({ store })`, "a store with transactions, such as sqlStore({ pool })", options.store);
  mustBe(!("failOpen" in options), `${layer}({ failOpen })`, "left out", (options as { readonly failOpen?: unknown }).failOpen);
  return settings;
}
