import type { Context, SQSBatchItemFailure, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { context, Order, sqsEvent } from "./fixtures.ts";
import { type Case, emptyTurns, type Group, type Loop, nextTurn } from "./group.ts";

type Wrapped = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

const SIZES = [10, 100, 1_000, 10_000];

let reserved = 0;

/** The work, the same function for all. */
async function reserve(order: Order): Promise<void> {
  reserved += order.quantity;
}

function loop(lambda: Wrapped, size: number): Loop {
  const event = sqsEvent(size);
  const expected = event.Records.reduce((sum, { body }) => sum + Order.parse(JSON.parse(body)).quantity, 0);
  return async (times) => {
    reserved = 0;
    let failed = 0;
    for (let turn = 0; turn < times; turn++) {
      await nextTurn();
      failed += (await lambda(event, context)).batchItemFailures.length;
    }
    if (failed !== 0 || reserved !== expected * times) {
      throw new Error(`${reserved} pieces were reserved and ${failed} messages failed, where ${expected * times} and 0 were expected.`);
    }
  };
}

function toCase(name: string, toLambda: () => Promise<Wrapped>): Case {
  return {
    name,
    open: async () => {
      const lambda = await toLambda();
      return Object.fromEntries(SIZES.map((size) => [String(size), loop(lambda, size)]));
    },
  };
}

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
    toCase("by hand", async () => byHand),
    toCase("lamella", async () => {
      const { wrap } = await import("@lamella/core");
      const { sqs } = await import("@lamella/events/sqs");
      return wrap(sqs({ body: Order }), ({ body }) => reserve(body));
    }),
    toCase("lamella 1 layer", async () => {
      const { layer, wrap } = await import("@lamella/core");
      const { sqs } = await import("@lamella/events/sqs");
      const nothing = layer("nothing", (_item, _ctx, next) => next());
      return wrap(sqs({ body: Order }), nothing, ({ body }) => reserve(body));
    }),
    toCase("middy", async () => {
      const { default: middy } = await import("@middy/core");
      return middy<SQSEvent, SQSBatchResponse>(byHand);
    }),
    toCase("powertools batch", async () => {
      const { BatchProcessor, EventType, processPartialResponse } = await import("@aws-lambda-powertools/batch");
      const processor = new BatchProcessor(EventType.SQS);
      const onRecord = (record: SQSRecord) => reserve(Order.parse(JSON.parse(record.body)));
      return (event, lambda) => processPartialResponse(event, onRecord, processor, { context: lambda });
    }),
    toCase("powertools batch + parser", async () => {
      const { BatchProcessor, EventType, processPartialResponse } = await import("@aws-lambda-powertools/batch");
      const { parser } = await import("@aws-lambda-powertools/batch/parser");
      const processor = new BatchProcessor(EventType.SQS, { parser, innerSchema: Order, transformer: "json" });
      const onRecord = ({ body }: { readonly body: Order }) => reserve(body);
      return (event, lambda) => processPartialResponse(event, onRecord as never, processor, { context: lambda });
    }),
  ],
};
