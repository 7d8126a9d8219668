import { toBase64 } from "./to-base64.ts";

/** What a test says of one message; the rest is made up, and the same in every run. */
export interface RabbitmqMessageInput {
  /** Text and bytes as they are; anything else as JSON. */
  readonly body: unknown;
  readonly id?: string | undefined;
  /** @default "queue" */
  readonly queue?: string | undefined;
  /** @default "/" */
  readonly vhost?: string | undefined;
  /** @default false */
  readonly redelivered?: boolean | undefined;
  /** To the second. */
  readonly sentAt?: Date | undefined;
  readonly expirationMs?: number | undefined;
  /** Text is sent as bytes. */
  readonly headers?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/** An event as Lambda makes it of a batch of messages. */
export interface RabbitmqEventOutput {
  eventSource: "aws:rmq";
  eventSourceArn: string;
  rmqMessagesByQueue: Record<string, RabbitmqRecordOutput[]>;
}

export interface RabbitmqRecordOutput {
  basicProperties: {
    contentType: string | null;
    contentEncoding: string | null;
    headers: Record<string, unknown>;
    deliveryMode: number;
    priority: number | null;
    correlationId: string | null;
    replyTo: string | null;
    expiration: string | null;
    messageId: string | null;
    timestamp: string | null;
    type: string | null;
    userId: string | null;
    appId: string | null;
    clusterId: string | null;
    bodySize: number;
  };
  redelivered: boolean;
  data: string;
}

/**
 * The event of a batch of messages of a RabbitMQ broker: what `rabbitmq()` opens.
 *
 * AWS: "Using Lambda with Amazon MQ".
 *
 * @example
 * rabbitmqEvent([{ body: { sku: "pen" }, headers: { tenant: "acme" } }, { body: "x", queue: "other" }]);
 */
export function rabbitmqEvent(messages: readonly RabbitmqMessageInput[]): RabbitmqEventOutput {
  const byQueue: Record<string, RabbitmqRecordOutput[]> = {};
  for (const message of messages) {
    const { queue = "queue", vhost = "/" } = message;
    (byQueue[`${queue}::${vhost}`] ??= []).push(toRecord(message));
  }
  return {
    eventSource: "aws:rmq",
    eventSourceArn: "arn:aws:mq:eu-west-1:123456789012:broker:orders:b-0b6ab3ab-5a3c-4c5e-9f6d-6f2a7b0c1d2e",
    rmqMessagesByQueue: byQueue,
  };
}

function toRecord({ body, id, redelivered = false, sentAt, expirationMs, headers = {} }: RabbitmqMessageInput): RabbitmqRecordOutput {
  const data = toBase64(body);
  return {
    basicProperties: {
      contentType: null,
      contentEncoding: null,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, toHeader(value)])),
      deliveryMode: 2,
      priority: null,
      correlationId: null,
      replyTo: null,
      expiration: expirationMs === undefined ? null : String(expirationMs),
      messageId: id ?? null,
      timestamp: sentAt === undefined ? null : toTimestamp(sentAt),
      type: null,
      userId: null,
      appId: null,
      clusterId: null,
      bodySize: Buffer.from(data, "base64").length,
    },
    redelivered,
    data,
  };
}

function toHeader(value: string | number | boolean): unknown {
  // Signed, as the bytes of Java are.
  return typeof value === "string" ? { bytes: [...new Int8Array(Buffer.from(value))] } : value;
}

/** As Lambda writes it: `Jan 31, 2026, 12:00:00 PM`. */
function toTimestamp(at: Date): string {
  return at.toLocaleString("en-US", { timeZone: "UTC", dateStyle: "medium", timeStyle: "medium" });
}
