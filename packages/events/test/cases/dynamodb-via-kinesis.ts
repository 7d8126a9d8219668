import { wrap } from "@lamella/core";
import { dynamodbViaKinesis } from "@lamella/events/dynamodb-via-kinesis";
import { dynamodbViaKinesisFixture } from "@lamella/testing/fixtures";
import type { ConformanceCase } from "../conformance-case.ts";

export const dynamodbViaKinesisCases: readonly ConformanceCase[] = [
  {
    name: "dynamodbViaKinesis",
    source: dynamodbViaKinesis(),
    wrapped: (look) => wrap(dynamodbViaKinesis(), async (change, { delivery }) => look(change, delivery)),
    alsoAccepts: ["kinesis"],
    events: {
      "a change": {
        event: dynamodbViaKinesisFixture,
        ids: dynamodbViaKinesisFixture.Records.map(({ eventID }) => eventID),
        reply: { batchItemFailures: [] },
        optional: ["Records.*.eventSourceARN", "Records.*.kinesis.approximateArrivalTimestamp"],
      },
    },
  },
];
