import { wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { logger } from "@lamella/logger";
import { metrics } from "@lamella/metrics";
import { tracer } from "@lamella/tracer";
import { Order } from "./order.ts";
import { reserve } from "./stock.ts";

const service = "orders-worker";

/** Reserves stock for the orders in the queue; what fails comes again, and in the end goes to the dead-letter queue. */
export const handler = wrap(
  sqs({ body: Order, concurrency: 10 }),
  logger({ service }),
  tracer({ service }),
  metrics({ namespace: "orders", service }),
  async ({ body, receiveCount }, { log, metric, signal, trace }) => {
    const outcome = await trace.span("reserve", () => reserve(body, signal));
    log.info(outcome, { order: body.id, sku: body.sku, receiveCount });
    if (outcome === "reserved") metric.addMetric("PiecesReserved", "Count", body.quantity);
  },
);
