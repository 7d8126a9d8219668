import { awsCall } from "@lamella/core/aws";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { ENV, startDynamodb } from "../test/dynamodb-server.ts";
import { play } from "../test/model.ts";
import { schedules } from "../test/schedules.ts";
import { dynamodbStore } from "./dynamodb.ts";
import type { IdempotencyRecord, IdempotencyStore } from "./store.ts";

// `LAMELLA_STORE_SCHEDULES=2000` for the full length.
const count = Number(process.env["LAMELLA_STORE_SCHEDULES"] ?? 20);

let endpoint: string;
let stop: () => void;
beforeAll(async () => {
  for (const [name, value] of Object.entries(ENV)) vi.stubEnv(name, value);
  ({ endpoint, stop } = await startDynamodb());
});
afterAll(() => stop());

it(`holds over any of ${count} schedules on DynamoDB over HTTP`, { timeout: 0 }, async () => {
  for (const [name, value] of Object.entries(ENV)) vi.stubEnv(name, value);
  let keys = 0;
  await fc.assert(
    fc.asyncProperty(schedules, async (schedule) => {
      const prefix = `${++keys}/`;
      const on = dynamodbStore({ table: "plain", endpoint });
      const store: IdempotencyStore = {
        name: on.name,
        begin: (claim) => on.begin({ ...claim, id: prefix + claim.id }),
        renew: (renewal) => on.renew({ ...renewal, id: prefix + renewal.id }),
        complete: (completion) => on.complete({ ...completion, id: prefix + completion.id }),
        release: (release) => on.release({ ...release, id: prefix + release.id }),
      };
      const input = { TableName: "plain", Key: { id: { S: `${prefix}fn#order-1` } }, ConsistentRead: true };
      const read = async (): Promise<IdempotencyRecord | undefined> => {
        const { Item } = await awsCall<{ Item?: object }>({ service: "dynamodb", target: "DynamoDB_20120810.GetItem", input, endpoint });
        // A claim that can never begin shows the record as the store reads it.
        const id = input.Key.id.S;
        return (
          Item &&
          on.begin({
            id,
            token: "look",
            owner: undefined,
            now: 0,
            leaseUntil: 0,
            expiresAt: 0,
            validation: undefined,
            replaces: undefined,
            withinMs: 5_000,
          })
        );
      };

      expect(await play(schedule, store, read)).toEqual([]);
    }),
    { numRuns: count, endOnFailure: true },
  );
});
