import { type Message, type SQSBatchResponse, type SQSEvent, sqs } from "@lamella/events/sqs";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { z } from "zod";
import { same } from "../test/same.ts";
import { logger, once } from "../test/stand-ins.ts";
import {
  base64,
  bytes,
  codec,
  direct,
  dispatch,
  gzip,
  type ItemOf,
  json,
  type Lambda,
  text,
  type ValueOf,
  whole,
  wrap,
  zstd,
} from "./index.ts";

const Order = z.object({ id: z.string(), sku: z.string(), quantity: z.int() });
type Order = z.output<typeof Order>;

// direct

const increment = wrap(direct<{ n: number }, number>(), async ({ n }) => n + 1);
same<typeof increment, Lambda<{ n: number }, number>>();
const byId = wrap(direct({ input: Order, output: z.string() }), async ({ id }) => id);
same<typeof byId, Lambda<Order, string>>();
wrap(direct(), async (event) => same<typeof event, unknown>());
// @ts-expect-error 2345: the output is a string
wrap(direct({ input: Order, output: z.string() }), async ({ quantity }) => quantity);
// @ts-expect-error 2322: not a schema
direct({ input: "Order" });

// whole

wrap(whole(sqs({ body: Order })), logger(), async ({ items, fail }, { log }) => {
  log.info("bulk", { count: items.length });
  for (const item of items) if (item.body.quantity < 0) fail(item, new Error("negative"));
});
// @ts-expect-error 2339: the whole batch has no body of its own
wrap(whole(sqs({ body: Order })), once({ key: ({ body }) => body.id }), async () => {});
// @ts-expect-error 2345: the reply is built from what happened
wrap(whole(sqs()), async () => ({ batchItemFailures: [] }));
// @ts-expect-error 2345: a source of one item has no batch
whole(direct());

const queue = sqs({ body: Order });
same<ItemOf<typeof queue>, Message<Order>>();

// dispatch

const orders = wrap(queue, async () => {});
const both = dispatch(orders, increment);
same<typeof both, Lambda<SQSEvent | { n: number }, SQSBatchResponse | number>>();
// @ts-expect-error 2345: an API Gateway event is neither
void both({} as APIGatewayProxyEventV2, {} as Context);
// @ts-expect-error 2345: a source is not a wrapped handler
dispatch(orders, queue);

// Codecs

wrap(sqs({ body: json(Order) }), async ({ body }) => same<typeof body, Order>());
wrap(sqs({ body: json() }), async ({ body }) => same<typeof body, unknown>());
wrap(sqs({ body: text() }), async ({ body }) => same<typeof body, string>());
wrap(sqs({ body: bytes() }), async ({ body }) => same<typeof body, Uint8Array>());
const csv = codec((raw) => String(raw).split(","));
wrap(sqs({ body: csv }), async ({ body }) => same<typeof body, string[]>());
same<ValueOf<typeof csv>, string[]>();
same<ValueOf<typeof Order>, Order>();
// @ts-expect-error 2345: a codec is made of a function
codec("json");
// @ts-expect-error 2345: the argument is a schema
json(5);

// Packed payloads: what is inside decides, and bytes without it.
wrap(sqs({ body: base64(gzip(json(Order), { maxBytes: 1e6 })) }), async ({ body }) => same<typeof body, Order>());
wrap(sqs({ body: base64(zstd(Order)) }), async ({ body }) => same<typeof body, Order>());
wrap(sqs({ body: base64(gzip()) }), async ({ body }) => same<typeof body, Uint8Array>());
wrap(sqs({ body: base64(gzip(text())) }), async ({ body }) => same<typeof body, string>());
wrap(sqs({ body: base64() }), async ({ body }) => same<typeof body, Uint8Array>());
// @ts-expect-error 2339: an Order has no idd
wrap(sqs({ body: base64(gzip(Order)) }), async ({ body }) => body.idd);
// @ts-expect-error 2345: 5 is neither a schema nor a codec
gzip(5);
// @ts-expect-error 2561: "Did you mean to write 'maxBytes'?"
zstd(Order, { maxByte: 5 });
