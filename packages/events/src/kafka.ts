import { type BatchOptions, type BatchSource, type Ignored, type Kind, type Payload, PayloadError } from "@lamella/core";
import { batchSource, checkpointed, type Decoder, mustBe, PayloadItem, toDecode } from "@lamella/core/extend";
import type { MSKEvent, SelfManagedKafkaEvent } from "aws-lambda";
import { base64Payload } from "./internal/base64-payload.ts";
import { maybeText, numberOf, textOf } from "./internal/fields.ts";
import { isObject } from "./internal/is-object.ts";
import { byName, type KafkaHeader, toKafkaHeaders } from "./kafka/kafka-headers.ts";

// AWS's types, or users' declarations could not name them.
export type { MSKEvent, SelfManagedKafkaEvent } from "aws-lambda";
export type { KafkaHeader } from "./kafka/kafka-headers.ts";

/**
 * A record as Lambda sends it. AWS's own type promises a key and a value, which records may lack.
 *
 * AWS: "Using Lambda with Amazon MSK", "Using schema registries with Kafka event sources in Lambda".
 */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType: string;
  /** Base64. */
  readonly key?: string | null | undefined;
  /** Base64; missing in a tombstone. */
  readonly value?: string | null | undefined;
  readonly headers?: readonly { readonly [name: string]: readonly number[] }[] | null | undefined;
  readonly keySchemaMetadata?: KafkaSchemaMetadata | null | undefined;
  readonly valueSchemaMetadata?: KafkaSchemaMetadata | null | undefined;
}

/** What a schema registry says of a key or value, where the event source mapping has one. */
export interface KafkaSchemaMetadata {
  /** Such as `AVRO`, `PROTOBUF` or `JSON`. */
  readonly dataFormat?: string | undefined;
  readonly schemaId?: string | undefined;
}

/**
 * A record of a Kafka topic.
 *
 * AWS: "Using Lambda with Amazon MSK", "Using Lambda with self-managed Apache Kafka".
 */
export interface KafkaMessage<out Value, out Key> {
  /** Topic, partition and offset, such as `orders-0:15`: the same at every delivery. */
  readonly id: string;
  /** What the `value` option makes of the value, its bytes without that option; `undefined` in a tombstone. */
  readonly value: Value;
  /** What the `key` option makes of the key, its bytes without that option; `undefined` where the record has none. */
  readonly key: Key | undefined;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** When the record was made or appended, as `timestampType` says. */
  readonly timestamp: Date;
  readonly timestampType: "CREATE_TIME" | "LOG_APPEND_TIME";
  /** The headers as UTF-8, by name; of several with one name the last. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Every header in its order, with its bytes. */
  readonly headerList: readonly KafkaHeader[];
  /** What the schema registry says of the key. */
  readonly keySchema: KafkaSchemaMetadata | undefined;
  /** What the schema registry says of the value. */
  readonly valueSchema: KafkaSchemaMetadata | undefined;
  /** The ARN of the MSK cluster; `undefined` for a self-managed one. */
  readonly clusterArn: string | undefined;
  readonly bootstrapServers: readonly string[];
  /** The record as Lambda sent it. */
  readonly raw: KafkaRecord;
}

/**
 * What becomes of a tombstone, a record without a value. `pass`: the handler gets it, with `value: undefined`. `ignore`:
 * it counts as done. `fail`: it is a payload that does not fit.
 */
export type Tombstones = "pass" | "ignore" | "fail";

/** The value that a handler gets: where tombstones pass, it may be missing. */
export type KafkaValue<Value, T extends Tombstones> = T extends "pass" ? Value | undefined : Value;

/**
 * The reply: where each partition starts again.
 *
 * AWS: "Configuring error handling controls for Kafka event sources".
 */
export interface KafkaBatchResponse {
  batchItemFailures: KafkaBatchItemFailure[];
}

export interface KafkaBatchItemFailure {
  itemIdentifier: { partition: string; offset: number };
}

export interface KafkaKind<Value, Key> extends Kind {
  readonly event: MSKEvent | SelfManagedKafkaEvent;
  readonly reply: KafkaBatchResponse;
  readonly item: KafkaMessage<Value, Key>;
  readonly context: unknown;
  readonly output: Ignored;
}

export interface KafkaOptions<Value, Key, T extends Tombstones = Tombstones> extends BatchOptions<KafkaRecord> {
  /** What the value must be: a codec, or a schema for JSON. @default its bytes */
  readonly value?: Payload<Value> | undefined;
  /** What the key must be: a codec, or a schema for JSON. @default its bytes */
  readonly key?: Payload<Key> | undefined;
  /**
   * What becomes of records without a value. In a compacted topic they delete what has their key, so that they pass unless
   * it is said here that they do not matter (`ignore`) or must not be (`fail`).
   * @default "pass"
   */
  readonly tombstones?: T | undefined;
}

/**
 * The source for Kafka topics, of Amazon MSK and of clusters of one's own. It replies with the records that come again, so
 * the event source mapping needs provisioned mode and `ReportBatchItemFailures`; without them it takes every reply for
 * success.
 *
 * The records of a partition run one at a time, in order; nothing behind a record that comes again is started.
 * `concurrency` says how many partitions run at the same time.
 *
 * AWS: "Configuring error handling controls for Kafka event sources".
 *
 * @throws {RangeError} At load, when an option is out of its range.
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @example
 * export const handler = wrap(kafka({ key: text(), value: Order, concurrency: 4 }), async ({ key, value }) => {
 *   if (value === undefined) await forget(key);
 *   else await store(key, value);
 * });
 */
export function kafka<Value = Uint8Array, Key = Uint8Array, T extends Tombstones = "pass">(
  options: KafkaOptions<Value, Key, T> = {},
): BatchSource<KafkaKind<KafkaValue<Value, T>, Key>> {
  const { tombstones = "pass" } = options;
  const isKnown = tombstones === "pass" || tombstones === "ignore" || tombstones === "fail";
  mustBe(isKnown, "kafka({ tombstones })", '"pass", "ignore" or "fail"', tombstones);
  const decoders: Decoders<KafkaValue<Value, T>, Key> = {
    // Where tombstones pass, the type of the value is the only one that knows.
    value: decoderOf("value", options.value as Payload<KafkaValue<Value, T>> | undefined),
    key: decoderOf("key", options.key),
    needsValue: tombstones === "fail",
  };
  type Item = KafkaItem<KafkaValue<Value, T>, Key>;
  return batchSource<KafkaKind<KafkaValue<Value, T>, Key>, KafkaRecord, Item>({
    name: "kafka",
    expects: `a Kafka event (eventSource is "aws:kafka" or "SelfManagedKafka")`,
    accepts: isKafkaEvent,
    options,
    concurrency: 1,
    records: ({ records }) => {
      const all = Object.values<unknown>(records).flat();
      return tombstones === "ignore" ? all.filter((record) => !isTombstone(record)) : all;
    },
    item: (raw, _lambda, event) => new KafkaItem(raw, decoders, event),
    delivery: (raw, index) => ({ id: idOf(raw), index, source: "kafka", attempt: undefined }),
    recordedAt: (raw) => numberOf(raw.timestamp),
    decode: (message) => message["~decode"](),
    ...checkpointed({
      shard: partitionOf,
      identify: (raw: KafkaRecord) => (isNamed(raw) ? { partition: partitionOf(raw), offset: raw.offset } : undefined),
      // AWS writes that the named records come again, and not that those behind them do.
      names: "all",
      reply: (identifiers): KafkaBatchResponse => ({
        batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier }) as KafkaBatchItemFailure),
      }),
    }),
  });
}

function isKafkaEvent(event: unknown): boolean {
  if (!isObject(event)) return false;
  const { eventSource, records } = event;
  return (eventSource === "aws:kafka" || eventSource === "SelfManagedKafka") && isObject(records);
}

function isTombstone(record: unknown): boolean {
  return isObject(record) && (record["value"] === undefined || record["value"] === null);
}

function isNamed({ topic, partition, offset }: KafkaRecord): boolean {
  return typeof topic === "string" && Number.isSafeInteger(partition) && Number.isSafeInteger(offset);
}

function partitionOf({ topic, partition }: KafkaRecord): string {
  return `${textOf(topic)}-${numberOf(partition)}`;
}

function idOf(raw: KafkaRecord): string {
  return isNamed(raw) ? `${partitionOf(raw)}:${raw.offset}` : "";
}

type Bytes = Uint8Array | undefined;

interface Decoders<Value, Key> {
  readonly value: Decoder<Value, Bytes>;
  readonly key: Decoder<Key | undefined, Bytes>;
  readonly needsValue: boolean;
}

/** Decodes what is there: a missing key or value is no payload that could be wrong. */
function decoderOf<Value>(part: "key" | "value", payload: Payload<Value> | undefined): Decoder<Value, Bytes> {
  if (payload === undefined) return { part, decode: undefined };
  const decode = toDecode(payload, `kafka({ ${part} })`);
  return { part, decode: (bytes, name) => (bytes === undefined ? (undefined as Value) : decode(bytes, name)) };
}

/** A part of a record that is decoded by itself. */
class KeyPart<Key> extends PayloadItem<KafkaRecord, Key, Bytes> {
  get key(): Key {
    return this.payload();
  }

  protected encoded(): Bytes {
    const { key } = this.raw;
    return key === undefined || key === null ? undefined : base64Payload(key, "key");
  }
}

// What costs is done on first use. The types of AWS promise members that a malformed record lacks.
class KafkaItem<Value, Key> extends PayloadItem<KafkaRecord, Value, Bytes> implements KafkaMessage<Value, Key> {
  readonly #event: MSKEvent | SelfManagedKafkaEvent;
  readonly #decoders: Decoders<Value, Key>;
  #key: KeyPart<Key | undefined> | undefined;
  #headerList: readonly KafkaHeader[] | undefined;

  constructor(raw: KafkaRecord, decoders: Decoders<Value, Key>, event: MSKEvent | SelfManagedKafkaEvent) {
    super(raw, decoders.value);
    this.#decoders = decoders;
    this.#event = event;
  }

  get id(): string {
    return idOf(this.raw);
  }

  get value(): Value {
    return this.payload();
  }

  get key(): Key | undefined {
    return this.#keyPart.key;
  }

  get topic(): string {
    return textOf(this.raw.topic);
  }

  get partition(): number {
    return numberOf(this.raw.partition);
  }

  get offset(): number {
    return numberOf(this.raw.offset);
  }

  get timestamp(): Date {
    return new Date(numberOf(this.raw.timestamp));
  }

  get timestampType(): "CREATE_TIME" | "LOG_APPEND_TIME" {
    return this.raw.timestampType === "LOG_APPEND_TIME" ? "LOG_APPEND_TIME" : "CREATE_TIME";
  }

  get headers(): Readonly<Record<string, string | undefined>> {
    return byName(this.headerList);
  }

  get headerList(): readonly KafkaHeader[] {
    return (this.#headerList ??= toKafkaHeaders(this.raw.headers));
  }

  get keySchema(): KafkaSchemaMetadata | undefined {
    return this.raw.keySchemaMetadata ?? undefined;
  }

  get valueSchema(): KafkaSchemaMetadata | undefined {
    return this.raw.valueSchemaMetadata ?? undefined;
  }

  get clusterArn(): string | undefined {
    return "eventSourceArn" in this.#event ? maybeText(this.#event.eventSourceArn) : undefined;
  }

  get bootstrapServers(): readonly string[] {
    const { bootstrapServers } = this.#event;
    return typeof bootstrapServers === "string" && bootstrapServers !== "" ? bootstrapServers.split(",") : [];
  }

  override "~decode"(): this | Promise<this> {
    // Without a schema the key is read late, and often not at all.
    if (this.#decoders.key.decode === undefined) return super["~decode"]();
    const key = this.#keyPart["~decode"]();
    if (!(key instanceof Promise)) return super["~decode"]();
    const both = key.then(() => super["~decode"]());
    // A layer that reads too early does not wait for it.
    both.catch(() => {});
    return both;
  }

  protected encoded(): Bytes {
    const { value } = this.raw;
    if (value !== undefined && value !== null) return base64Payload(value, "value");
    if (this.#decoders.needsValue) throw new PayloadError({ part: "value", problem: "is missing: the record is a tombstone" });
    return undefined;
  }

  get #keyPart(): KeyPart<Key | undefined> {
    return (this.#key ??= new KeyPart(this.raw, this.#decoders.key));
  }
}
