import type { BatchOptions, BatchSource, Ignored, Kind, Payload } from "@lamella/core";
import { allOrNothing, batchSource, byKey, type Decoder, PayloadItem, toDecode } from "@lamella/core/extend";
import { base64Payload } from "./internal/base64-payload.ts";
import { maybeNumber, numberOf, textOf, textsOf } from "./internal/fields.ts";
import { isObject } from "./internal/is-object.ts";

/** A message as Lambda sends it. */
export interface ActivemqRecord {
  readonly messageID: string;
  /** Such as `jms/text-message`. */
  readonly messageType: string;
  /** Base64. */
  readonly data: string;
  readonly deliveryMode?: number | null | undefined;
  readonly replyTo?: string | null | undefined;
  readonly type?: string | null | undefined;
  readonly expiration?: string | number | null | undefined;
  readonly priority?: number | null | undefined;
  /** AWS writes the name in two ways. */
  readonly correlationId?: string | null | undefined;
  readonly correlationID?: string | null | undefined;
  readonly redelivered?: boolean | null | undefined;
  readonly destination?: { readonly physicalName?: string | undefined } | null | undefined;
  readonly timestamp?: number | null | undefined;
  readonly brokerInTime?: number | null | undefined;
  readonly brokerOutTime?: number | null | undefined;
  readonly properties?: Readonly<Record<string, string>> | null | undefined;
}

/** The event of a batch of messages of an ActiveMQ broker. */
export interface ActivemqEvent {
  readonly eventSource: "aws:mq";
  readonly eventSourceArn: string;
  readonly messages: readonly ActivemqRecord[];
}

/**
 * A message of an ActiveMQ broker.
 *
 * AWS: "Using Lambda with Amazon MQ".
 */
export interface ActivemqMessage<out Body> {
  readonly id: string;
  /** What the `body` option makes of the body; its bytes without that option. */
  readonly body: Body;
  /** What the producer sent: text, bytes, or the bytes that the broker keeps of an object or a map. */
  readonly messageType: "text" | "bytes" | "object" | "map" | "stream" | (string & {});
  readonly queue: string;
  readonly brokerArn: string;
  readonly redelivered: boolean;
  /** What the producer says of the message, by name. */
  readonly properties: Readonly<Record<string, string>>;
  /** The producer's own name for the kind of message. */
  readonly type: string | undefined;
  readonly correlationId: string | undefined;
  readonly replyTo: string | undefined;
  readonly priority: number | undefined;
  readonly isPersistent: boolean;
  /** In milliseconds, as the broker tells it; `undefined` for a message that does not expire. */
  readonly expiration: number | undefined;
  /** When the producer sent it. */
  readonly sentAt: Date | undefined;
  /** When the broker got it. */
  readonly brokerInAt: Date | undefined;
  /** When the broker gave it to Lambda. */
  readonly brokerOutAt: Date | undefined;
  /** The message as Lambda sent it. */
  readonly raw: ActivemqRecord;
}

export interface ActivemqKind<Body> extends Kind {
  readonly event: ActivemqEvent;
  readonly reply: void;
  readonly item: ActivemqMessage<Body>;
  readonly context: unknown;
  readonly output: Ignored;
}

export interface ActivemqOptions<Body> extends BatchOptions<ActivemqRecord> {
  /** What the body must be: a codec, or a schema for JSON. @default its bytes */
  readonly body?: Payload<Body> | undefined;
}

/**
 * The source for ActiveMQ brokers of Amazon MQ. The messages of a queue run one at a time, in order. There is no partial
 * reply: when one fails, those behind it are not run, the invocation rejects, and the whole batch comes again.
 *
 * AWS: "Using Lambda with Amazon MQ".
 *
 * @throws {RangeError} At load, when an option is out of its range.
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @example
 * export const handler = wrap(activemq({ body: Order }), async ({ body, redelivered }) => reserve(body, { redelivered }));
 */
export function activemq<Body = Uint8Array>(options: ActivemqOptions<Body> = {}): BatchSource<ActivemqKind<Body>> {
  const decoder: Decoder<Body> = {
    part: "body",
    decode: options.body === undefined ? undefined : toDecode(options.body, "activemq({ body })"),
  };
  return batchSource<ActivemqKind<Body>, ActivemqRecord, ActivemqItem<Body>>({
    name: "activemq",
    expects: `an ActiveMQ event (eventSource is "aws:mq")`,
    accepts: (event) => isObject(event) && event["eventSource"] === "aws:mq" && Array.isArray(event["messages"]),
    options,
    concurrency: 1,
    records: ({ messages }) => messages,
    item: (raw, _lambda, event) => new ActivemqItem(raw, decoder, event),
    delivery: (raw, index) => ({ id: textOf(raw.messageID), index, source: "activemq", attempt: undefined }),
    recordedAt: (raw) => numberOf(raw.timestamp),
    decode: (message) => message["~decode"](),
    order: () => byKey(queueOf),
    close: allOrNothing(),
  });
}

function queueOf({ destination }: ActivemqRecord): string {
  return textOf(destination?.physicalName);
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "" && value !== "null";

function toDate(ms: number | null | undefined): Date | undefined {
  return typeof ms === "number" ? new Date(ms) : undefined;
}

// What costs is done on first use. What the broker leaves out comes as null, as an empty text, or not at all.
class ActivemqItem<Body> extends PayloadItem<ActivemqRecord, Body> implements ActivemqMessage<Body> {
  readonly #event: ActivemqEvent;

  constructor(raw: ActivemqRecord, decoder: Decoder<Body>, event: ActivemqEvent) {
    super(raw, decoder);
    this.#event = event;
  }

  get id(): string {
    return textOf(this.raw.messageID);
  }

  get body(): Body {
    return this.payload();
  }

  get messageType(): string {
    return textOf(this.raw.messageType).replace(/^jms\/(.*)-message$/, "$1");
  }

  get queue(): string {
    return queueOf(this.raw);
  }

  get brokerArn(): string {
    return textOf(this.#event.eventSourceArn);
  }

  get redelivered(): boolean {
    return this.raw.redelivered === true;
  }

  get properties(): Readonly<Record<string, string>> {
    return textsOf(this.raw.properties);
  }

  get type(): string | undefined {
    return isText(this.raw.type) ? this.raw.type : undefined;
  }

  get correlationId(): string | undefined {
    const id = this.raw.correlationId ?? this.raw.correlationID;
    return isText(id) ? id : undefined;
  }

  get replyTo(): string | undefined {
    return isText(this.raw.replyTo) ? this.raw.replyTo : undefined;
  }

  get priority(): number | undefined {
    return maybeNumber(this.raw.priority);
  }

  get isPersistent(): boolean {
    return this.raw.deliveryMode === 2;
  }

  get expiration(): number | undefined {
    return numberOf(this.raw.expiration) || undefined;
  }

  get sentAt(): Date | undefined {
    return toDate(this.raw.timestamp);
  }

  get brokerInAt(): Date | undefined {
    return toDate(this.raw.brokerInTime);
  }

  get brokerOutAt(): Date | undefined {
    return toDate(this.raw.brokerOutTime);
  }

  protected encoded(): Uint8Array {
    return base64Payload(this.raw.data, "body");
  }
}
