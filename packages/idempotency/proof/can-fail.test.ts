import type { Base, Layer } from "@lamella/core";
import * as fc from "fast-check";
import { expect, it, vi } from "vitest";
import type { IdempotencyStore } from "../src/index.ts";
import { type MemoryStore, memoryStore } from "../src/memory.ts";
import { check, type Replace, type Scenario, scenarios } from "./whole.ts";

// A proof that cannot fail shows nothing. So each of these breaks idempotency in one way, and the proof must find it.

type Around = (item: unknown, ctx: Base, next: () => Promise<never>) => Promise<never>;

interface Broken {
  readonly how: string;
  readonly source: Scenario["source"];
  readonly hasHole?: boolean;
  readonly store?: (store: MemoryStore) => IdempotencyStore;
  readonly replace?: Replace;
  readonly finds: RegExp;
}

const withHook = (layer: Layer<never, {}, {}>, item: Around): Layer<never, {}, {}> => ({
  ...layer,
  hooks: { ...layer.hooks, item: item as never },
});
const original = (layer: Layer<never, {}, {}>) => layer.hooks.item as unknown as Around;

const AGAIN = /was charged/;
const BROKEN: readonly Broken[] = [
  ...(["sqs", "fifo", "kinesis"] as const).map((source) => ({
    how: "there is none",
    source,
    replace: (layer: Layer<never, {}, {}>) => withHook(layer, (_item, _ctx, next) => next()),
    finds: AGAIN,
  })),
  {
    how: "it looks at no attempt that is in progress",
    source: "sqs",
    hasHole: true,
    store: (store) => ({
      ...store,
      begin: async (claim) => {
        const standing = store.records().get(claim.id);
        return standing?.status === "completed" ? standing : store.begin({ ...claim, replaces: standing?.token });
      },
    }),
    finds: AGAIN,
  },
  {
    how: "it forgets what is completed",
    source: "kinesis",
    store: (store) => ({
      ...store,
      complete: async (completion) => {
        await store.release(completion);
        return true;
      },
    }),
    finds: AGAIN,
  },
  {
    how: "it never frees the key of a failure, nor at the end of a lease",
    source: "sqs",
    store: (store) => ({
      ...store,
      begin: (claim) => store.begin({ ...claim, now: claim.now - 1e9, leaseUntil: claim.leaseUntil + 1e9 }),
      release: async () => {},
    }),
    finds: /it did not end|was never charged|never handled/,
  },
  {
    how: "it says of what failed that it is done",
    source: "sqs",
    replace: (layer) =>
      withHook(layer, (item, ctx, next) => original(layer)(item, ctx, () => next().catch(() => ({ "~output": true, output: 1 }) as never))),
    finds: /was never charged|was charged|was never handled|NoOutcome|it did not end/,
  },
];

it.for(BROKEN)("finds in $source that $how", { timeout: 0 }, async ({ source, hasHole = false, store, replace, finds }) => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const property = fc.asyncProperty(scenarios(source, hasHole), async (scenario) => {
    const memory = memoryStore();
    await check(scenario, store?.(memory) ?? memory, replace);
  });

  await expect(fc.assert(property, { numRuns: 200, seed: 5, endOnFailure: true })).rejects.toMatchObject({
    cause: { message: expect.stringMatching(finds) },
  });
});
