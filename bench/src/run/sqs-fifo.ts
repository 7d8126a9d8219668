import type { SQSBatchItemFailure, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { Order, sqsFifoEvent } from "./fixtures.ts";
import { emptyTurns, type Group } from "./group.ts";
import { reserve, sqsCase } from "./sqs-case.ts";

// A FIFO queue gives ten messages at most.
const events = { "10 groups of 1": sqsFifoEvent(10), "2 groups of 5": sqsFifoEvent(2) };

/** Groups side by side, each in its order, and the rest of a group reported behind a failed message. */
async function byHand({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchItemFailure[] = [];
  const groups = Map.groupBy(Records, ({ attributes }) => attributes.MessageGroupId);
  const inOrder = async (group: readonly SQSRecord[]) => {
    for (const [index, { body }] of group.entries()) {
      try {
        await reserve(Order.parse(JSON.parse(body)));
      } catch {
        for (const { messageId } of group.slice(index)) batchItemFailures.push({ itemIdentifier: messageId });
        return;
      }
    }
  };
  await Promise.all(Array.from(groups.values(), inOrder));
  return { batchItemFailures };
}

export const group: Group = {
  name: "sqs-fifo",
  title: "10 messages of a FIFO queue with a Zod schema, each batch from its own turn of the event loop",
  baseline: "by hand",
  compares: "times",
  warmUpMs: 150,
  workloads: Object.keys(events).map((name) => ({ name, title: name, empty: emptyTurns })),
  cases: [
    sqsCase("by hand", events, async () => byHand),
    sqsCase("lamella", events, async () => {
      const { wrap } = await import("@lamella/core");
      const { sqs } = await import("@lamella/events/sqs");
      return wrap(sqs({ body: Order }), ({ body }) => reserve(body));
    }),
    // It runs one message after the other.
    sqsCase("powertools batch", events, async () => {
      const { processPartialResponse, SqsFifoPartialProcessorAsync } = await import("@aws-lambda-powertools/batch");
      const processor = new SqsFifoPartialProcessorAsync();
      const onRecord = (record: SQSRecord) => reserve(Order.parse(JSON.parse(record.body)));
      return (event, lambda) => processPartialResponse(event, onRecord, processor, { context: lambda, skipGroupOnError: true });
    }),
  ],
};
