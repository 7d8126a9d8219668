import { type ItemOf, type Lambda, layer, type ValueOf, whole, wrap } from "@lamella/core";
import type { DynamoDBStreamHandler, KinesisStreamHandler } from "aws-lambda";
import { z } from "zod";
import { same } from "../test/same.ts";
import {
  type Attributes,
  type Change,
  type DynamoDBBatchResponse,
  type DynamoDBStreamEvent,
  type DynamodbWindowEvent,
  type DynamodbWindowResponse,
  dynamodb,
  dynamodbJson,
  type Modified,
} from "./dynamodb.ts";
import { dynamodbViaKinesis } from "./dynamodb-via-kinesis.ts";
import { kinesis } from "./kinesis.ts";

const Order = z.object({ id: z.string(), quantity: z.number() });
type Order = z.output<typeof Order>;

// Images by kind and by view

const d1 = wrap(
  dynamodb({ image: Order, view: "NEW_AND_OLD_IMAGES" }),
  layer("key", async (change: { readonly sequenceNumber: string }, _ctx, next) => next({ key: change.sequenceNumber })),
  async (change, { key }) => {
    same<typeof key, string>();
    if (change.kind === "INSERT") {
      same<typeof change.newImage, Order>();
      same<typeof change.oldImage, undefined>();
    }
    if (change.kind === "MODIFY") {
      same<typeof change.newImage, Order>();
      same<typeof change.oldImage, Order>();
    }
    if (change.kind === "REMOVE") {
      same<typeof change.newImage, undefined>();
      same<typeof change.oldImage, Order>();
    }
  },
);
same<typeof d1, Lambda<DynamoDBStreamEvent, DynamoDBBatchResponse>>();
wrap(dynamodb({ image: Order }), async ({ kind, newImage, oldImage }) => {
  if (kind === "INSERT") same<typeof newImage, Order>();
  if (kind === "REMOVE") same<typeof oldImage, Order>();
});
wrap(dynamodb({ image: Order, view: "NEW_IMAGE" }), async ({ kind, newImage, oldImage }) => {
  if (kind !== "MODIFY") return;
  same<typeof newImage, Order>();
  same<typeof oldImage, undefined>();
});
wrap(dynamodb({ image: Order, view: "OLD_IMAGE" }), async ({ kind, newImage, oldImage }) => {
  if (kind !== "MODIFY") return;
  same<typeof newImage, undefined>();
  same<typeof oldImage, Order>();
});
wrap(dynamodb({ view: "KEYS_ONLY" }), async ({ newImage, keys }) => {
  same<typeof newImage, undefined>();
  same<typeof keys, Attributes>();
});
wrap(dynamodb(), async (change) => {
  if (change.kind === "INSERT") same<typeof change.newImage, Attributes>();
});
// @ts-expect-error 18048: a removed item is not in the new image
wrap(dynamodb({ image: Order }), async (change) => (change.kind === "REMOVE" ? change.newImage.id : undefined));
// @ts-expect-error 2820: "Did you mean '"NEW_IMAGE"'?"
wrap(dynamodb({ image: Order, view: "NEW_IMAGES" }), async () => {});
// @ts-expect-error 2322: none of the words
dynamodb({ numbers: "decimal" });
const table = dynamodb({ image: Order });
same<ItemOf<typeof table>, Change<Order, "NEW_AND_OLD_IMAGES">>();
export const onModified = ({ newImage, oldImage }: Modified<Order, Order>): number => newImage.quantity - oldImage.quantity;

// Tumbling windows

const State = z.object({ changes: z.number().default(0) });
const counted = wrap(whole(dynamodb({ image: Order, state: State })), async ({ items, state }) => {
  same<typeof items, readonly Change<Order, "NEW_AND_OLD_IMAGES">[]>();
  return { changes: state.changes + items.length };
});
same<typeof counted, Lambda<DynamodbWindowEvent, DynamodbWindowResponse>>();
// @ts-expect-error 2345: the next state is missing
wrap(whole(dynamodb({ state: State })), async () => {});

// Via Kinesis

const via = wrap(dynamodbViaKinesis({ image: Order }), async ({ kind, newImage, createdAtMicros, raw }) => {
  if (kind === "INSERT") same<typeof newImage, Order>();
  same<typeof createdAtMicros, number>();
  same<typeof raw.kinesis.data, string>();
});
wrap(dynamodbViaKinesis(), async ({ kind, oldImage }) => {
  if (kind === "REMOVE") same<typeof oldImage, Attributes>();
});
// @ts-expect-error 2353: Kinesis has both images always
dynamodbViaKinesis({ view: "KEYS_ONLY" });

// The codec

wrap(kinesis({ data: dynamodbJson(Order) }), async ({ data }) => same<typeof data, Order>());
wrap(kinesis({ data: dynamodbJson() }), async ({ data }) => same<typeof data, Attributes>());
const stored = dynamodbJson(Order, { numbers: "string" });
same<ValueOf<typeof stored>, Order>();

// What AWS's own types accept

export const asDynamodb: DynamoDBStreamHandler = d1;
export const asWindow: DynamoDBStreamHandler = wrap(dynamodb(), async () => {});
export const asKinesis: KinesisStreamHandler = via;
// @ts-expect-error 2322: a handler of a table's stream is none of Kinesis
export const asOther: KinesisStreamHandler = d1;
