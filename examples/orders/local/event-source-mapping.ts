import { setTimeout as sleep } from "node:timers/promises";
import type { Lambda } from "@lamella/core";
import { lambdaContext } from "@lamella/testing";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { call } from "../src/aws.ts";
import { MAX_RECEIVE_COUNT } from "./embedded.ts";

const never = new AbortController().signal;

/** A message as the SQS API gives it. */
interface Received {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes: SQSRecord["attributes"];
}

/** What one batch came to. */
export interface Delivered {
  readonly event: SQSEvent;
  /** What the function replied; `undefined` where it rejected. */
  readonly reply: SQSBatchResponse | undefined;
  readonly error: unknown;
}

/**
 * Delivers what is in a queue to a function, batch by batch, until nothing comes any more: it deletes what the reply
 * does not report, and leaves the rest to come again when its visibility timeout ends.
 */
export async function* deliver(queueUrl: string, worker: Lambda<SQSEvent, SQSBatchResponse>): AsyncGenerator<Delivered> {
  for (;;) {
    const received = await receive(queueUrl);
    if (received.length > 0) {
      const event: SQSEvent = { Records: received.map(toRecord) };
      const delivered = await invoke(worker, event);
      yield delivered;
      const failed = new Set(
        delivered.reply?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) ?? received.map(({ MessageId }) => MessageId),
      );
      for (const { MessageId, ReceiptHandle } of received) {
        if (!failed.has(MessageId)) await call("sqs", "DeleteMessage", { QueueUrl: queueUrl, ReceiptHandle }, never);
      }
    } else if (await isEmpty(queueUrl)) {
      return;
    }
    await sleep(100);
  }
}

async function invoke(worker: Lambda<SQSEvent, SQSBatchResponse>, event: SQSEvent): Promise<Delivered> {
  try {
    return { event, reply: await worker(event, lambdaContext({ functionName: "orders-worker", remainingMs: 30_000 })), error: undefined };
  } catch (error) {
    return { event, reply: undefined, error };
  }
}

/** What is there, up to ten messages; SQS moves what came too often to the dead-letter queue instead. */
async function receive(queueUrl: string): Promise<readonly Received[]> {
  const input = { QueueUrl: queueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ["All"], MessageAttributeNames: ["All"] };
  const { Messages: messages = [] } = await call<{ readonly Messages?: readonly Received[] }>("sqs", "ReceiveMessage", input, never);
  return messages.filter(({ Attributes }) => Number(Attributes.ApproximateReceiveCount) <= MAX_RECEIVE_COUNT);
}

async function isEmpty(queueUrl: string): Promise<boolean> {
  const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
  const { Attributes: counts } = await call<{ readonly Attributes: Readonly<Record<string, string>> }>(
    "sqs",
    "GetQueueAttributes",
    { QueueUrl: queueUrl, AttributeNames: names },
    never,
  );
  return names.every((name) => counts[name] === "0");
}

/** The texts of all messages in a queue, which are taken out. */
export async function drain(queueUrl: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for (;;) {
    const { Messages: messages = [] } = await call<{ readonly Messages?: readonly Received[] }>(
      "sqs",
      "ReceiveMessage",
      { QueueUrl: queueUrl, MaxNumberOfMessages: 10 },
      never,
    );
    if (messages.length === 0) return texts;
    texts.push(...messages.map(({ Body }) => Body));
  }
}

function toRecord({ MessageId, ReceiptHandle, Body, MD5OfBody, Attributes }: Received): SQSRecord {
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    md5OfBody: MD5OfBody,
    attributes: Attributes,
    messageAttributes: {},
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:orders",
    awsRegion: "us-east-1",
  };
}
