import type { Lambda } from "@lamella/core";
import { mustBe } from "@lamella/core/extend";
import type { MSKEvent, MSKHandler, MSKRecord, SelfManagedKafkaEvent, SelfManagedKafkaHandler } from "aws-lambda";
import { toFilter } from "./kernel/filter.ts";
import { checkNumber } from "./kernel/options.ts";
import { simulate } from "./kernel/simulation.ts";
import type { SimulationRun } from "./kernel/simulation-run.ts";
import { Subject } from "./kernel/subject.ts";
import { EPOCH_MS } from "./kernel/world.ts";
import type { StreamEntry, StreamFormat } from "./streams/stream-format.ts";
import { StreamMapping } from "./streams/stream-mapping.ts";
import { checkStream, DAY_MS, type StreamSimulationOptions } from "./streams/stream-options.ts";

/** A record that is produced in a simulation. Its offset is its place in the partition. */
export interface SimulatedKafkaInput {
  /** Text and bytes as they are; anything else as JSON; `null` for a tombstone. */
  readonly value: unknown;
  /** Text and bytes as they are; anything else as JSON. @default no key */
  readonly key?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** @default 0 */
  readonly partition?: number | undefined;
  /** @default "topic" */
  readonly topic?: string | undefined;
  /** When it is produced, in milliseconds after the start. @default 0 */
  readonly afterMs?: number | undefined;
}

export interface SimulateKafkaOptions extends StreamSimulationOptions {
  readonly records: readonly SimulatedKafkaInput[];
  /** How many consumers share the partitions; a batch may have records of all partitions of one. @default one for each partition */
  readonly consumers?: number | undefined;
  /** Whether the cluster is self-managed and not Amazon MSK. @default false */
  readonly isSelfManaged?: boolean | undefined;
}

/** A function behind a Kafka topic: made by `wrap`, or a plain one of two parameters at most. */
export type KafkaFunction =
  | Lambda<MSKEvent, unknown>
  | Lambda<SelfManagedKafkaEvent, unknown>
  | Lambda<MSKEvent | SelfManagedKafkaEvent, unknown>
  | MSKHandler
  | SelfManagedKafkaHandler;

/** Seven days. */
const RETENTION_MS = 7 * DAY_MS;
const BROKERS = "b-1.cluster.example.com:9092,b-2.cluster.example.com:9092";

/**
 * Delivers records to a function as Kafka and its event source mapping in provisioned mode do, in virtual time. The order
 * is kept within each partition.
 *
 * AWS: "Using Lambda with Amazon MSK", "Configuring error handling controls for Kafka event sources".
 *
 * @throws {RangeError} When a number is out of the range that AWS gives it.
 * @throws {TypeError} When an option is of the wrong kind.
 * @throws {SimulationError} When another simulation runs in this process, or when timers are faked already.
 * @example
 * const run = await simulateKafka(handler, { records: [{ key: "user-1", value: click, partition: 2 }], consumers: 1 });
 * expect(run.lost).toEqual([]);
 */
export function simulateKafka(handler: KafkaFunction, options: SimulateKafkaOptions): Promise<SimulationRun> {
  checkStream("simulateKafka", handler, options, options?.records);
  checkNumber("simulateKafka", options, "consumers", 1, 2_000);
  const { isSelfManaged } = options;
  mustBe(
    isSelfManaged === undefined || typeof isSelfManaged === "boolean",
    "simulateKafka({ isSelfManaged })",
    "true or false",
    isSelfManaged,
  );
  for (const [index, record] of options.records.entries())
    checkNumber(`simulateKafka({ records }), number ${index + 1}`, record, "partition", 0, Infinity);
  const format = toFormat(options);
  return simulate(
    "simulateKafka",
    handler,
    options,
    (stage) => new StreamMapping(stage, format, options, options.retentionMs ?? RETENTION_MS),
  );
}

function toFormat(options: SimulateKafkaOptions): StreamFormat {
  const entries = toEntries(options);
  const passes = toFilter<MSKRecord>("simulateKafka", options.filters, {
    key: "value",
    read: ({ value }) => (typeof value === "string" ? Buffer.from(value, "base64").toString() : undefined),
  });
  const marks = options.isSelfManaged
    ? { eventSource: "SelfManagedKafka", bootstrapServers: BROKERS }
    : { eventSource: "aws:kafka", eventSourceArn: "arn:aws:kafka:eu-west-1:123456789012:cluster/cluster/1", bootstrapServers: BROKERS };
  return {
    entries,
    passes: (record) => passes(record as MSKRecord),
    read: (identifier, batch) => {
      if (typeof identifier !== "object" || identifier === null) return undefined;
      const { partition, offset } = identifier as { readonly partition?: unknown; readonly offset?: unknown };
      const isThere = batch.some((entry) => entry.partition === partition && Number(entry.sequence) === offset);
      return isThere ? { partition: partition as string, sequence: BigInt(offset as number) } : undefined;
    },
    // An event has its records by partition.
    arrange: (batch) => [...Map.groupBy(batch, ({ partition }) => partition).values()].flat(),
    toEvent: (batch) => {
      const byPartition = Map.groupBy(batch, ({ partition }) => partition);
      const copies = new Map(batch.map((entry) => [entry, { ...(entry.record as MSKRecord) }]));
      const records = Object.fromEntries([...byPartition].map(([partition, list]) => [partition, list.map((entry) => copies.get(entry))]));
      return { event: { ...marks, records }, records: batch.map((entry) => copies.get(entry)) };
    },
  };
}

function toEntries({ records, consumers }: SimulateKafkaOptions): StreamEntry[] {
  const order = [...records.keys()].toSorted((a, b) => (records[a]?.afterMs ?? 0) - (records[b]?.afterMs ?? 0));
  const offsets = new Map<string, number>();
  const numbers = new Map<string, number>();
  const entries: StreamEntry[] = [];
  for (const index of order) {
    const { value, key, headers = {}, partition = 0, topic = "topic", afterMs = 0 } = records[index] as SimulatedKafkaInput;
    const name = `${topic}-${partition}`;
    const offset = offsets.get(name) ?? 0;
    offsets.set(name, offset + 1);
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    const record = {
      topic,
      partition,
      offset,
      timestamp: EPOCH_MS + afterMs,
      timestampType: "CREATE_TIME",
      ...(key !== undefined && { key: toBase64(key) }),
      ...(value !== null && value !== undefined && { value: toBase64(value) }),
      headers: Object.entries(headers).map(([header, text]) => ({ [header]: [...Buffer.from(text)] })),
    };
    entries[index] = {
      subjects: [new Subject(`${name}-${offset}`, name, offset)],
      record,
      partition: name,
      sequence: BigInt(offset),
      bytes: Buffer.byteLength(JSON.stringify(record)) + 1,
      afterMs,
      lane: String((numbers.get(name) as number) % (consumers ?? Infinity)),
    };
  }
  return entries;
}

function toBase64(value: unknown): string {
  const isPlain = typeof value === "string" || value instanceof Uint8Array;
  return Buffer.from(isPlain ? (value as string) : JSON.stringify(value)).toString("base64");
}
