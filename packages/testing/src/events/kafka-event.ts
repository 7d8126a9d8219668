import type { MSKEvent, MSKRecord, SelfManagedKafkaEvent } from "aws-lambda";
import { toBase64, toBytes } from "./to-base64.ts";

/** The value of a header: text, or bytes. */
export type KafkaHeaderInput = string | Uint8Array;

/** What a test says of one record; the rest is made up, and the same in every run. */
export interface KafkaRecordInput {
  /** Text and bytes as they are; `null` for a tombstone; anything else as JSON. */
  readonly value: unknown;
  /** As `value`. @default none */
  readonly key?: unknown;
  /** @default "topic" */
  readonly topic?: string | undefined;
  /** @default 0 */
  readonly partition?: number | undefined;
  /** @default counted in each partition, from 0 */
  readonly offset?: number | undefined;
  readonly timestamp?: Date | undefined;
  /** @default "CREATE_TIME" */
  readonly timestampType?: "CREATE_TIME" | "LOG_APPEND_TIME" | undefined;
  /** By name; a list for several headers of one name. */
  readonly headers?: Readonly<Record<string, KafkaHeaderInput | readonly KafkaHeaderInput[]>> | undefined;
}

export interface KafkaEventOptions {
  /** The ARN of the MSK cluster; `null` for the event of a self-managed cluster. */
  readonly clusterArn?: string | null | undefined;
}

const CLUSTER = "arn:aws:kafka:eu-west-1:123456789012:cluster/orders/0b6ab3ab-5a3c-4c5e-9f6d-6f2a7b0c1d2e-5";

/**
 * The event of a batch of Kafka records: what `kafka()` opens.
 *
 * AWS: "Using Lambda with Amazon MSK", "Using Lambda with self-managed Apache Kafka".
 *
 * @example
 * kafkaEvent([{ key: "1", value: { sku: "pen" } }, { key: "1", value: null, partition: 1 }]);
 */
export function kafkaEvent(
  records: readonly KafkaRecordInput[],
  { clusterArn = CLUSTER }: KafkaEventOptions = {},
): MSKEvent | SelfManagedKafkaEvent {
  const byPartition: Record<string, MSKRecord[]> = {};
  for (const input of records) {
    const { topic = "topic", partition = 0 } = input;
    const list = (byPartition[`${topic}-${partition}`] ??= []);
    list.push(toRecord(input, topic, partition, list.at(-1)?.offset ?? -1));
  }
  const rest = { bootstrapServers: "b-1.orders.example:9098,b-2.orders.example:9098", records: byPartition };
  return clusterArn === null
    ? { eventSource: "SelfManagedKafka", ...rest }
    : { eventSource: "aws:kafka", eventSourceArn: clusterArn, ...rest };
}

function toRecord(input: KafkaRecordInput, topic: string, partition: number, last: number): MSKRecord {
  const { key, value, offset = last + 1, timestamp = new Date("2026-01-31T12:00:00.000Z"), timestampType = "CREATE_TIME" } = input;
  return {
    topic,
    partition,
    offset,
    timestamp: timestamp.getTime(),
    timestampType,
    ...(key !== undefined && key !== null && { key: toBase64(key) }),
    ...(value !== undefined && value !== null && { value: toBase64(value) }),
    headers: Object.entries(input.headers ?? {}).flatMap(([name, values]) => toHeaders(name, values)),
  } as MSKRecord;
}

function toHeaders(name: string, values: KafkaHeaderInput | readonly KafkaHeaderInput[]): { [name: string]: number[] }[] {
  const list = typeof values === "string" || values instanceof Uint8Array ? [values] : values;
  // Signed, as the bytes of Java are.
  return list.map((value) => ({ [name]: [...new Int8Array(toBytes(value))] }));
}
