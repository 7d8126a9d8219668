import { wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { z } from "zod/mini";

const Order = z.object({ id: z.string(), quantity: z.number() });

export const handler = wrap(sqs({ body: Order }), async ({ body }) => {
  if (body.quantity === 0) throw new Error(`none of ${body.id}`);
  console.log("reserved", body.id);
});
