import { createHash } from "node:crypto";
import type {
  APIGatewayProxyEventV2,
  AttributeValue,
  Context,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  KinesisStreamEvent,
  KinesisStreamRecord,
  SQSEvent,
  SQSRecord,
} from "aws-lambda";
import { z } from "zod";

export const Order = z.object({ id: z.string(), sku: z.string(), quantity: z.int().positive() });
export type Order = z.infer<typeof Order>;

export const Created = z.object({ id: z.string() });

const DEADLINE_MS = Date.now() + 900_000;

/** A context as the runtime client makes it: the time left is read from the clock. */
export const context: Context = {
  awsRequestId: "8c5b3b3e-7c0f-4f0e-9d5e-6d1d2a7f3b10",
  callbackWaitsForEmptyEventLoop: true,
  functionName: "orders",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:orders",
  logGroupName: "/aws/lambda/orders",
  logStreamName: "2026/11/21/[$LATEST]0123456789abcdef",
  memoryLimitInMB: "512",
  getRemainingTimeInMillis: () => DEADLINE_MS - Date.now(),
  done: () => {},
  fail: () => {},
  succeed: () => {},
};

/** The event as a runtime has it: parsed from JSON text. */
export function sqsEvent(count: number): SQSEvent {
  const Records = Array.from({ length: count }, (_, index): SQSRecord => {
    const order: Order = { id: `order-${index}`, sku: `sku-${index % 100}`, quantity: 1 + (index % 9) };
    return {
      messageId: `059f36b4-87a3-44ab-83d2-${String(index).padStart(12, "0")}`,
      receiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
      body: JSON.stringify(order),
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: "1700000000000",
        SenderId: "AIDAIENQZJOLO23YVJ4VO",
        ApproximateFirstReceiveTimestamp: "1700000000001",
      },
      messageAttributes: {},
      md5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:orders",
      awsRegion: "eu-central-1",
    };
  });
  return JSON.parse(JSON.stringify({ Records }));
}

export function postEvent(): APIGatewayProxyEventV2 {
  const order: Order = { id: "order-1", sku: "sku-1", quantity: 3 };
  const event: APIGatewayProxyEventV2 = {
    version: "2.0",
    routeKey: "POST /orders",
    rawPath: "/orders",
    rawQueryString: "",
    headers: {
      accept: "application/json",
      "content-type": "application/json",
      "content-length": "47",
      host: "abc123.execute-api.eu-central-1.amazonaws.com",
      "user-agent": "curl/8.5.0",
      "x-amzn-trace-id": "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e",
      "x-forwarded-for": "205.255.255.176",
      "x-forwarded-port": "443",
      "x-forwarded-proto": "https",
    },
    requestContext: {
      accountId: "123456789012",
      apiId: "abc123",
      domainName: "abc123.execute-api.eu-central-1.amazonaws.com",
      domainPrefix: "abc123",
      http: { method: "POST", path: "/orders", protocol: "HTTP/1.1", sourceIp: "205.255.255.176", userAgent: "curl/8.5.0" },
      requestId: "JKJaXmPLvHcESHA=",
      routeKey: "POST /orders",
      stage: "$default",
      time: "10/Mar/2020:05:16:23 +0000",
      timeEpoch: 1_583_817_383_220,
    },
    body: JSON.stringify(order),
    isBase64Encoded: false,
  };
  return JSON.parse(JSON.stringify(event));
}

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
