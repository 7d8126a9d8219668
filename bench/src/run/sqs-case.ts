import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { context, Order } from "./fixtures.ts";
import { type Case, type Loop, nextTurn } from "./group.ts";

type Wrapped = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

let reserved = 0;

/** The work, the same function for all. */
export async function reserve(order: Order): Promise<void> {
  reserved += order.quantity;
}

function loop(lambda: Wrapped, event: SQSEvent): Loop {
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

/** One way to reserve the orders of these events, by the names of the workloads. */
export function sqsCase(name: string, events: Readonly<Record<string, SQSEvent>>, toLambda: () => Promise<Wrapped>): Case {
  return {
    name,
    open: async () => {
      const lambda = await toLambda();
      return Object.fromEntries(Object.entries(events).map(([workload, event]) => [workload, loop(lambda, event)]));
    },
  };
}
