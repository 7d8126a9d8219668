import type { FirehoseRecordMetadata, FirehoseTransformationEvent } from "aws-lambda";
import { maybeText, numberOf, textOf } from "../internal/fields.ts";
import { isObject } from "../internal/is-object.ts";

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
    const subsequence: unknown = kinesis.subsequenceNumber;
    return {
      kind: "kinesis",
      streamArn: maybeText(event.sourceKinesisStreamArn),
      shardId: textOf(kinesis.shardId),
      partitionKey: textOf(kinesis.partitionKey),
      sequenceNumber: textOf(kinesis.sequenceNumber),
      // Some records have a number there, and some nothing.
      subsequenceNumber: typeof subsequence === "number" ? String(subsequence) : textOf(subsequence),
      arrivedAt: new Date(numberOf(kinesis.approximateArrivalTimestamp)),
    };
  }
  if (!isObject(msk)) return { kind: "direct" };
  const arrivedAt = new Date(numberOf(msk.approximateArrivalTimestamp));
  return {
    kind: "msk",
    clusterArn: maybeText(event.sourceMSKArn),
    partition: textOf(msk.partitionId),
    offset: textOf(msk.offset),
    arrivedAt,
  };
}
