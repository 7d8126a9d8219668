import type { FirehoseTransformationEvent, FirehoseTransformationEventRecord } from "aws-lambda";
import { toBase64 } from "./to-base64.ts";

/** What a test says of one record; the rest is made up, and the same in every run. */
export interface FirehoseRecordInput {
  /** Text and bytes as they are; anything else as JSON. */
  readonly data: unknown;
  readonly id?: string | undefined;
  readonly arrivedAt?: Date | undefined;
}

export interface FirehoseEventOptions {
  /** The stream's name. @default "stream" */
  readonly streamName?: string | undefined;
  /** What the stream reads. @default "direct" */
  readonly origin?: "direct" | "kinesis" | "msk" | undefined;
}

/**
 * The event of a batch of records to transform: what `firehose()` opens.
 *
 * AWS: "Transform source data in Amazon Data Firehose".
 *
 * @example
 * firehoseEvent([{ data: { page: "/" } }, { data: "no JSON" }], { origin: "kinesis" });
 */
export function firehoseEvent(
  records: readonly FirehoseRecordInput[],
  { streamName = "stream", origin = "direct" }: FirehoseEventOptions = {},
): FirehoseTransformationEvent {
  return {
    invocationId: "invocation-1",
    deliveryStreamArn: `arn:aws:firehose:eu-west-1:123456789012:deliverystream/${streamName}`,
    ...(origin === "kinesis" && { sourceKinesisStreamArn: "arn:aws:kinesis:eu-west-1:123456789012:stream/source" }),
    ...(origin === "msk" && { sourceMSKArn: "arn:aws:kafka:eu-west-1:123456789012:cluster/source/0b6ab3ab-5" }),
    region: "eu-west-1",
    records: records.map((record, index) => toRecord(record, index, origin)),
  };
}

function toRecord(
  { data, id, arrivedAt = new Date("2026-01-31T12:00:00.000Z") }: FirehoseRecordInput,
  index: number,
  origin: "direct" | "kinesis" | "msk",
): FirehoseTransformationEventRecord {
  const approximateArrivalTimestamp = arrivedAt.getTime();
  const rest = { recordId: id ?? `4957141067${String(index).padStart(10, "0")}`, approximateArrivalTimestamp };
  const encoded = toBase64(data);
  if (origin === "direct") return { ...rest, data: encoded };
  if (origin === "msk") {
    const mskRecordMetadata = { offset: String(index), partitionId: "0", approximateArrivalTimestamp };
    // AWS's type knows no streams that read from Amazon MSK.
    return { ...rest, mskRecordMetadata, kafkaRecordValue: encoded } as unknown as FirehoseTransformationEventRecord;
  }
  const kinesisRecordMetadata = {
    shardId: "shardId-000000000000",
    partitionKey: `key-${index}`,
    approximateArrivalTimestamp,
    sequenceNumber: String(49_545_115_243_490_985_018_280_067n + BigInt(index)),
    subsequenceNumber: "",
  };
  return { ...rest, data: encoded, kinesisRecordMetadata };
}
