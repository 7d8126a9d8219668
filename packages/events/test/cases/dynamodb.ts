import { whole, wrap } from "@lamella/core";
import { dynamodb } from "@lamella/events/dynamodb";
import { dynamodbFixture, dynamodbKeysOnlyFixture, dynamodbWindowFixture } from "@lamella/testing/fixtures";
import { z } from "zod";
import type { ConformanceCase } from "../conformance-case.ts";

const optional = ["Records.*.awsRegion", "Records.*.eventSourceARN", "Records.*.userIdentity", "Records.*.dynamodb.StreamViewType"];
const idsOf = ({ Records }: typeof dynamodbFixture) => Records.map(({ eventID }) => eventID ?? "");
const maps = ["Keys", "NewImage", "OldImage"].map((name) => `Records.*.dynamodb.${name}`);
const state = z.looseObject({ changes: z.number().default(0) });
const windowed = whole(dynamodb({ state }));
const reply = { batchItemFailures: [] };

export const dynamodbCases: readonly ConformanceCase[] = [
  {
    name: "dynamodb",
    source: dynamodb(),
    wrapped: (look) => wrap(dynamodb(), async (change, { delivery }) => look(change, delivery)),
    maps,
    alsoAccepts: ["dynamodb KEYS_ONLY"],
    events: { changes: { event: dynamodbFixture, ids: idsOf(dynamodbFixture), reply, optional } },
  },
  {
    name: "dynamodb KEYS_ONLY",
    source: dynamodb({ view: "KEYS_ONLY" }),
    wrapped: (look) => wrap(dynamodb({ view: "KEYS_ONLY" }), async (change, { delivery }) => look(change, delivery)),
    maps,
    alsoAccepts: ["dynamodb"],
    events: { "a change": { event: dynamodbKeysOnlyFixture, ids: idsOf(dynamodbKeysOnlyFixture), reply } },
  },
  {
    name: "dynamodb in a window",
    source: windowed,
    wrapped: (look) =>
      wrap(windowed, async ({ items, state: before }) => {
        for (const [index, item] of items.entries()) look(item, { id: item.id, index, source: "dynamodb", attempt: undefined });
        return { ...before, changes: before.changes + items.length };
      }),
    maps: [...maps, "state"],
    events: { changes: { event: dynamodbWindowFixture, ids: idsOf(dynamodbWindowFixture), reply: { ...reply, state: { changes: 8 } } } },
  },
];
