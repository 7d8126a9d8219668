import type { KinesisStreamEvent, KinesisStreamRecord, KinesisStreamTumblingWindowEvent } from "aws-lambda";
import { toAggregate } from "./aggregate.ts";
import { type StreamWindowInput, toStreamWindow } from "./stream-window.ts";

/** What a test says of the data of a record. */
export interface KinesisDataInput {
  /** Text and bytes as they are; anything else as JSON. */
  readonly data: unknown;
  /** @default "key" */
  readonly partitionKey?: string | undefined;
}

/** What a test says of a record of an aggregate. */
export interface KinesisUserRecordInput extends KinesisDataInput {
  readonly explicitHashKey?: string | undefined;
}

interface Common {
  /** @default one that tells the place in the event */
  readonly sequenceNumber?: string | undefined;
  readonly arrivedAt?: Date | undefined;
}

/** What a test says of one record; the rest is made up, and the same in every run. */
export type KinesisRecordInput =
  | (Common & KinesisDataInput & { readonly aggregate?: undefined })
  /** Records that the Kinesis Producer Library put into one. */
  | (Common & {
      readonly aggregate: readonly KinesisUserRecordInput[];
      readonly data?: undefined;
      readonly partitionKey?: string | undefined;
    });

export interface KinesisEventOptions {
  /** @default "stream" */
  readonly streamName?: string | undefined;
  /** @default "shardId-000000000000" */
  readonly shardId?: string | undefined;
}

/**
 * The event of a batch of Kinesis records: what `kinesis()` opens.
 *
 * AWS: "Using Lambda to process records from Amazon Kinesis Data Streams".
 *
 * @example
 * kinesisEvent([{ data: { page: "/" }, partitionKey: "user-1" }, { aggregate: [{ data: "a" }, { data: "b" }] }]);
 */
export function kinesisEvent(records: readonly KinesisRecordInput[], options: KinesisEventOptions = {}): KinesisStreamEvent {
  return { Records: records.map((record, index) => toRecord(record, index, options)) };
}

/**
 * The event of a batch of Kinesis records in a tumbling window: what `whole(kinesis({ state }))` opens.
 *
 * AWS: "Implementing stateful Kinesis Data Streams processing in Lambda".
 *
 * @example
 * kinesisWindowEvent([], { state: { clicks: 7 }, isFinal: true });
 */
export function kinesisWindowEvent(
  records: readonly KinesisRecordInput[],
  window: StreamWindowInput = {},
  options: KinesisEventOptions = {},
): KinesisStreamTumblingWindowEvent {
  return { ...kinesisEvent(records, options), ...toStreamWindow(window, shardOf(options), arnOf(options)) };
}

function toRecord(input: KinesisRecordInput, index: number, options: KinesisEventOptions): KinesisStreamRecord {
  const { partitionKey = "key", arrivedAt = new Date("2026-01-31T12:00:00.125Z") } = input;
  const { sequenceNumber = String(FIRST_NUMBER + BigInt(index)) } = input;
  const data = input.aggregate === undefined ? toBytes(input.data) : toAggregate(input.aggregate.map(toUserRecord));
  return {
    kinesis: {
      kinesisSchemaVersion: "1.0",
      partitionKey: input.aggregate === undefined ? partitionKey : (input.partitionKey ?? "a"),
      sequenceNumber,
      data: data.toString("base64"),
      approximateArrivalTimestamp: arrivedAt.getTime() / 1000,
    },
    eventSource: "aws:kinesis",
    eventVersion: "1.0",
    eventID: `${shardOf(options)}:${sequenceNumber}`,
    eventName: "aws:kinesis:record",
    invokeIdentityArn: "arn:aws:iam::123456789012:role/function",
    awsRegion: "eu-west-1",
    eventSourceARN: arnOf(options),
  };
}

const FIRST_NUMBER = 49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898n;

function toUserRecord({ data, partitionKey = "key", explicitHashKey }: KinesisUserRecordInput) {
  return { data: toBytes(data), partitionKey, explicitHashKey };
}

function toBytes(data: unknown): Buffer {
  return Buffer.from(typeof data === "string" || data instanceof Uint8Array ? (data as string) : JSON.stringify(data));
}

function shardOf({ shardId = "shardId-000000000000" }: KinesisEventOptions): string {
  return shardId;
}

function arnOf({ streamName = "stream" }: KinesisEventOptions): string {
  return `arn:aws:kinesis:eu-west-1:123456789012:stream/${streamName}`;
}
