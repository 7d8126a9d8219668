import { dispatch, type ItemOf, type Lambda, whole, wrap } from "@lamella/core";
import type { S3Handler, S3NotificationEventBridgeHandler, SQSHandler } from "aws-lambda";
import { same } from "../test/same.ts";
import {
  fromS3,
  fromS3EventBridge,
  type S3BusEvent,
  type S3Event,
  type S3EventRecord,
  type S3NotificationEvent,
  type S3Object,
  type S3Operation,
  s3,
  s3EventBridge,
} from "./s3.ts";
import { fromSns } from "./sns.ts";
import { type SQSBatchResponse, type SQSEvent, sqs } from "./sqs.ts";

const objects = wrap(s3(), async ({ key }) => void key);
same<typeof objects, Lambda<S3Event, void>>();
const aws: S3Handler = objects;
void aws;
const busObjects = wrap(s3EventBridge(), async ({ key }) => void key);
same<typeof busObjects, Lambda<S3BusEvent, void>>();
const awsBus: S3NotificationEventBridgeHandler = busObjects;
void awsBus;
// @ts-expect-error 2322: an S3 handler is no SQS handler
const notAws: SQSHandler = objects;
void notAws;

const source = s3();
same<ItemOf<typeof source>, S3Object>();

// What an event of a kind has, and nothing else.
wrap(s3(), async ({ kind, size, eTag, sequencer, operation, deleteMarker, storageClass, accessTier, replication, raw }) => {
  same<typeof raw, S3EventRecord>();
  same<typeof size, number | undefined>();
  if (kind === "created") {
    same<typeof size, number>();
    same<typeof eTag, string>();
    same<typeof sequencer, string>();
    same<typeof operation, S3Operation | undefined>();
  }
  if (kind === "removed") {
    same<typeof deleteMarker, boolean>();
    same<typeof sequencer, string>();
    same<typeof size, number | undefined>();
  }
  if (kind === "transitioned") same<typeof storageClass, string>();
  if (kind === "tiered") same<typeof accessTier, string>();
  if (kind === "replication") replication.status.toUpperCase();
  // @ts-expect-error 18048: only a created object has its size for sure
  size.toFixed();
  // @ts-expect-error 2367: no such kind
  if (kind === "deleted") return;
});
// @ts-expect-error 18048: a removed object has no size
wrap(s3(), async (object) => object.kind === "removed" && object.size.toFixed());
wrap(s3EventBridge(), async ({ kind, raw, eTag }) => {
  same<typeof raw, S3NotificationEvent>();
  if (kind === "created") same<typeof eTag, string>();
});

wrap(whole(s3()), async ({ items }) => items.map(({ key }) => key));
// @ts-expect-error 2345: a source of one item has no batch
whole(s3EventBridge());

s3({ concurrency: 5, onFailure: (_error, record) => (record.s3.object.key === "" ? "ignore" : "retry") });
// @ts-expect-error 2353: there is no partial reply, so it rejects always
s3({ whenAllFail: "report" });
// @ts-expect-error 2353: a single event has no concurrency
s3EventBridge({ concurrency: 5 });
// @ts-expect-error 2345: the reply is built from what happened
wrap(s3(), async () => ({ batchItemFailures: [] }));

// Behind a queue and a topic.
wrap(sqs({ body: fromS3() }), async ({ body }) => same<typeof body, readonly S3Object[]>());
wrap(sqs({ body: fromSns(fromS3()) }), async ({ body }) => {
  same<typeof body, readonly S3Object[]>();
  for (const object of body) object.key.toUpperCase();
});
wrap(sqs({ body: fromS3EventBridge() }), async ({ body }) => same<typeof body, S3Object<S3NotificationEvent>>());
// @ts-expect-error 2554: an object has no payload to decode
fromS3(5);
// @ts-expect-error 2339: the body is a list
wrap(sqs({ body: fromS3() }), async ({ body }) => body.key);

const both = dispatch(
  objects,
  wrap(sqs(), async () => {}),
);
same<typeof both, Lambda<S3Event | SQSEvent, void | SQSBatchResponse>>();
