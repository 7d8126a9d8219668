import {
  type BatchOptions,
  type BatchSource,
  type Codec,
  codec,
  type DeadlineOptions,
  type Ignored,
  json,
  type Kind,
  PayloadError,
  type Source,
} from "@lamella/core";
import { allOrNothing, batchSource, type Decoder, singleSource, toOutcome } from "@lamella/core/extend";
import type { EventBridgeEvent, S3Event, S3EventRecord, S3NotificationEvent } from "aws-lambda";
import { isBusEvent } from "./event-bridge/is-bus-event.ts";
import { textOf } from "./internal/fields.ts";
import { hasRecordsOf } from "./internal/records.ts";
import { S3BusRecord } from "./s3/s3-bus-record.ts";
import type { S3Object } from "./s3/s3-object.ts";
import { keyDecoder, S3Record } from "./s3/s3-record.ts";

// AWS's types, or users' declarations could not name them.
export type { S3Event, S3EventRecord, S3NotificationEvent } from "aws-lambda";
export { compareSequencers } from "./s3/compare-sequencers.ts";
export type {
  S3Changed,
  S3Created,
  S3Object,
  S3Operation,
  S3OtherEvent,
  S3Removed,
  S3Replicated,
  S3Replication,
  S3Restored,
  S3Tiered,
  S3Transitioned,
} from "./s3/s3-object.ts";

export interface S3Kind extends Kind {
  readonly event: S3Event;
  readonly reply: void;
  readonly item: S3Object;
  readonly context: unknown;
  readonly output: Ignored;
}

/** There is no partial reply, so an invocation in which one object failed rejects always. */
export interface S3Options extends Omit<BatchOptions<S3EventRecord>, "whenAllFail"> {}

/** Any event of S3: a union of them, as `S3NotificationEvent` is, would not take what AWS's handler type takes. */
export interface S3BusEvent extends EventBridgeEvent<S3NotificationEvent["detail-type"], S3NotificationEvent["detail"]> {}

export interface S3EventBridgeKind extends Kind {
  readonly event: S3BusEvent;
  readonly reply: void;
  readonly item: S3Object<S3NotificationEvent>;
  readonly context: unknown;
  readonly output: Ignored;
}

/**
 * The source for the event notifications of S3 buckets. When an object fails the invocation rejects, and Lambda tries
 * the whole event again; S3 sends one record an event. The test event, which S3 sends when notifications are set up, is
 * a success without an item.
 *
 * AWS: "Process Amazon S3 event notifications with Lambda", "Event message structure".
 *
 * @throws {RangeError} At load, when an option is out of its range.
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @example
 * export const handler = wrap(s3(), async ({ kind, bucket, key }) => (kind === "created" ? index(bucket, key) : undefined));
 */
export function s3(options: S3Options = {}): BatchSource<S3Kind> {
  return batchSource<S3Kind, S3EventRecord, S3Record & S3Object>({
    name: "s3",
    expects: `an S3 event notification (Records[].eventSource is "aws:s3")`,
    accepts: (event) => hasRecordsOf(event, "aws:s3") || isTestEvent(event),
    options,
    concurrency: 1,
    // The test event has none.
    records: ({ Records: records }) => (Array.isArray(records) ? records : []),
    // Types are erased here, once: the kind says which members there are.
    item: (raw) => new S3Record(raw) as S3Record & S3Object,
    delivery: (raw, index) => ({ id: textOf(raw.responseElements?.["x-amz-request-id"]), index, source: "s3", attempt: undefined }),
    recordedAt: (raw) => Date.parse(textOf(raw.eventTime)),
    decode: (object) => object["~decode"](),
    close: allOrNothing(),
  });
}

/**
 * The source for the events of S3 buckets that come through EventBridge: the same items as `s3()` gives. It rejects with
 * the handler's own error, and Lambda tries the event again.
 *
 * AWS: "Using EventBridge", "EventBridge event message structure".
 *
 * @throws {RangeError} At load, when a moment of the deadline is out of its range.
 * @example
 * export const handler = wrap(s3EventBridge(), async ({ kind, bucket, key }) => (kind === "removed" ? forget(bucket, key) : undefined));
 */
export function s3EventBridge(options: DeadlineOptions = {}): Source<S3EventBridgeKind> {
  return singleSource<S3EventBridgeKind, S3BusObject>({
    name: "s3EventBridge",
    expects: `an S3 event of EventBridge (source is "aws.s3", detail-type is "Object …")`,
    accepts: isS3BusEvent,
    options,
    item: (event) => new S3BusRecord(event as S3NotificationEvent) as S3BusObject,
    delivery: (event) => ({ id: textOf(event.id), index: 0, source: "s3EventBridge", attempt: undefined }),
    recordedAt: (event) => Date.parse(textOf(event.time)),
    decode: (object) => object.check(),
    finish: toOutcome,
    reply: () => {},
  });
}

/**
 * The codec for an S3 event notification in a queue or, as `fromSns(fromS3())`, behind a topic: gives the objects. The
 * test event gives none.
 *
 * @example
 * export const handler = wrap(sqs({ body: fromS3() }), async ({ body }) => body.forEach(({ key }) => console.log(key)));
 */
export function fromS3(): Codec<readonly S3Object[]> {
  const envelope = json();
  return codec((raw, part) => {
    const event = envelope["~decode"](raw, part);
    if (isTestEvent(event)) return [];
    if (!hasRecordsOf(event, "aws:s3")) throw new PayloadError({ part, problem: `is no S3 event notification${hintOf(event)}` });
    return (event as S3Event).Records.map((record, index) => {
      const where = `key of record ${index} in the ${part}`;
      if (typeof record !== "object" || record === null) throw new PayloadError({ part: where, problem: "is missing" });
      const decoder: Decoder<string, string> = { ...keyDecoder, part: where };
      return new S3Record(record, decoder)["~decode"]() as unknown as S3Object;
    });
  });
}

/**
 * The codec for an S3 event that a rule of EventBridge has put into a queue, a topic or a stream: gives the object.
 *
 * @example
 * export const handler = wrap(sqs({ body: fromS3EventBridge() }), async ({ body }) => console.log(body.kind, body.key));
 */
export function fromS3EventBridge(): Codec<S3Object<S3NotificationEvent>> {
  const envelope = json();
  return codec((raw, part) => {
    const event = envelope["~decode"](raw, part);
    if (!isS3BusEvent(event)) throw new PayloadError({ part, problem: `is no S3 event of EventBridge${hintOf(event)}` });
    return new S3BusRecord(event).check() as S3BusObject;
  });
}

type S3BusObject = S3BusRecord<S3NotificationEvent> & S3Object<S3NotificationEvent>;

function isTestEvent(event: unknown): boolean {
  return typeof event === "object" && event !== null && (event as { readonly Event?: unknown }).Event === "s3:TestEvent";
}

/** CloudTrail's events of S3 have the same source, and another detail type. */
function isS3BusEvent(event: unknown): event is S3NotificationEvent {
  return isBusEvent(event) && event.source === "aws.s3" && event["detail-type"].startsWith("Object ");
}

/** Which codec would have been the right one. */
function hintOf(event: unknown): string {
  if (isS3BusEvent(event)) return "; it came through EventBridge, so use fromS3EventBridge()";
  if (hasRecordsOf(event, "aws:s3") || isTestEvent(event)) return "; it did not come through EventBridge, so use fromS3()";
  const { Type, TopicArn } = (event ?? {}) as { readonly Type?: unknown; readonly TopicArn?: unknown };
  return Type === "Notification" && typeof TopicArn === "string" ? "; it is in an SNS envelope, so use fromSns(…) around it" : "";
}
