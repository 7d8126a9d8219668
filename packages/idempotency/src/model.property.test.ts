import * as fc from "fast-check";
import { expect, it } from "vitest";
import { play } from "../test/model.ts";
import type { RealTransaction } from "../test/model-transactions.ts";
import { schedules } from "../test/schedules.ts";
import { memoryStore } from "./memory.ts";
import type { Completion, IdempotencyRecord } from "./store.ts";

// `LAMELLA_SCHEDULES=100000` for the full length.
const count = Number(process.env["LAMELLA_SCHEDULES"] ?? 2_000);

it(`holds over any of ${count} schedules of crashes, freezes, lost answers, slow stores and clocks that differ`, {
  timeout: 0,
}, async () => {
  await fc.assert(
    fc.asyncProperty(schedules, async (schedule) => {
      const store = memoryStore();

      expect(await play(schedule, store, async () => store.records().get("fn#order-1"))).toEqual([]);
    }),
    { numRuns: count, endOnFailure: true },
  );
});

it(`commits one effect over any of ${count} schedules, where effects and records share a transaction`, { timeout: 0 }, async () => {
  await fc.assert(
    fc.asyncProperty(schedules, async (schedule) => {
      const store = memoryStore();
      const committed: number[] = [];
      const open = async (): Promise<RealTransaction> => {
        const written: number[] = [];
        let completion: Completion | undefined;
        return {
          write: async (value) => written.push(value),
          complete: async (given) => {
            const record = store.records().get(given.id);
            completion = given;
            return record?.token === given.token;
          },
          commit: async () => {
            if (completion !== undefined) await store.complete(completion);
            committed.push(...written);
          },
          rollback: async () => {},
        };
      };
      const read = async (): Promise<IdempotencyRecord | undefined> => store.records().get("fn#order-1");

      expect(await play(schedule, store, read, { open, effects: async () => committed })).toEqual([]);
    }),
    { numRuns: count, endOnFailure: true },
  );
});
