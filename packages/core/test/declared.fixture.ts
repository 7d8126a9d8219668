import { direct, dispatch, layers, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { httpApi } from "@lamella/http";
import { logger } from "@lamella/logger";
import { z } from "zod";

const Order = z.object({ id: z.string() });

export const observed = layers(logger({ service: "orders" }));
export const worker = wrap(sqs({ body: Order }), observed, async ({ body }, { log }) => log.info(body.id));
export const api = wrap(httpApi({ body: Order, response: { 201: Order } }), logger(), async ({ body, reply }) => reply(201, body));
export const step = wrap(direct({ input: Order, output: z.number() }), async ({ id }) => id.length);
export const all = dispatch(worker, api);
export const queue = sqs({ body: Order });
