import { wrap } from "@lamella/core";
import { httpApi } from "@lamella/http";
import { idempotency, idempotencyKey } from "@lamella/idempotency";
import { logger } from "@lamella/logger";
import { Charge, Receipt } from "./charge.ts";
import { charge } from "./provider.ts";
import { store } from "./store.ts";

/** Charges over HTTP, once for each `Idempotency-Key`: what comes again gets the first response. */
export const handler = wrap(
  httpApi({ body: Charge, response: { 201: Receipt } }),
  logger({ service: "payments-api" }),
  idempotency({ store, key: idempotencyKey(), payload: ({ body }) => body }),
  async ({ body, headers, reply }, { log, signal }) => {
    const receipt = await charge(body, headers.get("idempotency-key") ?? "", signal);
    log.info("charged", { order: body.order, amount: body.amount });
    return reply(201, receipt);
  },
);
