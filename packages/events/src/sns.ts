import {
  type BatchOptions,
  type BatchSource,
  type Codec,
  codec,
  type Ignored,
  json,
  type Kind,
  type Payload,
  PayloadError,
  text,
} from "@lamella/core";
import { allOrNothing, batchSource, type Decoder, PayloadItem, toDecode } from "@lamella/core/extend";
import type { SNSEvent, SNSEventRecord } from "aws-lambda";
import { textOf } from "./internal/fields.ts";
import { hasRecordsOf } from "./internal/records.ts";
import { type SnsAttribute, toSnsAttributes } from "./sns/sns-attributes.ts";

// AWS's types, or users' declarations could not name them.
export type { SNSEvent, SNSEventRecord } from "aws-lambda";
export type { MessageAttribute } from "./internal/message-attributes.ts";
export type { SnsAttribute } from "./sns/sns-attributes.ts";

/**
 * A message of an SNS topic.
 *
 * AWS: "Invoking Lambda functions with Amazon SNS notifications", "Amazon SNS message attributes".
 */
export interface Notification<out Message> {
  /** The message id, the same at every delivery. */
  readonly id: string;
  /** What the `message` option makes of the message; the text as it came without that option. */
  readonly message: Message;
  readonly subject: string | undefined;
  readonly sentAt: Date;
  /** What the publisher says of the message, by name. Reading it throws `PayloadError` where one is malformed. */
  readonly messageAttributes: Readonly<Record<string, SnsAttribute>>;
  readonly topicArn: string;
  readonly topicName: string;
  readonly subscriptionArn: string;
  /** The record as SNS sent it. */
  readonly raw: SNSEventRecord;
}

export interface SnsKind<Message> extends Kind {
  readonly event: SNSEvent;
  readonly reply: void;
  readonly item: Notification<Message>;
  readonly context: unknown;
  readonly output: Ignored;
}

/** There is no partial reply, so an invocation in which one message failed rejects always. */
export interface SnsOptions<Message> extends Omit<BatchOptions<SNSEventRecord>, "whenAllFail"> {
  /** What the message must be: a codec, or a schema for JSON. @default the text as it came */
  readonly message?: Payload<Message> | undefined;
}

/**
 * The source for SNS topics. When a message fails the invocation rejects, and the whole event is tried again; SNS sends
 * one record an event.
 *
 * AWS: "Invoking Lambda functions with Amazon SNS notifications".
 *
 * @throws {RangeError} At load, when an option is out of its range.
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @example
 * export const handler = wrap(sns({ message: Order }), async ({ message, subject }) => announce(message.id, subject));
 */
export function sns<Message = string>(options: SnsOptions<Message> = {}): BatchSource<SnsKind<Message>> {
  const { message } = options;
  const decoder: Decoder<Message> = {
    part: "message",
    decode: message === undefined ? undefined : toDecode(message, "sns({ message })"),
  };
  return batchSource<SnsKind<Message>, SNSEventRecord, SnsNotification<Message>>({
    name: "sns",
    expects: `an SNS event (Records[].EventSource is "aws:sns")`,
    accepts: (event) => hasRecordsOf(event, "aws:sns", "EventSource"),
    options,
    concurrency: 1,
    records: (event) => event.Records,
    item: (raw) => new SnsNotification(raw, decoder),
    delivery: (raw, index) => ({ id: textOf(raw.Sns?.MessageId), index, source: "sns", attempt: undefined }),
    recordedAt: (raw) => Date.parse(textOf(raw.Sns?.Timestamp)),
    decode: (notification) => notification["~decode"](),
    close: allOrNothing(),
  });
}

/**
 * The codec for what a topic sends to a queue or a stream without raw message delivery: takes the message out of its
 * envelope. The envelope's signature is not checked: what a queue takes is decided by its policy.
 *
 * AWS: "Fanout to Amazon SQS queues", "Amazon SNS raw message delivery".
 *
 * @param inner What the message must be: a codec, or a schema for JSON; the text as it came without it.
 * @throws {TypeError} At load, when `inner` is neither a codec nor a schema.
 * @example
 * export const handler = wrap(sqs({ body: fromSns(Order) }), async ({ body }) => reserve(body));
 */
export function fromSns<Message = string>(inner: Payload<Message> = text() as Codec<never>): Codec<Message> {
  const decode = toDecode(inner, "fromSns(inner)");
  const envelope = json();
  return codec((raw, part) => {
    let parsed: unknown;
    try {
      parsed = envelope["~decode"](raw, part);
    } catch (error) {
      throw (error as PayloadError).cause instanceof SyntaxError ? noEnvelope(part, error) : error;
    }
    return decode(messageOf(parsed, part), part);
  });
}

/** @throws {PayloadError} When it is not in the envelope of a message. */
function messageOf(envelope: unknown, part: string): string {
  const { Type: type, Message: message, TopicArn: topicArn } = (envelope ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof topicArn === "string" && type === "SubscriptionConfirmation")
    throw new PayloadError({ part, problem: "asks to confirm an SNS subscription, and is no message; confirm it by its SubscribeURL" });
  if (type !== "Notification" || typeof message !== "string" || typeof topicArn !== "string") throw noEnvelope(part);
  return message;
}

function noEnvelope(part: string, cause?: unknown): PayloadError {
  const remedy = "turn raw message delivery of the subscription off, or leave out fromSns(…)";
  return new PayloadError({ part, problem: `is not in an SNS envelope (Type, TopicArn, Message): ${remedy}`, cause });
}

// What costs is done on first use. The types of AWS promise members that a malformed record lacks, so every one is read
// with care.
class SnsNotification<Message> extends PayloadItem<SNSEventRecord, Message> implements Notification<Message> {
  readonly id: string;

  constructor(raw: SNSEventRecord, decoder: Decoder<Message>) {
    super(raw, decoder);
    this.id = textOf(raw.Sns?.MessageId);
  }

  get message(): Message {
    return this.payload();
  }

  get subject(): string | undefined {
    const subject: unknown = this.raw.Sns?.Subject;
    // SNS sends null where there is none.
    return typeof subject === "string" ? subject : undefined;
  }

  get sentAt(): Date {
    return new Date(textOf(this.raw.Sns?.Timestamp));
  }

  get messageAttributes(): Readonly<Record<string, SnsAttribute>> {
    return toSnsAttributes(this.raw.Sns?.MessageAttributes ?? {});
  }

  get topicArn(): string {
    return textOf(this.raw.Sns?.TopicArn);
  }

  get topicName(): string {
    return this.topicArn.slice(this.topicArn.lastIndexOf(":") + 1);
  }

  get subscriptionArn(): string {
    return textOf(this.raw.EventSubscriptionArn);
  }

  protected encoded(): string {
    const message: unknown = this.raw.Sns?.Message;
    if (typeof message !== "string")
      throw new PayloadError({
        part: "message",
        problem: `is ${message === undefined ? "missing" : `of type ${typeof message}, where text was expected`}`,
      });
    return message;
  }
}
