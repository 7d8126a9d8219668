import { wrap } from "@lamella/core";
import { httpApi } from "@lamella/http";
import { logger } from "@lamella/logger";
import { z } from "zod";
import { Order } from "./order.ts";
import { enqueue } from "./queue.ts";

/** Takes orders over HTTP: 202 and into the queue, or 400 with what is wrong. */
export const handler = wrap(
  httpApi({ body: Order, response: { 202: z.object({ id: z.string() }) } }),
  logger({ service: "orders-api" }),
  async ({ body, reply }, { log, signal }) => {
    await enqueue(body, signal);
    log.info("order taken", { order: body.id });
    return reply(202, { id: body.id });
  },
);
