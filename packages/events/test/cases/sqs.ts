import { wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { sqsFifoFixture, sqsFixture } from "@lamella/testing/fixtures";
import type { ConformanceCase } from "../conformance-case.ts";

const optional = ["Records.*.messageAttributes", "Records.*.md5OfBody", "Records.*.attributes", "Records.*.awsRegion"];

export const sqsCases: readonly ConformanceCase[] = [
  {
    name: "sqs",
    source: sqs(),
    wrapped: (look) => wrap(sqs(), async (message, { delivery }) => look(message, delivery)),
    maps: ["Records.*.messageAttributes"],
    events: {
      standard: {
        event: sqsFixture,
        ids: sqsFixture.Records.map(({ messageId }) => messageId),
        reply: { batchItemFailures: [] },
        optional,
      },
      fifo: {
        event: sqsFifoFixture,
        ids: sqsFifoFixture.Records.map(({ messageId }) => messageId),
        reply: { batchItemFailures: [] },
        optional,
      },
      "without records": { event: { Records: [] }, ids: [], reply: { batchItemFailures: [] } },
    },
  },
];
