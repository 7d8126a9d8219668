import { createHash } from "node:crypto";
import type { KinesisStreamEvent } from "aws-lambda";
import type { DynamodbChangeInput } from "./dynamodb-event.ts";
import { kinesisEvent } from "./kinesis-event.ts";
import { sizeOf, toChange } from "./to-change.ts";

export interface DynamodbViaKinesisEventOptions {
  /** @default "table" */
  readonly tableName?: string | undefined;
  /** The precision of the table's stream specification. @default "MICROSECOND" */
  readonly precision?: "MICROSECOND" | "MILLISECOND" | undefined;
}

/**
 * The event of a batch of changes of a DynamoDB table that Kinesis brings: what `dynamodbViaKinesis()` opens.
 *
 * AWS: "Using Kinesis Data Streams to capture changes to DynamoDB".
 *
 * @example
 * dynamodbViaKinesisEvent([{ newImage: { id: "1", sku: "pen" } }]);
 */
export function dynamodbViaKinesisEvent(
  changes: readonly DynamodbChangeInput[],
  { tableName = "table", precision = "MICROSECOND" }: DynamodbViaKinesisEventOptions = {},
): KinesisStreamEvent {
  return kinesisEvent(
    changes.map((change, index) => {
      const { eventID, eventName, userIdentity = null, keys, newImage, oldImage, createdAt } = toChange(change, index);
      const partitionKey = createHash("md5").update(JSON.stringify(keys)).digest("hex").toUpperCase();
      const data = {
        awsRegion: "eu-west-1",
        eventID,
        eventName,
        userIdentity,
        recordFormat: "application/json",
        tableName,
        dynamodb: {
          ApproximateCreationDateTime: createdAt.getTime() * (precision === "MICROSECOND" ? 1000 : 1),
          Keys: keys,
          NewImage: newImage,
          OldImage: oldImage,
          SizeBytes: sizeOf(keys, newImage, oldImage),
          ApproximateCreationDateTimePrecision: precision,
        },
        eventSource: "aws:dynamodb",
      };
      return { data, partitionKey, sequenceNumber: change.sequenceNumber };
    }),
  );
}
