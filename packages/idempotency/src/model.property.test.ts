import * as fc from "fast-check";
import { expect, it } from "vitest";
import { play } from "../test/model.ts";
import { schedules } from "../test/schedules.ts";
import { memoryStore } from "./memory.ts";

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
