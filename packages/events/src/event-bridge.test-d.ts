import { type Lambda, layer, wrap } from "@lamella/core";
import type { EventBridgeHandler } from "aws-lambda";
import * as v from "valibot";
import { z } from "zod";
import { same } from "../test/same.ts";
import { type BusEvent, type EventBridgeEvent, eventBridge, fromEventBridge } from "./event-bridge.ts";
import { fromSns } from "./sns.ts";
import { sqs } from "./sqs.ts";

const Placed = z.object({ orderId: z.string(), total: z.number() });
const Cancelled = z.object({ orderId: z.string(), reason: z.string() });
type Placed = z.output<typeof Placed>;
type Cancelled = z.output<typeof Cancelled>;
const both = { "order.placed": Placed, "order.cancelled": Cancelled };

const orders = wrap(eventBridge({ detail: both }), async ({ detailType, detail, time }) => {
  same<typeof time, Date>();
  same<typeof detailType, "order.placed" | "order.cancelled">();
  if (detailType === "order.placed") detail.total.toFixed();
  else same<typeof detail.reason, string>();
});
same<typeof orders, Lambda<EventBridgeEvent<"order.placed" | "order.cancelled", Placed | Cancelled>, void>>();
const aws: EventBridgeHandler<"order.placed" | "order.cancelled", Placed | Cancelled, void> = orders;
void aws;

wrap(eventBridge({ detail: Placed }), async (event) => same<typeof event, BusEvent<string, Placed>>());
wrap(eventBridge(), async ({ detail }) => same<typeof detail, unknown>());
wrap(eventBridge({ detail: { a: v.object({ n: v.number() }), b: v.string() }, others: "ignore" }), async (event) => {
  if (event.detailType === "a") event.detail.n.toFixed();
  else event.detail.toUpperCase();
});
// A layer in place reads what all detail types have.
wrap(
  eventBridge({ detail: both }),
  layer("order", async ({ detail }, _ctx, next) => next({ order: detail.orderId })),
  async (_event, { order }) => same<typeof order, string>(),
);

// @ts-expect-error 2339: only "order.placed" has a total
wrap(eventBridge({ detail: both }), async ({ detail }) => detail.total);
// @ts-expect-error 2367: no such detail type
wrap(eventBridge({ detail: both }), async ({ detailType }) => detailType === "order.lost");
// @ts-expect-error 2322: the words are "fail" and "ignore"
eventBridge({ detail: both, others: "skip" });
// @ts-expect-error 2322: 5 is no schema
eventBridge({ detail: { "order.placed": 5 } });
// @ts-expect-error 2561: "Did you mean to write 'detail'?"
eventBridge({ detial: Placed });

wrap(sqs({ body: fromEventBridge(both) }), async ({ body }) => {
  if (body.detailType === "order.placed") body.detail.total.toFixed();
  // @ts-expect-error 2339: only "order.placed" has a total
  body.detail.total;
});
wrap(sqs({ body: fromSns(fromEventBridge(Placed)) }), async ({ body }) => same<typeof body, BusEvent<string, Placed>>());
wrap(sqs({ body: fromEventBridge() }), async ({ body }) => same<typeof body.detail, unknown>());
// @ts-expect-error 2345: 5 is no schema
fromEventBridge(5);
