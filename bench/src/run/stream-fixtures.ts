import { createHash } from "node:crypto";
import type { AttributeValue, DynamoDBRecord, DynamoDBStreamEvent, KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda";
import type { Order } from "./fixtures.ts";

/** Orders as Kinesis records, `aggregated` of them in each. */
export function kinesisEvent(count: number, aggregated = 1): KinesisStreamEvent {
  const orders = Array.from(
    { length: count },
    (_, index): Order => ({ id: `order-${index}`, sku: `sku-${index % 100}`, quantity: 1 + (index % 9) }),
  );
  const Records = Array.from({ length: count / aggregated }, (_, index): KinesisStreamRecord => {
    const own = orders.slice(index * aggregated, (index + 1) * aggregated).map((order) => Buffer.from(JSON.stringify(order)));
    const sequenceNumber = `4959033827149025660855969253836157109592157598${String(index).padStart(10, "0")}`;
    return {
      kinesis: {
        kinesisSchemaVersion: "1.0",
        partitionKey: `customer-${index % 10}`,
        sequenceNumber,
        data: (own.length === 1 ? (own[0] as Buffer) : aggregate(own)).toString("base64"),
        approximateArrivalTimestamp: 1_700_000_000.123,
      },
      eventSource: "aws:kinesis",
      eventVersion: "1.0",
      eventID: `shardId-000000000006:${sequenceNumber}`,
      eventName: "aws:kinesis:record",
      invokeIdentityArn: "arn:aws:iam::123456789012:role/orders",
      awsRegion: "eu-central-1",
      eventSourceARN: "arn:aws:kinesis:eu-central-1:123456789012:stream/orders",
    };
  });
  return JSON.parse(JSON.stringify({ Records }));
}

/** Short records of one partition key, as the Kinesis Producer Library packs them. */
function aggregate(records: readonly Buffer[]): Buffer {
  const field = (tag: number, bytes: Buffer) => Buffer.concat([Buffer.from([tag, ...(bytes.length < 128 ? [bytes.length] : [])]), bytes]);
  const message = Buffer.concat([
    field(0x0a, Buffer.from("customer-0")),
    ...records.map((data) => field(0x1a, Buffer.concat([Buffer.from([0x08, 0]), field(0x1a, data)]))),
  ]);
  return Buffer.concat([Buffer.from([0xf3, 0x89, 0x9a, 0xc2]), message, createHash("md5").update(message).digest()]);
}

/** Changes of items of 20 attributes, of the three types that most attributes have. */
export function dynamodbEvent(count: number): DynamoDBStreamEvent {
  const image = (first: number): Record<string, AttributeValue> =>
    Object.fromEntries(
      Array.from({ length: 20 }, (_, index): [string, AttributeValue] => [
        `attribute${index}`,
        index % 4 === 0 ? { N: String(first + index * 1000) } : index % 7 === 3 ? { BOOL: true } : { S: `the value of attribute ${index}` },
      ]),
    );
  const Records = Array.from({ length: count }, (_, index): DynamoDBRecord => {
    return {
      eventID: `c4ca4238a0b923820dcc${String(index).padStart(12, "0")}`,
      eventName: "MODIFY",
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: "eu-central-1",
      dynamodb: {
        ApproximateCreationDateTime: 1_700_000_000,
        Keys: { attribute1: { S: "the value of attribute 1" } },
        NewImage: image(index + 1),
        OldImage: image(index),
        SequenceNumber: `11100000000000${String(index).padStart(10, "0")}`,
        SizeBytes: 800,
        StreamViewType: "NEW_AND_OLD_IMAGES",
      },
      eventSourceARN: "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-01-10T19:26:16.525",
    };
  });
  return JSON.parse(JSON.stringify({ Records }));
}
