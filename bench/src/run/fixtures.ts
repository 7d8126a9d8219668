import type { APIGatewayProxyEventV2, Context, SQSEvent, SQSRecord } from "aws-lambda";
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
