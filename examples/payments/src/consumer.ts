import { wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { idempotency } from "@lamella/idempotency";
import { logger } from "@lamella/logger";
import { Charge } from "./charge.ts";
import { charge } from "./provider.ts";
import { store } from "./store.ts";

/** Charges what is in the queue, once for each order, however often its message is sent or delivered. */
export const handler = wrap(
  sqs({ body: Charge }),
  logger({ service: "payments-consumer" }),
  idempotency({ store, key: ({ body }) => body.order }),
  async ({ body }, { log, signal }) => {
    await charge(body, body.order, signal);
    log.info("charged", { order: body.order, amount: body.amount });
  },
);
