import { Subject } from "../kernel/subject.ts";
import type { StreamEntry, StreamFormat } from "./stream-format.ts";
import type { ShardSimulationOptions } from "./stream-options.ts";

/** What a test says of a record, as far as shards are concerned. */
export interface ShardInput {
  readonly afterMs: number;
  /** What its order is kept within. */
  readonly key: string;
  readonly sequenceNumber: string;
  readonly record: unknown;
  /** The keys of the records in it, where it is an aggregate that the function takes apart. */
  readonly inner?: readonly string[] | undefined;
}

/** Spreads records over shards and, within one, over what runs side by side, each key always at the same place. */
export function toShards(inputs: readonly ShardInput[], { shards = 1, parallelizationFactor = 1 }: ShardSimulationOptions): StreamEntry[] {
  const order = [...inputs.keys()].toSorted((a, b) => (inputs[a] as ShardInput).afterMs - (inputs[b] as ShardInput).afterMs);
  const places = new Map<number, number>();
  let place = 0;
  for (const index of order) {
    places.set(index, place);
    place += inputs[index]?.inner?.length ?? 1;
  }
  return inputs.map(({ afterMs, key, sequenceNumber, record, inner }, index) => {
    const first = places.get(index) as number;
    const hash = hashOf(key);
    const shard = toShardId(hash % shards);
    return {
      subjects: inner?.map((one, part) => new Subject(`${sequenceNumber}:${part}`, one, first + part)) ?? [
        new Subject(sequenceNumber, key, first),
      ],
      record,
      partition: shard,
      sequence: BigInt(sequenceNumber),
      bytes: Buffer.byteLength(JSON.stringify(record)) + 1,
      afterMs,
      lane: `${shard}/${Math.floor(hash / shards) % parallelizationFactor}`,
    };
  });
}

/** The shard that a key belongs to. */
export function shardOf(key: string, { shards = 1 }: ShardSimulationOptions): string {
  return toShardId(hashOf(key) % shards);
}

/** Sequence numbers in the order in which the records arrive, beyond what a number can hold. */
export function toSequenceNumbers(
  records: readonly { readonly afterMs?: number | undefined; readonly sequenceNumber?: string | undefined }[],
): string[] {
  const order = [...records.keys()].toSorted((a, b) => (records[a]?.afterMs ?? 0) - (records[b]?.afterMs ?? 0));
  const numbers: string[] = [];
  for (const [place, index] of order.entries())
    numbers[index] = records[index]?.sequenceNumber ?? String(100_000_000_000_000_000_001n + BigInt(place));
  return numbers;
}

/** Reads a sequence number of a reply. */
export function readSequenceNumber(strict: boolean): StreamFormat["read"] {
  return (identifier, entries) => {
    const [first] = entries;
    if (first === undefined || typeof identifier !== "string" || !/^\d{1,130}$/.test(identifier)) return undefined;
    const sequence = BigInt(identifier);
    // AWS does not say what becomes of a number that is not in the batch.
    if (strict && !entries.some((entry) => entry.sequence === sequence)) return undefined;
    return { partition: first.partition, sequence };
  };
}

function toShardId(shard: number): string {
  return `shardId-${String(shard).padStart(12, "0")}`;
}

/** FNV-1a: which shard a key falls into means nothing, only that it is always the same. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193) >>> 0;
  return hash;
}
