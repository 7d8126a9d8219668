import { createHash } from "node:crypto";
import type { SQSEvent, SQSMessageAttribute, SQSRecord } from "aws-lambda";

/** A message attribute, by the JavaScript type that says which one it is. */
export type SqsAttributeInput = string | number | Uint8Array;

/** What a test says of one message; the rest is made up, and the same in every run. */
export interface SqsMessageInput {
  /** Text as it is; anything else as JSON. */
  readonly body: unknown;
  readonly id?: string | undefined;
  /** Which delivery this is, from 1. @default 1 */
  readonly receiveCount?: number | undefined;
  readonly sentAt?: Date | undefined;
  /** @default in FIFO queues `group` */
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
  readonly messageAttributes?: Readonly<Record<string, SqsAttributeInput>> | undefined;
}

export interface SqsEventOptions {
  /** The queue's name; one that ends in `.fifo` makes a FIFO queue's event. @default "queue" */
  readonly queueName?: string | undefined;
}

/**
 * The event of a batch of SQS messages: what `sqs()` opens.
 *
 * AWS: "Using Lambda with Amazon SQS".
 *
 * @example
 * sqsEvent([{ body: { id: "1", sku: "pen", quantity: 2 } }, { body: "no JSON" }], { queueName: "orders.fifo" });
 */
export function sqsEvent(messages: readonly SqsMessageInput[], { queueName = "queue" }: SqsEventOptions = {}): SQSEvent {
  return { Records: messages.map((message, index) => toRecord(message, index, queueName)) };
}

function toRecord(message: SqsMessageInput, index: number, queueName: string): SQSRecord {
  const { receiveCount = 1, sentAt = new Date("2026-01-31T12:00:00.000Z") } = message;
  const isFifo = queueName.endsWith(".fifo");
  const groupId = message.groupId ?? (isFifo ? "group" : undefined);
  const body = typeof message.body === "string" ? message.body : JSON.stringify(message.body);
  const sent = String(sentAt.getTime());
  return {
    messageId: message.id ?? idOf(index),
    receiptHandle: `receipt-${index}-${receiveCount}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: sent,
      SenderId: "AIDAEXAMPLE",
      ApproximateFirstReceiveTimestamp: sent,
      ...(groupId !== undefined && { MessageGroupId: groupId }),
      ...(isFifo && {
        MessageDeduplicationId: message.deduplicationId ?? createHash("sha256").update(body).digest("hex"),
        SequenceNumber: String(18_849_496_460_467_696_000n + BigInt(index)),
      }),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.messageAttributes ?? {}).map(([name, value]) => [name, toAttribute(value)]),
    ),
    md5OfBody: createHash("md5").update(body).digest("hex"),
    eventSource: "aws:sqs",
    eventSourceARN: `arn:aws:sqs:eu-west-1:123456789012:${queueName}`,
    awsRegion: "eu-west-1",
  };
}

function toAttribute(value: SqsAttributeInput): SQSMessageAttribute {
  if (typeof value === "string") return { dataType: "String", stringValue: value };
  if (typeof value === "number") return { dataType: "Number", stringValue: String(value) };
  return { dataType: "Binary", binaryValue: Buffer.from(value).toString("base64") };
}

/** A message id that tells its place: `00000000-0000-4000-8000-000000000003` for the third. */
function idOf(index: number): string {
  return `00000000-0000-4000-8000-${String(index + 1).padStart(12, "0")}`;
}
