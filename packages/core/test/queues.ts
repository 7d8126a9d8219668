import type { AddressInfo } from "node:net";
import { awsCall } from "@lamella/core/aws";
import { lambdaContext } from "@lamella/testing";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { buildApp } from "fauxqs";
import { onTestFinished, vi } from "vitest";

/** A message as SQS's API gives it. */
interface Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes: SQSRecord["attributes"];
  readonly MessageAttributes?: Readonly<
    Record<string, { readonly DataType: string; readonly StringValue?: string; readonly BinaryValue?: string }>
  >;
}

/** SQS on loopback, reached over HTTP as the functions reach AWS. */
export interface Queues {
  readonly create: (name: string) => Promise<string>;
  readonly send: (queue: string, body: string, more?: object) => Promise<void>;
  /** Receives what is there, and gives it as the event source mapping does. */
  readonly receive: (queue: string) => Promise<SQSEvent>;
  /** In how many seconds the messages that are in flight are visible again, by body. */
  readonly visibleIn: (queue: string) => Promise<Readonly<Record<string, number>>>;
}

export const context = lambdaContext({ remainingMs: 20_000 });

/** Starts SQS, and points the environment at it. */
export async function startQueues(): Promise<Queues> {
  const app = buildApp({ logger: false });
  await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => app.close());
  const endpoint = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  vi.stubEnv("AWS_ENDPOINT_URL_SQS", endpoint);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");

  const urlOf = (queue: string) => `${endpoint}/000000000000/${queue}`;
  const call = <Answer>(action: string, input: object) => awsCall<Answer>({ service: "sqs", target: `AmazonSQS.${action}`, input });
  return {
    create: async (name) => {
      await call("CreateQueue", {
        QueueName: name,
        Attributes: { VisibilityTimeout: "600", ...(name.endsWith(".fifo") && { FifoQueue: "true", ContentBasedDeduplication: "true" }) },
      });
      return urlOf(name);
    },
    send: async (queue, body, more) => void (await call("SendMessage", { QueueUrl: urlOf(queue), MessageBody: body, ...more })),
    receive: async (queue) => {
      const input = { QueueUrl: urlOf(queue), MaxNumberOfMessages: 10, AttributeNames: ["All"], MessageAttributeNames: ["All"] };
      const { Messages: messages = [] } = await call<{ readonly Messages?: readonly Message[] }>("ReceiveMessage", input);
      return { Records: messages.map((message) => toRecord(message, queue)) };
    },
    visibleIn: async (queue) => {
      const answer = (await (await fetch(`${endpoint}/_fauxqs/queues/${queue}`)).json()) as {
        readonly messages: {
          readonly inflight: readonly { readonly message: { readonly body: string }; readonly visibilityDeadline: number }[];
        };
      };
      return Object.fromEntries(
        answer.messages.inflight.map(({ message, visibilityDeadline }) => [
          message.body,
          Math.round((visibilityDeadline - Date.now()) / 1_000),
        ]),
      );
    },
  };
}

function toRecord(message: Message, queue: string): SQSRecord {
  const { MessageId, ReceiptHandle, Body, MD5OfBody, Attributes, MessageAttributes = {} } = message;
  const attributes = Object.entries(MessageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    { dataType: DataType, stringValue: StringValue, binaryValue: BinaryValue, stringListValues: [], binaryListValues: [] },
  ]);
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    md5OfBody: MD5OfBody,
    attributes: Attributes,
    messageAttributes: Object.fromEntries(attributes),
    eventSource: "aws:sqs",
    eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${queue}`,
    awsRegion: "us-east-1",
  };
}
