import { isObject } from "../internal/is-object.ts";
import { toBytes } from "../internal/to-bytes.ts";

/** One header of a Kafka record. */
export interface KafkaHeader {
  readonly name: string;
  /** The value as UTF-8. */
  readonly value: string;
  /** The value as the producer wrote it. */
  readonly bytes: Uint8Array;
}

/** The headers as Lambda sends them: a list of objects, whose values are arrays of bytes. */
export function toKafkaHeaders(raw: unknown): readonly KafkaHeader[] {
  if (!Array.isArray(raw)) return [];
  return raw.flatMap((entry: unknown) => (isObject(entry) ? Object.entries(entry).map(([name, value]) => toHeader(name, value)) : []));
}

/** By name; of several with one name the last, as Kafka's own clients read them. */
export function byName(headers: readonly KafkaHeader[]): Readonly<Record<string, string | undefined>> {
  // No prototype: `__proto__` is a valid name.
  const values: Record<string, string | undefined> = Object.create(null);
  for (const { name, value } of headers) values[name] = value;
  return values;
}

function toHeader(name: string, value: unknown): KafkaHeader {
  const bytes = toBytes(value);
  return { name, value: Buffer.from(bytes.buffer).toString(), bytes };
}
