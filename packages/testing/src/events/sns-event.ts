import type { SNSEvent, SNSMessage, SNSMessageAttribute } from "aws-lambda";

/** A message attribute, by the JavaScript type that says which one it is. */
export type SnsAttributeInput = string | number | Uint8Array | readonly (string | number | boolean | null)[];

/** What a test says of one message; the rest is made up, and the same in every run. */
export interface SnsMessageInput {
  /** Text as it is; anything else as JSON. */
  readonly message: unknown;
  readonly id?: string | undefined;
  readonly subject?: string | undefined;
  readonly sentAt?: Date | undefined;
  readonly messageAttributes?: Readonly<Record<string, SnsAttributeInput>> | undefined;
}

export interface SnsEventOptions {
  /** @default "topic" */
  readonly topicName?: string | undefined;
}

/** The envelope in which a topic sends a message to a queue, without raw message delivery. */
export interface SnsEnvelope extends Omit<SNSMessage, "SigningCertUrl" | "UnsubscribeUrl" | "Subject"> {
  readonly Subject?: string | undefined;
  readonly SigningCertURL: string;
  readonly UnsubscribeURL: string;
}

/**
 * The event of messages of an SNS topic: what `sns()` opens. SNS itself sends one record an event.
 *
 * AWS: "Invoking Lambda functions with Amazon SNS notifications".
 *
 * @example
 * snsEvent([{ message: { id: "1", sku: "pen", quantity: 2 }, subject: "order" }]);
 */
export function snsEvent(messages: readonly SnsMessageInput[], options: SnsEventOptions = {}): SNSEvent {
  return {
    Records: messages.map((message, index) => {
      const { SigningCertURL, UnsubscribeURL, Subject, ...common } = toMessage(message, index, options);
      return {
        EventSource: "aws:sns",
        EventVersion: "1.0",
        EventSubscriptionArn: `${common.TopicArn}:11111111-1111-4111-8111-111111111111`,
        // AWS's type has no null, and SNS sends it.
        Sns: { ...common, Subject: (Subject ?? null) as string, SigningCertUrl: SigningCertURL, UnsubscribeUrl: UnsubscribeURL },
      };
    }),
  };
}

/**
 * A message as a topic sends it to a queue, without raw message delivery: what `fromSns(…)` opens.
 *
 * AWS: "Fanout to Amazon SQS queues".
 *
 * @example
 * sqsEvent([{ body: snsEnvelope({ message: { id: "1" } }) }]);
 */
export function snsEnvelope(message: SnsMessageInput, options: SnsEventOptions = {}): SnsEnvelope {
  const { Subject, ...envelope } = toMessage(message, 0, options);
  return Subject === undefined ? envelope : { ...envelope, Subject };
}

function toMessage(input: SnsMessageInput, index: number, { topicName = "topic" }: SnsEventOptions): SnsEnvelope {
  const { message, subject, sentAt = new Date("2026-01-31T12:00:00.000Z") } = input;
  const attributes = Object.entries(input.messageAttributes ?? {}).map(([name, value]) => [name, toAttribute(value)]);
  const TopicArn = `arn:aws:sns:eu-west-1:123456789012:${topicName}`;
  return {
    Type: "Notification",
    MessageId: input.id ?? `00000000-0000-4000-8000-${String(index + 1).padStart(12, "0")}`,
    TopicArn,
    Subject: subject,
    Message: typeof message === "string" ? message : JSON.stringify(message),
    Timestamp: sentAt.toISOString(),
    SignatureVersion: "1",
    Signature: "EXAMPLE",
    SigningCertURL: "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-example.pem",
    UnsubscribeURL: `https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${TopicArn}`,
    MessageAttributes: Object.fromEntries(attributes) as Record<string, SNSMessageAttribute>,
  };
}

function toAttribute(value: SnsAttributeInput): SNSMessageAttribute {
  if (typeof value === "string") return { Type: "String", Value: value };
  if (typeof value === "number") return { Type: "Number", Value: String(value) };
  if (value instanceof Uint8Array) return { Type: "Binary", Value: Buffer.from(value).toString("base64") };
  return { Type: "String.Array", Value: JSON.stringify(value) };
}
