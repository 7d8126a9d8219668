import { toBase64 } from "./to-base64.ts";

/** What a test says of one message; the rest is made up, and the same in every run. */
export interface ActivemqMessageInput {
  /** Text and bytes as they are; anything else as JSON. */
  readonly body: unknown;
  readonly id?: string | undefined;
  /** @default "queue" */
  readonly queue?: string | undefined;
  /** @default false */
  readonly redelivered?: boolean | undefined;
  readonly sentAt?: Date | undefined;
  readonly correlationId?: string | undefined;
  readonly properties?: Readonly<Record<string, string>> | undefined;
}

/** An event as Lambda makes it of a batch of messages. */
export interface ActivemqEventOutput {
  eventSource: "aws:mq";
  eventSourceArn: string;
  messages: ActivemqRecordOutput[];
}

export interface ActivemqRecordOutput {
  messageID: string;
  messageType: string;
  deliveryMode: number;
  replyTo: string | null;
  type: string | null;
  expiration: string;
  priority: number;
  correlationId: string | null;
  redelivered: boolean;
  destination: { physicalName: string };
  data: string;
  timestamp: number;
  brokerInTime: number;
  brokerOutTime: number;
  properties: Record<string, string>;
}

/**
 * The event of a batch of messages of an ActiveMQ broker: what `activemq()` opens. Bytes make a bytes message.
 *
 * AWS: "Using Lambda with Amazon MQ".
 *
 * @example
 * activemqEvent([{ body: { sku: "pen" }, properties: { tenant: "acme" } }]);
 */
export function activemqEvent(messages: readonly ActivemqMessageInput[]): ActivemqEventOutput {
  return {
    eventSource: "aws:mq",
    eventSourceArn: "arn:aws:mq:eu-west-1:123456789012:broker:orders:b-0b6ab3ab-5a3c-4c5e-9f6d-6f2a7b0c1d2e",
    messages: messages.map(toRecord),
  };
}

function toRecord(message: ActivemqMessageInput, index: number): ActivemqRecordOutput {
  const { body, queue = "queue", redelivered = false, sentAt = new Date("2026-01-31T12:00:00.000Z"), correlationId = null } = message;
  const timestamp = sentAt.getTime();
  return {
    messageID: message.id ?? `ID:b-0b6ab3ab-1.mq.eu-west-1.amazonaws.com-34859-1:1:1:${index + 1}`,
    messageType: body instanceof Uint8Array ? "jms/bytes-message" : "jms/text-message",
    deliveryMode: 2,
    replyTo: null,
    type: null,
    expiration: "0",
    priority: 4,
    correlationId,
    redelivered,
    destination: { physicalName: queue },
    data: toBase64(body),
    timestamp,
    brokerInTime: timestamp,
    brokerOutTime: timestamp + 1,
    properties: { ...message.properties },
  };
}
