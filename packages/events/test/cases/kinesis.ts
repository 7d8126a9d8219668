import { whole, wrap } from "@lamella/core";
import { kinesis } from "@lamella/events/kinesis";
import { kinesisAggregatedFixture, kinesisFinalWindowFixture, kinesisFixture, kinesisWindowFixture } from "@lamella/testing/fixtures";
import { z } from "zod";
import type { ConformanceCase } from "../conformance-case.ts";

const optional = [
  "Records.*.awsRegion",
  "Records.*.eventSourceARN",
  "Records.*.invokeIdentityArn",
  "Records.*.kinesis.approximateArrivalTimestamp",
  "Records.*.kinesis.partitionKey",
];
const idsOf = ({ Records }: typeof kinesisFixture) => Records.map(({ eventID }) => eventID);
const [single, aggregate] = kinesisAggregatedFixture.Records;
const state = z.looseObject({ clicks: z.number().default(0) });
const windowed = whole(kinesis({ state }));

export const kinesisCases: readonly ConformanceCase[] = [
  {
    name: "kinesis",
    source: kinesis(),
    wrapped: (look) => wrap(kinesis(), async (record, { delivery }) => look(record, delivery)),
    alsoAccepts: ["dynamodbViaKinesis"],
    events: {
      records: { event: kinesisFixture, ids: idsOf(kinesisFixture), reply: { batchItemFailures: [] }, optional },
      "an aggregate": {
        event: kinesisAggregatedFixture,
        ids: [single?.eventID ?? "", ...[0, 1, 2].map((index) => `${aggregate?.eventID}:${index}`)],
        raws: ({ Records: [one, several] }: typeof kinesisFixture) => [one, several, several, several],
        reply: { batchItemFailures: [] },
        optional,
      },
    },
  },
  {
    name: "kinesis in a window",
    source: windowed,
    wrapped: (look) =>
      wrap(windowed, async ({ items, state: before }) => {
        for (const [index, item] of items.entries()) look(item, { id: item.eventId, index, source: "kinesis", attempt: undefined });
        return { ...before, clicks: before.clicks + items.length };
      }),
    maps: ["state"],
    events: {
      records: { event: kinesisWindowFixture, ids: idsOf(kinesisWindowFixture), reply: { state: { clicks: 284 }, batchItemFailures: [] } },
      "the last without records": {
        event: kinesisFinalWindowFixture,
        ids: [],
        reply: { state: { clicks: 282 }, batchItemFailures: [] },
        optional: ["shardId", "isWindowTerminatedEarly"],
      },
    },
  },
];
