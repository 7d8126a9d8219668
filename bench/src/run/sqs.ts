import type { SQSBatchItemFailure, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { Order, sqsEvent } from "./fixtures.ts";
import { emptyTurns, type Group } from "./group.ts";
import { reserve, sqsCase } from "./sqs-case.ts";

const SIZES = [10, 100, 1_000, 10_000];
const events = Object.fromEntries(SIZES.map((size) => [String(size), sqsEvent(size)]));

async function byHand({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchItemFailure[] = [];
  for (const { messageId, body } of Records) {
    try {
      await reserve(Order.parse(JSON.parse(body)));
    } catch {
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}

export const group: Group = {
  name: "sqs",
  title: "SQS messages with a Zod schema, each batch from its own turn of the event loop",
  baseline: "by hand",
  compares: "times",
  warmUpMs: 150,
  workloads: SIZES.map((size) => ({ name: String(size), title: `${size.toLocaleString("en")} messages`, empty: emptyTurns })),
  cases: [
    sqsCase("by hand", events, async () => byHand),
    sqsCase("lamella", events, async () => {
      const { wrap } = await import("@lamella/core");
      const { sqs } = await import("@lamella/events/sqs");
      return wrap(sqs({ body: Order }), ({ body }) => reserve(body));
    }),
    sqsCase("lamella 1 layer", events, async () => {
      const { layer, wrap } = await import("@lamella/core");
      const { sqs } = await import("@lamella/events/sqs");
      const nothing = layer("nothing", (_item, _ctx, next) => next());
      return wrap(sqs({ body: Order }), nothing, ({ body }) => reserve(body));
    }),
    sqsCase("middy", events, async () => {
      const { default: middy } = await import("@middy/core");
      return middy<SQSEvent, SQSBatchResponse>(byHand);
    }),
    sqsCase("powertools batch", events, async () => {
      const { BatchProcessor, EventType, processPartialResponse } = await import("@aws-lambda-powertools/batch");
      const processor = new BatchProcessor(EventType.SQS);
      const onRecord = (record: SQSRecord) => reserve(Order.parse(JSON.parse(record.body)));
      return (event, lambda) => processPartialResponse(event, onRecord, processor, { context: lambda });
    }),
    sqsCase("powertools batch + parser", events, async () => {
      const { BatchProcessor, EventType, processPartialResponse } = await import("@aws-lambda-powertools/batch");
      const { parser } = await import("@aws-lambda-powertools/batch/parser");
      const processor = new BatchProcessor(EventType.SQS, { parser, innerSchema: Order, transformer: "json" });
      const onRecord = ({ body }: { readonly body: Order }) => reserve(body);
      return (event, lambda) => processPartialResponse(event, onRecord as never, processor, { context: lambda });
    }),
  ],
};
