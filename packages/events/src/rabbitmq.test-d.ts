import { wrap } from "@lamella/core";
import type { Handler } from "aws-lambda";
import { z } from "zod";
import { same } from "../../core/test/same.ts";
import { type RabbitmqEvent, rabbitmq } from "./rabbitmq.ts";

const Order = z.object({ id: z.string() });
type Order = z.output<typeof Order>;

const handler: Handler<RabbitmqEvent, void> = wrap(rabbitmq({ body: Order }), async ({ body, sentAt, redelivered }) => {
  same<typeof body, Order>();
  same<typeof sentAt, Date | undefined>();
  same<typeof redelivered, boolean>();
});
void handler;
wrap(rabbitmq(), async ({ body }) => same<typeof body, Uint8Array>());

// @ts-expect-error 2339: without a schema the body is bytes
wrap(rabbitmq(), async ({ body }) => body.id);
// @ts-expect-error 2345: there are no partial replies
wrap(rabbitmq(), async () => ({ batchItemFailures: [] }));
// @ts-expect-error 2322: not a schema
rabbitmq({ body: "Order" });
