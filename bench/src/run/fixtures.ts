import type {
  APIGatewayProxyEventV2,
  Context,
  EventBridgeEvent,
  S3Event,
  S3EventRecord,
  SNSEvent,
  SNSEventRecord,
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

/** Ten messages of a FIFO queue, of this many groups that take turns. */
export function sqsFifoEvent(groups: number): SQSEvent {
  const { Records } = sqsEvent(10);
  return {
    Records: Records.map((record, index) => ({
      ...record,
      attributes: { ...record.attributes, MessageGroupId: `customer-${index % groups}`, MessageDeduplicationId: record.messageId },
      eventSourceARN: `${record.eventSourceARN}.fifo`,
    })),
  };
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

export function snsEvent(count: number): SNSEvent {
  const Records = Array.from({ length: count }, (_, index): SNSEventRecord => {
    const order: Order = { id: `order-${index}`, sku: `sku-${index % 100}`, quantity: 1 + (index % 9) };
    return {
      EventVersion: "1.0",
      EventSubscriptionArn: "arn:aws:sns:eu-central-1:123456789012:orders:21be56ed-a058-49f5-8c98-aedd2564c486",
      EventSource: "aws:sns",
      Sns: {
        SignatureVersion: "1",
        Timestamp: "2026-01-31T12:00:00.456Z",
        Signature: "tcc6faL2yUC6dgZdmrwh1Y4cGa/ebXEkAi6RibDsvpi+tE/1+82j",
        SigningCertUrl: "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-ac565b8b1a6c5d002d285f9598aa1d9b.pem",
        MessageId: `95df01b4-ee98-5cb9-9903-${String(index).padStart(12, "0")}`,
        Message: JSON.stringify(order),
        MessageAttributes: {},
        Type: "Notification",
        UnsubscribeUrl: "https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe",
        TopicArn: "arn:aws:sns:eu-central-1:123456789012:orders",
        Subject: "order",
      },
    };
  });
  return JSON.parse(JSON.stringify({ Records }));
}

/** Keys of 24 characters; the objects have 1, 2, 3, … bytes. */
export function s3Event(count: number): S3Event {
  const Records = Array.from({ length: count }, (_, index): S3EventRecord => {
    return {
      eventVersion: "2.1",
      eventSource: "aws:s3",
      awsRegion: "eu-central-1",
      eventTime: "2026-01-31T12:00:00.123Z",
      eventName: "ObjectCreated:Put",
      userIdentity: { principalId: "AWS:AIDAINPONIXQXHT3IKHL2" },
      requestParameters: { sourceIPAddress: "205.255.255.255" },
      responseElements: {
        "x-amz-request-id": `D82B88E5F771F${String(index).padStart(3, "0")}`,
        "x-amz-id-2": "vlR7PnpV2Ce81l0PRw6jlUpck7Jo",
      },
      s3: {
        s3SchemaVersion: "1.0",
        configurationId: "828aa6fc-f7b5-4305-8584-487c791949c1",
        bucket: { name: "photos", ownerIdentity: { principalId: "A3I5XTEXAMAI3E" }, arn: "arn:aws:s3:::photos" },
        object: {
          key: `photos/red+flower+%2B${String(index).padStart(5, "0")}`,
          size: index + 1,
          eTag: "b21b84d653bb07b05b1e6b33684dc11b",
          sequencer: "0C0F6F405D6ED209E1",
        },
      },
    };
  });
  return JSON.parse(JSON.stringify({ Records }));
}

export function eventBridgeEvent(): EventBridgeEvent<"order.placed", Order> {
  return {
    version: "0",
    id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": "order.placed",
    source: "com.example.shop",
    account: "123456789012",
    time: "2026-01-31T12:00:00Z",
    region: "eu-central-1",
    resources: [],
    detail: { id: "order-1", sku: "sku-1", quantity: 3 },
  };
}
