import { wrap } from "@lamella/core";
import { httpApi } from "@lamella/http";
import { z } from "zod/mini";

const Order = z.object({ id: z.string(), quantity: z.number() });

export const handler = wrap(httpApi({ body: Order, response: { 201: Order } }), async ({ body, reply }, { coldStart, lambda }) => {
  if (body.quantity === 0) throw new Error("none left, and that is a secret");
  return reply(201, body, { "x-cold": String(coldStart), "x-request": lambda.awsRequestId });
});
