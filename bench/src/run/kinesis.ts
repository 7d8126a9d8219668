import type { Context, KinesisStreamBatchItemFailure, KinesisStreamBatchResponse, KinesisStreamEvent } from "aws-lambda";
import { context, Order } from "./fixtures.ts";
import { type Case, emptyTurns, type Group, type Loop, nextTurn } from "./group.ts";
import { kinesisEvent } from "./stream-fixtures.ts";

type Wrapped = (event: KinesisStreamEvent, context: Context) => Promise<KinesisStreamBatchResponse>;

const SIZES = [100, 1_000];
/** How many records an aggregate holds. */
const AGGREGATED = 10;

let reserved = 0;

/** The work, the same function for all. */
async function reserve(order: Order): Promise<void> {
  reserved += order.quantity;
}

const read = (data: string): Order => Order.parse(JSON.parse(Buffer.from(data, "base64").toString()));

function loop(lambda: Wrapped, event: KinesisStreamEvent, expected: number): Loop {
  return async (times) => {
    reserved = 0;
    let failed = 0;
    for (let turn = 0; turn < times; turn++) {
      await nextTurn();
      failed += (await lambda(event, context)).batchItemFailures.length;
    }
    if (failed !== 0 || reserved !== expected * times) {
      throw new Error(`${reserved} pieces were reserved and ${failed} records failed, where ${expected * times} and 0 were expected.`);
    }
  };
}

function toCase(name: string, toLambda: () => Promise<Wrapped>, toEvent: (size: number) => KinesisStreamEvent = kinesisEvent): Case {
  return {
    name,
    open: async () => {
      const lambda = await toLambda();
      return Object.fromEntries(
        SIZES.map((size) => {
          const expected = kinesisEvent(size).Records.reduce((sum, { kinesis: { data } }) => sum + read(data).quantity, 0);
          return [String(size), loop(lambda, toEvent(size), expected)];
        }),
      );
    },
  };
}

async function byHand({ Records }: KinesisStreamEvent): Promise<KinesisStreamBatchResponse> {
  const batchItemFailures: KinesisStreamBatchItemFailure[] = [];
  for (const { kinesis } of Records) {
    try {
      await reserve(read(kinesis.data));
    } catch {
      batchItemFailures.push({ itemIdentifier: kinesis.sequenceNumber });
      break;
    }
  }
  return { batchItemFailures };
}

const lamella = async (): Promise<Wrapped> => {
  const { wrap } = await import("@lamella/core");
  const { kinesis } = await import("@lamella/events/kinesis");
  return wrap(kinesis({ data: Order }), ({ data }) => reserve(data));
};

export const group: Group = {
  name: "kinesis",
  title: "Kinesis records with a Zod schema, each batch from its own turn of the event loop",
  baseline: "by hand",
  compares: "times",
  warmUpMs: 150,
  workloads: SIZES.map((size) => ({ name: String(size), title: `${size.toLocaleString("en")} records`, empty: emptyTurns })),
  cases: [
    toCase("by hand", async () => byHand),
    toCase("lamella", lamella),
    toCase("lamella, aggregates of 10", lamella, (size) => kinesisEvent(size, AGGREGATED)),
    toCase("powertools batch", async () => {
      const { BatchProcessor, EventType, processPartialResponse } = await import("@aws-lambda-powertools/batch");
      const processor = new BatchProcessor(EventType.KinesisDataStreams);
      const onRecord = ({ kinesis }: { readonly kinesis: { readonly data: string } }) => reserve(read(kinesis.data));
      return (event, lambda) => processPartialResponse(event, onRecord as never, processor, { context: lambda });
    }),
    toCase("powertools envelope", async () => {
      const { KinesisEnvelope } = await import("@aws-lambda-powertools/parser/envelopes/kinesis");
      return async (event) => {
        for (const order of KinesisEnvelope.parse(event, Order)) await reserve(order);
        return { batchItemFailures: [] };
      };
    }),
  ],
};
