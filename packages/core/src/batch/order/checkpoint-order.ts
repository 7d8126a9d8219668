import { isRecord } from "../records.ts";
import { KeyOrder } from "./key-order.ts";
import type { Order } from "./order.ts";

/** What the records of a stream are told by. */
export interface Checkpoints<in Raw> {
  /** The shard or partition: the lowest record in it that failed is where it starts again. @default one for all records */
  readonly shard?: ((raw: Raw) => string) | undefined;
  /** The key within which records keep their order when several run at the same time. @default the shard */
  readonly key?: ((raw: Raw) => string) | undefined;
  /** What names the record in the reply. Records that share a name, in a row, come again together. */
  readonly identify: (raw: Raw) => unknown;
}

/** Hands out the records of a stream so that nothing runs that would only be run again. */
export class CheckpointOrder implements Order {
  readonly #records: readonly unknown[];
  readonly #checkpoints: Checkpoints<never>;
  /** Where several keys run at the same time. */
  readonly #keys: KeyOrder | undefined;
  /** Behind which record of its shard nothing runs any more. */
  readonly #ends = new Map<string, number>();
  #next = 0;

  constructor(records: readonly unknown[], checkpoints: Checkpoints<never>, concurrency: number) {
    const { shard = () => "", key = shard } = checkpoints;
    this.#records = records;
    this.#checkpoints = checkpoints;
    this.#keys = concurrency > 1 ? new KeyOrder(records, key) : undefined;
  }

  pick(): number | undefined {
    if (this.#keys !== undefined) return this.#keys.pick();
    return this.#next < this.#records.length ? this.#next++ : undefined;
  }

  free(index: number): void {
    this.#keys?.free(index);
  }

  block(index: number): readonly number[] {
    const shard = shardOf(this.#checkpoints, this.#records[index]);
    const start = firstOfName(this.#checkpoints, this.#records, index);
    const end = this.#ends.get(shard) ?? this.#records.length;
    this.#ends.set(shard, Math.min(start, end));
    // What lies behind an earlier end was given before.
    const behind: number[] = [];
    for (let other = start; other < end; other++)
      if (other !== index && shardOf(this.#checkpoints, this.#records[other]) === shard) behind.push(other);
    // Its key goes on, because records before this one may wait in it; those behind are passed over.
    this.free(index);
    return behind;
  }
}

export function shardOf({ shard }: Checkpoints<never>, raw: unknown): string {
  return shard !== undefined && isRecord(raw) ? shard(raw) : "";
}

/** The first of the records in a row that share the name of this one. */
export function firstOfName({ identify }: Checkpoints<never>, records: readonly unknown[], index: number): number {
  const nameAt = (at: number): unknown => {
    const raw = records[at];
    return isRecord(raw) ? identify(raw) : undefined;
  };
  const name = nameAt(index);
  let first = index;
  if (name !== undefined) while (nameAt(first - 1) === name) first--;
  return first;
}
