import { wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { logger } from "@lamella/logger";
import { Order } from "./order.ts";
import { reserve } from "./stock.ts";

/** Reserves stock for the orders in the queue; what fails comes again, and in the end goes to the dead-letter queue. */
export const handler = wrap(
  sqs({ body: Order, concurrency: 10 }),
  logger({ service: "orders-worker" }),
  async ({ body, receiveCount }, { log, signal }) => {
    const outcome = await reserve(body, signal);
    log.info(outcome, { order: body.id, sku: body.sku, receiveCount });
  },
);
