import { bytes, codec, final, gzip, json, type Lambda, sendTo, text, wrap } from "@lamella/core";
import type { SQSHandler } from "aws-lambda";
import { z } from "zod";
import { same } from "../test/same.ts";
import { fromS3, type S3Object } from "./s3.ts";
import { fromSns } from "./sns.ts";
import { type MessageAttribute, type SQSBatchResponse, type SQSEvent, sqs } from "./sqs.ts";

const Order = z.object({ id: z.string() });
type Order = z.output<typeof Order>;

// Body

const orders = wrap(sqs({ body: Order }), async ({ body }) => same<typeof body, Order>());
same<typeof orders, Lambda<SQSEvent, SQSBatchResponse>>();
const aws: SQSHandler = orders;
void aws;
wrap(sqs(), async ({ body }) => same<typeof body, string>());
wrap(sqs({ body: json() }), async ({ body }) => same<typeof body, unknown>());
wrap(sqs({ body: text() }), async ({ body }) => same<typeof body, string>());
wrap(sqs({ body: bytes() }), async ({ body }) => same<typeof body, Uint8Array>());
wrap(sqs({ body: gzip(Order) }), async ({ body }) => same<typeof body, Order>());
wrap(sqs({ body: codec((raw) => raw.length) }), async ({ body }) => same<typeof body, number>());
wrap(sqs({ body: fromSns(Order) }), async ({ body }) => same<typeof body, Order>());
wrap(sqs({ body: fromSns(fromS3()) }), async ({ body }) => same<typeof body, readonly S3Object[]>());
// @ts-expect-error 2322: neither a codec nor a schema
sqs({ body: "Order" });
// @ts-expect-error 2339: an order has no sku
wrap(sqs({ body: Order }), async ({ body }) => body.sku);

// Message

wrap(sqs(), async ({ messageAttributes, groupId, sentAt, receiveCount }) => {
  const { tenant } = messageAttributes;
  same<typeof tenant, MessageAttribute | undefined>();
  if (tenant?.type === "Binary") same<typeof tenant.value, Uint8Array>();
  same<typeof groupId, string | undefined>();
  same<typeof sentAt, Date>();
  same<typeof receiveCount, number>();
});
// @ts-expect-error 2540: a message is not changed
wrap(sqs(), async (message) => (message.body = ""));

// What becomes of failures

wrap(sqs({ onFailure: "ignore" }), async () => {});
wrap(sqs({ onFailure: sendTo("https://sqs.eu-west-1.amazonaws.com/123456789012/invalid") }), async () => {});
wrap(sqs({ onFailure: (_error, { messageId }) => (messageId === "" ? "ignore" : "retry") }), async () => {
  throw final("never");
});
// @ts-expect-error 2322: no such verdict
sqs({ onFailure: "drop" });
// @ts-expect-error 2322: no such number of messages
sqs({ concurrency: "all" });
// @ts-expect-error 2345: the reply is built from what happened
wrap(sqs(), async () => ({ batchItemFailures: [{ itemIdentifier: "1" }] }));
