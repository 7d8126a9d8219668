import type { FirehoseRecordMetadata, FirehoseTransformationEvent } from "aws-lambda";
import { isObject } from "./is-object.ts";

/** What Firehose says of a record that it read from Amazon MSK. */
export interface MskRecordMetadata {
  readonly offset: string;
  readonly partitionId: string;
  readonly approximateArrivalTimestamp: number;
}

/** Where a Firehose stream has a record from. */
export type FirehoseOrigin =
  | { readonly kind: "direct" }
  | {
      readonly kind: "kinesis";
      readonly streamArn: string | undefined;
      readonly shardId: string;
      readonly partitionKey: string;
      readonly sequenceNumber: string;
      /** The place among the records that a producer put into one. */
      readonly subsequenceNumber: string;
      /** When the Kinesis stream got it. */
      readonly arrivedAt: Date;
    }
  | {
      readonly kind: "msk";
      readonly clusterArn: string | undefined;
      readonly partition: string;
      readonly offset: string;
      /** When the topic got it. */
      readonly arrivedAt: Date;
    };

interface OriginRecord {
  readonly kinesisRecordMetadata?: FirehoseRecordMetadata | null | undefined;
  readonly mskRecordMetadata?: MskRecordMetadata | null | undefined;
}

export function toOrigin(
  { kinesisRecordMetadata: kinesis, mskRecordMetadata: msk }: OriginRecord,
  event: FirehoseTransformationEvent & { readonly sourceMSKArn?: string | undefined },
): FirehoseOrigin {
  if (isObject(kinesis)) {
    return {
      kind: "kinesis",
      streamArn: event.sourceKinesisStreamArn,
      shardId: kinesis.shardId,
      partitionKey: kinesis.partitionKey,
      sequenceNumber: kinesis.sequenceNumber,
      // Some records have a number there, and some nothing.
      subsequenceNumber: String(kinesis.subsequenceNumber ?? ""),
      arrivedAt: new Date(kinesis.approximateArrivalTimestamp),
    };
  }
  if (!isObject(msk)) return { kind: "direct" };
  const arrivedAt = new Date(msk.approximateArrivalTimestamp);
  return { kind: "msk", clusterArn: event.sourceMSKArn, partition: msk.partitionId, offset: msk.offset, arrivedAt };
}
