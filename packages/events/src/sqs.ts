import { type BatchOptions, type BatchSource, type Ignored, type Kind, type Payload, PayloadError } from "@lamella/core";
import { batchSource, byKey, type Decoder, PayloadItem, partial, toDecode } from "@lamella/core/extend";
import type { SQSBatchResponse, SQSEvent, SQSRecord, SQSRecordAttributes } from "aws-lambda";
import { numberOf, textOf } from "./internal/fields.ts";
import { type MessageAttribute, toMessageAttributes } from "./internal/message-attributes.ts";
import { firstRecord, hasRecordsOf } from "./internal/records.ts";

// AWS's types, or users' declarations could not name them.
export type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
export type { MessageAttribute } from "./internal/message-attributes.ts";

/**
 * An SQS message.
 *
 * AWS: "Using Lambda with Amazon SQS", "Amazon SQS message metadata".
 */
export interface Message<out Body> {
  /** The message id, the same at every delivery. */
  readonly id: string;
  /** What the `body` option makes of the body; the text as it came without that option. */
  readonly body: Body;
  /** Which delivery this is, from 1. */
  readonly receiveCount: number;
  readonly sentAt: Date;
  /** The message group, of FIFO queues and of fair queues. */
  readonly groupId: string | undefined;
  /** Of FIFO queues only. */
  readonly deduplicationId: string | undefined;
  /** What SQS says of the message, as it sent it, such as `SenderId` and `AWSTraceHeader`. */
  readonly attributes: SQSRecordAttributes;
  /** What the producer says of the message, by name. Reading it throws `PayloadError` where one is malformed. */
  readonly messageAttributes: Readonly<Record<string, MessageAttribute>>;
  readonly queueArn: string;
  readonly queueName: string;
  /** The record as SQS sent it. */
  readonly raw: SQSRecord;
}

export interface SqsKind<Body> extends Kind {
  readonly event: SQSEvent;
  readonly reply: SQSBatchResponse;
  readonly item: Message<Body>;
  readonly context: unknown;
  readonly output: Ignored;
}

export interface SqsOptions<Body> extends BatchOptions<SQSRecord> {
  /** What the body must be: a codec, or a schema for JSON. @default the text as it came */
  readonly body?: Payload<Body> | undefined;
}

/**
 * The source for SQS queues: standard, fair and FIFO, told apart by the queue's ARN. It replies with the messages that
 * failed, so the event source mapping needs `ReportBatchItemFailures`.
 *
 * In a FIFO queue the messages of a group run one at a time, in order, and those behind a failed one are reported
 * unrun.
 *
 * AWS: "Handling errors for an SQS event source in Lambda".
 *
 * @throws {RangeError} At load, when an option is out of its range.
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @example
 * export const handler = wrap(sqs({ body: Order, concurrency: 10 }), async ({ body }) => reserve(body));
 */
export function sqs<Body = string>(options: SqsOptions<Body> = {}): BatchSource<SqsKind<Body>> {
  const decoder: Decoder<Body> = { part: "body", decode: options.body === undefined ? undefined : toDecode(options.body, "sqs({ body })") };
  return batchSource<SqsKind<Body>, SQSRecord, SqsMessage<Body>>({
    name: "sqs",
    expects: `an SQS event (Records[].eventSource is "aws:sqs")`,
    accepts: (event) => hasRecordsOf(event, "aws:sqs"),
    options,
    concurrency: 10,
    records: (event) => event.Records,
    item: (raw) => new SqsMessage(raw, decoder),
    delivery: (raw, index) => ({
      id: raw.messageId ?? "",
      index,
      source: "sqs",
      attempt: numberOf(raw.attributes?.ApproximateReceiveCount) || undefined,
    }),
    recordedAt: (raw) => numberOf(raw.attributes?.SentTimestamp),
    decode: (message) => message["~decode"](),
    // Standard queues may carry group ids as well, and keep no order.
    order: (event) => (textOf(firstRecord(event.Records)?.eventSourceARN).endsWith(".fifo") ? byKey(groupIdOf) : undefined),
    close: partial({
      identify: ({ messageId }: SQSRecord) => (typeof messageId === "string" && messageId !== "" ? messageId : undefined),
      reply: (identifiers) => ({ batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier: itemIdentifier as string })) }),
    }),
  });
}

function groupIdOf(raw: SQSRecord): string {
  return raw.attributes?.MessageGroupId ?? "";
}

// What costs is done on first use: most handlers read the body and no more. The types of AWS promise members that a
// malformed record lacks, so every one is read with care.
class SqsMessage<Body> extends PayloadItem<SQSRecord, Body> implements Message<Body> {
  readonly id: string;

  constructor(raw: SQSRecord, decoder: Decoder<Body>) {
    super(raw, decoder);
    this.id = raw.messageId ?? "";
  }

  get body(): Body {
    return this.payload();
  }

  get receiveCount(): number {
    return numberOf(this.raw.attributes?.ApproximateReceiveCount) || 1;
  }

  get sentAt(): Date {
    return new Date(numberOf(this.raw.attributes?.SentTimestamp));
  }

  get groupId(): string | undefined {
    return this.raw.attributes?.MessageGroupId;
  }

  get deduplicationId(): string | undefined {
    return this.raw.attributes?.MessageDeduplicationId;
  }

  get attributes(): SQSRecordAttributes {
    return this.raw.attributes ?? {};
  }

  get messageAttributes(): Readonly<Record<string, MessageAttribute>> {
    return toMessageAttributes(this.raw.messageAttributes ?? {});
  }

  get queueArn(): string {
    return textOf(this.raw.eventSourceARN);
  }

  get queueName(): string {
    return this.queueArn.slice(this.queueArn.lastIndexOf(":") + 1);
  }

  protected encoded(): string {
    const { body } = this.raw;
    if (typeof body !== "string")
      throw new PayloadError({
        part: "body",
        problem: `is ${body === undefined ? "missing" : `of type ${typeof body}, where text was expected`}`,
      });
    return body;
  }
}
