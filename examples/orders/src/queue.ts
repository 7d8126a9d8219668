import { call } from "./aws.ts";
import type { Order } from "./order.ts";

/** Puts an order into the queue, for the worker. */
export async function enqueue(order: Order, signal: AbortSignal): Promise<void> {
  await call("sqs", "SendMessage", { QueueUrl: process.env["QUEUE_URL"], MessageBody: JSON.stringify(order) }, signal);
}
