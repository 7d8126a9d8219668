import { wrap } from "@lamella/core";
import type { Handler } from "aws-lambda";
import { z } from "zod";
import { same } from "../../core/test/same.ts";
import { type ActivemqEvent, activemq } from "./activemq.ts";

const Order = z.object({ id: z.string() });
type Order = z.output<typeof Order>;

const handler: Handler<ActivemqEvent, void> = wrap(activemq({ body: Order }), async ({ body, sentAt, redelivered }) => {
  same<typeof body, Order>();
  same<typeof sentAt, Date | undefined>();
  same<typeof redelivered, boolean>();
});
void handler;
wrap(activemq(), async ({ body }) => same<typeof body, Uint8Array>());

// @ts-expect-error 2339: without a schema the body is bytes
wrap(activemq(), async ({ body }) => body.id);
// @ts-expect-error 2345: there are no partial replies
wrap(activemq(), async () => ({ batchItemFailures: [] }));
// @ts-expect-error 2322: not a schema
activemq({ body: "Order" });
