import { base64, gzip, type ItemOf, json, type Lambda, wrap } from "@lamella/core";
import type { SNSHandler } from "aws-lambda";
import { z } from "zod";
import { same } from "../test/same.ts";
import { fromSns, type Notification, type SNSEvent, type SNSEventRecord, sns } from "./sns.ts";
import { sqs } from "./sqs.ts";

const Order = z.object({ id: z.string() });
type Order = z.output<typeof Order>;

const orders = wrap(sns({ message: Order }), async ({ message, subject, sentAt, raw }) => {
  same<typeof message, Order>();
  same<typeof subject, string | undefined>();
  same<typeof sentAt, Date>();
  same<typeof raw, SNSEventRecord>();
});
same<typeof orders, Lambda<SNSEvent, void>>();
const aws: SNSHandler = orders;
void aws;
wrap(sns(), async ({ message }) => same<typeof message, string>());
wrap(sns({ message: base64(gzip(json(Order))) }), async ({ message }) => same<typeof message, Order>());
const source = sns({ message: Order });
same<ItemOf<typeof source>, Notification<Order>>();

wrap(sns(), async ({ messageAttributes }) => {
  const tags = messageAttributes["tags"];
  if (tags?.type === "Array") same<typeof tags.value, readonly (string | number | boolean | null)[]>();
  if (tags?.type === "Number") same<typeof tags.value, number>();
  // @ts-expect-error 2339: not every attribute is text
  tags?.value.toUpperCase();
});

// @ts-expect-error 2339: an Order has no idd
wrap(sns({ message: Order }), async ({ message }) => message.idd);
// @ts-expect-error 2561: "Did you mean to write 'message'?"
sns({ messge: Order });
// @ts-expect-error 2353: there is no partial reply, so it rejects always
sns({ whenAllFail: "report" });
// @ts-expect-error 2322: 5 is neither a schema nor a codec
sns({ message: 5 });

wrap(sqs({ body: fromSns(json(Order)) }), async ({ body }) => same<typeof body, Order>());
wrap(sqs({ body: fromSns(Order) }), async ({ body }) => same<typeof body, Order>());
wrap(sqs({ body: fromSns() }), async ({ body }) => same<typeof body, string>());
// @ts-expect-error 2345: 5 is neither a schema nor a codec
fromSns(5);
