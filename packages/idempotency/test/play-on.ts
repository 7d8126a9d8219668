import * as fc from "fast-check";
import { expect } from "vitest";
import type { IdempotencyRecord, IdempotencyStore } from "../src/store.ts";
import { play } from "./model.ts";
import type { RealDatabase } from "./model-transactions.ts";
import { schedules } from "./schedules.ts";

/** How many schedules each store outside of the process is held to; `LAMELLA_STORE_SCHEDULES=2000` for the full length. */
export const STORE_SCHEDULES = Number(process.env["LAMELLA_STORE_SCHEDULES"] ?? 20);

/**
 * Plays schedules over a store that keeps its records for all of them. `has` tells whether there is a record, or
 * gives it. With a database, of which each schedule gets a part by its prefix, each run is a transaction.
 */
export async function playOn(
  on: IdempotencyStore,
  has: (id: string) => Promise<boolean | IdempotencyRecord | undefined>,
  databaseOf?: (prefix: string) => RealDatabase,
): Promise<void> {
  const run = crypto.randomUUID();
  let keys = 0;
  await fc.assert(
    fc.asyncProperty(schedules, async (schedule) => {
      const prefix = `${run}/${++keys}/`;
      const store = prefixed(on, prefix);
      const read = async (): Promise<IdempotencyRecord | undefined> => {
        const standing = await has(`${prefix}fn#order-1`);
        if (typeof standing === "object") return standing;
        return standing ? store.begin(LOOK) : undefined;
      };

      expect(await play(schedule, store, read, databaseOf?.(prefix))).toEqual([]);
    }),
    { numRuns: STORE_SCHEDULES, endOnFailure: true },
  );
}

function prefixed(on: IdempotencyStore, prefix: string): IdempotencyStore {
  return {
    name: on.name,
    begin: (claim) => on.begin({ ...claim, id: prefix + claim.id }),
    renew: (renewal) => on.renew({ ...renewal, id: prefix + renewal.id }),
    complete: (completion) => on.complete({ ...completion, id: prefix + completion.id }),
    release: (release) => on.release({ ...release, id: prefix + release.id }),
  };
}

/** A claim that can never begin where there is a record, and so shows it as the store reads it. */
const LOOK = {
  id: "fn#order-1",
  token: "look",
  owner: undefined,
  now: 0,
  leaseUntil: 0,
  expiresAt: 0,
  validation: undefined,
  replaces: undefined,
  withinMs: 5_000,
};
