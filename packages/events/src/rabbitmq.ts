import type { BatchOptions, BatchSource, Ignored, Kind, Payload } from "@lamella/core";
import { allOrNothing, byKey, type Decoder, openedSource, PayloadItem, toDecode } from "@lamella/core/extend";
import { base64Payload } from "./internal/base64-payload.ts";
import { maybeNumber, maybeText, numberOf, textOf } from "./internal/fields.ts";
import { isObject } from "./internal/is-object.ts";
import { toRabbitHeaders } from "./rabbitmq/rabbit-headers.ts";

/** A message as Lambda sends it. */
export interface RabbitmqRecord {
  readonly basicProperties: RabbitmqProperties;
  readonly redelivered?: boolean | null | undefined;
  /** Base64. */
  readonly data: string;
}

/** The properties of AMQP, as Lambda sends them. */
export interface RabbitmqProperties {
  readonly contentType?: string | null | undefined;
  readonly contentEncoding?: string | null | undefined;
  readonly headers?: Readonly<Record<string, unknown>> | null | undefined;
  readonly deliveryMode?: number | null | undefined;
  readonly priority?: number | null | undefined;
  readonly correlationId?: string | null | undefined;
  readonly replyTo?: string | null | undefined;
  readonly expiration?: string | null | undefined;
  readonly messageId?: string | null | undefined;
  readonly timestamp?: string | null | undefined;
  readonly type?: string | null | undefined;
  readonly userId?: string | null | undefined;
  readonly appId?: string | null | undefined;
  readonly clusterId?: string | null | undefined;
  readonly bodySize?: number | undefined;
}

/** The event of a batch of messages of a RabbitMQ broker. */
export interface RabbitmqEvent {
  readonly eventSource: "aws:rmq";
  readonly eventSourceArn: string;
  /** By queue and virtual host, such as `orders::/`. */
  readonly rmqMessagesByQueue: { readonly [queue: string]: readonly RabbitmqRecord[] };
}

/**
 * A message of a RabbitMQ broker. What the producer did not say is `undefined`.
 *
 * AWS: "Using Lambda with Amazon MQ".
 */
export interface RabbitmqMessage<out Body> {
  /** The producer's message id. RabbitMQ gives none of its own. */
  readonly id: string | undefined;
  /** What the `body` option makes of the body; its bytes without that option. */
  readonly body: Body;
  readonly queue: string;
  /** The virtual host. */
  readonly vhost: string;
  readonly brokerArn: string;
  readonly redelivered: boolean;
  /** The headers, with text decoded, at any depth. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly isPersistent: boolean;
  readonly priority: number | undefined;
  readonly correlationId: string | undefined;
  readonly replyTo: string | undefined;
  /** How many milliseconds the message may wait in its queue. */
  readonly expirationMs: number | undefined;
  /** When the producer sent it. */
  readonly sentAt: Date | undefined;
  readonly type: string | undefined;
  readonly userId: string | undefined;
  readonly appId: string | undefined;
  /** The message as Lambda sent it. */
  readonly raw: RabbitmqRecord;
}

export interface RabbitmqKind<Body> extends Kind {
  readonly event: RabbitmqEvent;
  readonly reply: void;
  readonly item: RabbitmqMessage<Body>;
  readonly context: unknown;
  readonly output: Ignored;
}

export interface RabbitmqOptions<Body> extends BatchOptions<RabbitmqRecord> {
  /** What the body must be: a codec, or a schema for JSON. @default its bytes */
  readonly body?: Payload<Body> | undefined;
}

/**
 * The source for RabbitMQ brokers of Amazon MQ. The messages of a queue run one at a time, in order; `concurrency` says how
 * many queues run at the same time. There is no partial reply: when a message fails, those behind it in its queue are not
 * run, the invocation rejects, and the whole batch comes again.
 *
 * AWS: "Using Lambda with Amazon MQ".
 *
 * @throws {RangeError} At load, when an option is out of its range.
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @example
 * export const handler = wrap(rabbitmq({ body: Order }), async ({ body, headers }) => reserve(body, headers["tenant"]));
 */
export function rabbitmq<Body = Uint8Array>(options: RabbitmqOptions<Body> = {}): BatchSource<RabbitmqKind<Body>> {
  const decoder: Decoder<Body> = {
    part: "body",
    decode: options.body === undefined ? undefined : toDecode(options.body, "rabbitmq({ body })"),
  };
  return openedSource<RabbitmqKind<Body>, RabbitmqRecord, RabbitmqItem<Body>, Opened>({
    name: "rabbitmq",
    expects: `a RabbitMQ event (eventSource is "aws:rmq")`,
    accepts: (event) => isObject(event) && event["eventSource"] === "aws:rmq" && isObject(event["rmqMessagesByQueue"]),
    options,
    concurrency: 1,
    open: openQueues,
    records: ({ records }) => records,
    item: (raw, _lambda, opened) => new RabbitmqItem(raw, decoder, opened),
    delivery: (raw, index) => ({ id: textOf(raw.basicProperties?.messageId), index, source: "rabbitmq", attempt: undefined }),
    decode: (message) => message["~decode"](),
    order: ({ queues }) => byKey((raw: RabbitmqRecord) => queues.get(raw) ?? ""),
    close: allOrNothing(),
  });
}

interface Opened {
  readonly brokerArn: string;
  readonly records: readonly unknown[];
  /** Where each message came from, such as `orders::/`; it does not say so itself. */
  readonly queues: ReadonlyMap<unknown, string>;
}

function openQueues({ eventSourceArn, rmqMessagesByQueue }: RabbitmqEvent): Opened {
  const queues = new Map<unknown, string>();
  const records = Object.entries<unknown>(rmqMessagesByQueue).flatMap(([queue, messages]) => {
    // What is no list is one message that is malformed, so that it is not lost.
    const list: unknown[] = Array.isArray(messages) ? messages : [messages];
    for (const message of list) queues.set(message, queue);
    return list;
  });
  return { brokerArn: textOf(eventSourceArn), records, queues };
}

// What costs is done on first use. The producer may say nothing at all of a message.
class RabbitmqItem<Body> extends PayloadItem<RabbitmqRecord, Body> implements RabbitmqMessage<Body> {
  readonly #opened: Opened;

  constructor(raw: RabbitmqRecord, decoder: Decoder<Body>, opened: Opened) {
    super(raw, decoder);
    this.#opened = opened;
  }

  get id(): string | undefined {
    return maybeText(this.#properties.messageId);
  }

  get body(): Body {
    return this.payload();
  }

  get queue(): string {
    return this.#place[0];
  }

  get vhost(): string {
    return this.#place[1];
  }

  get brokerArn(): string {
    return this.#opened.brokerArn;
  }

  get redelivered(): boolean {
    return this.raw.redelivered === true;
  }

  get headers(): Readonly<Record<string, unknown>> {
    return toRabbitHeaders(this.#properties.headers);
  }

  get contentType(): string | undefined {
    return maybeText(this.#properties.contentType);
  }

  get contentEncoding(): string | undefined {
    return maybeText(this.#properties.contentEncoding);
  }

  get isPersistent(): boolean {
    return this.#properties.deliveryMode === 2;
  }

  get priority(): number | undefined {
    return maybeNumber(this.#properties.priority);
  }

  get correlationId(): string | undefined {
    return maybeText(this.#properties.correlationId);
  }

  get replyTo(): string | undefined {
    return maybeText(this.#properties.replyTo);
  }

  get expirationMs(): number | undefined {
    const { expiration } = this.#properties;
    const ms = numberOf(expiration);
    return expiration === "" || Number.isNaN(ms) ? undefined : ms;
  }

  get sentAt(): Date | undefined {
    const { timestamp } = this.#properties;
    if (typeof timestamp !== "string") return undefined;
    // As `Jan 1, 1970, 12:33:41 AM` in UTC; newer Java writes a narrow space before the AM.
    const at = new Date(`${timestamp.replaceAll("\u202F", " ")} UTC`);
    return Number.isNaN(at.getTime()) ? undefined : at;
  }

  get type(): string | undefined {
    return maybeText(this.#properties.type);
  }

  get userId(): string | undefined {
    return maybeText(this.#properties.userId);
  }

  get appId(): string | undefined {
    return maybeText(this.#properties.appId);
  }

  protected encoded(): Uint8Array {
    return base64Payload(this.raw.data, "body");
  }

  get #properties(): RabbitmqProperties {
    const { basicProperties } = this.raw;
    return isObject(basicProperties) ? basicProperties : {};
  }

  /** The queue and the virtual host. */
  get #place(): readonly [queue: string, vhost: string] {
    const place = this.#opened.queues.get(this.raw) ?? "";
    const end = place.lastIndexOf("::");
    return end === -1 ? [place, ""] : [place.slice(0, end), place.slice(end + 2)];
  }
}
