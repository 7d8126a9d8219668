import type { DynamoDBRecord, DynamoDBStreamEvent, StreamRecord } from "aws-lambda";
import { type StreamWindow, type StreamWindowInput, toStreamWindow } from "./stream-window.ts";
import { sizeOf, toChange } from "./to-change.ts";

type PlainItem = Readonly<Record<string, unknown>>;

/** What a test says of one change; the rest is made up, and the same in every run. */
export interface DynamodbChangeInput {
  /** The item as it is now, in plain values. Without `oldImage` the item is new. */
  readonly newImage?: PlainItem | undefined;
  /** The item as it was, in plain values. Without `newImage` the item was deleted. */
  readonly oldImage?: PlainItem | undefined;
  /** The primary key. @default the `id` of the image */
  readonly keys?: PlainItem | undefined;
  /** @default by which images there are */
  readonly kind?: "INSERT" | "MODIFY" | "REMOVE" | undefined;
  /** @default one that tells the place in the event */
  readonly id?: string | undefined;
  /** @default one that tells the place in the event */
  readonly sequenceNumber?: string | undefined;
  readonly createdAt?: Date | undefined;
  /** Whether DynamoDB deleted the item because its time to live was over. @default false */
  readonly expiredByTtl?: boolean | undefined;
}

export interface DynamodbEventOptions {
  /** @default "table" */
  readonly tableName?: string | undefined;
  /** The stream's view: images that it does not have are left out. @default "NEW_AND_OLD_IMAGES" */
  readonly view?: NonNullable<StreamRecord["StreamViewType"]> | undefined;
}

/**
 * The event of a batch of changes from a DynamoDB stream: what `dynamodb()` opens.
 *
 * AWS: "Using AWS Lambda with Amazon DynamoDB".
 *
 * @example
 * dynamodbEvent([{ newImage: { id: "1", sku: "pen", tags: new Set(["new"]) } }, { oldImage: { id: "2" }, expiredByTtl: true }]);
 */
export function dynamodbEvent(changes: readonly DynamodbChangeInput[], options: DynamodbEventOptions = {}): DynamoDBStreamEvent {
  return { Records: changes.map((change, index) => toRecord(change, index, options)) };
}

/**
 * The event of a batch of changes in a tumbling window: what `whole(dynamodb({ state }))` opens.
 *
 * AWS: "Implementing stateful DynamoDB stream processing in Lambda".
 */
export function dynamodbWindowEvent(
  changes: readonly DynamodbChangeInput[],
  window: StreamWindowInput = {},
  options: DynamodbEventOptions = {},
): DynamoDBStreamEvent & StreamWindow {
  return { ...dynamodbEvent(changes, options), ...toStreamWindow(window, "shardId-00000001769860800000-0123abcd", arnOf(options)) };
}

function toRecord(input: DynamodbChangeInput, index: number, options: DynamodbEventOptions): DynamoDBRecord {
  const { view = "NEW_AND_OLD_IMAGES" } = options;
  const { eventID, eventName, userIdentity, keys, newImage, oldImage, createdAt } = toChange(input, index);
  const hasNew = view === "NEW_IMAGE" || view === "NEW_AND_OLD_IMAGES";
  const hasOld = view === "OLD_IMAGE" || view === "NEW_AND_OLD_IMAGES";
  return {
    eventID,
    eventName,
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "eu-west-1",
    dynamodb: {
      ApproximateCreationDateTime: createdAt.getTime() / 1000,
      Keys: keys,
      ...(hasNew && newImage && { NewImage: newImage }),
      ...(hasOld && oldImage && { OldImage: oldImage }),
      SequenceNumber: input.sequenceNumber ?? String(100_000_000_000_000_000_001n + BigInt(index)),
      SizeBytes: sizeOf(keys, newImage, oldImage),
      StreamViewType: view,
    },
    ...(userIdentity && { userIdentity }),
    eventSourceARN: arnOf(options),
  };
}

function arnOf({ tableName = "table" }: DynamodbEventOptions): string {
  return `arn:aws:dynamodb:eu-west-1:123456789012:table/${tableName}/stream/2026-01-01T00:00:00.000`;
}
