import { isRecord } from "../records.ts";
import type { Order, Ordering } from "./order.ts";

/** Records of one key run one at a time, in the order of the batch; one that comes again holds back the rest of its key. */
export function byKey(keyOf: (raw: never) => string): Ordering {
  return { within: keyOf, start: (records) => new KeyOrder(records, keyOf) };
}

/** Hands out the records of a batch so that those of one key run one at a time. */
export class KeyOrder implements Order {
  readonly #keys: readonly string[];
  // The records of a running key that came up while it ran; a key that is not here does not run.
  readonly #waiting = new Map<string, number[]>();
  readonly #ready: number[] = [];
  #next = 0;

  constructor(records: readonly unknown[], keyOf: (raw: never) => string) {
    this.#keys = records.map((raw) => (isRecord(raw) ? keyOf(raw) : ""));
  }

  pick(): number | undefined {
    const ready = this.#ready.shift();
    if (ready !== undefined) return ready;
    for (; this.#next < this.#keys.length; this.#next++) {
      const waiting = this.#waiting.get(this.#keyAt(this.#next));
      if (waiting === undefined) {
        this.#waiting.set(this.#keyAt(this.#next), []);
        return this.#next++;
      }
      waiting.push(this.#next);
    }
    return undefined;
  }

  free(index: number): void {
    const key = this.#keyAt(index);
    const following = this.#waiting.get(key)?.shift();
    if (following === undefined) this.#waiting.delete(key);
    else this.#ready.push(following);
  }

  /** Its key stays busy for good. */
  block(index: number): readonly number[] {
    const key = this.#keyAt(index);
    const later: number[] = [];
    for (let other = index + 1; other < this.#keys.length; other++) if (this.#keyAt(other) === key) later.push(other);
    this.#waiting.set(key, []);
    return later;
  }

  #keyAt(index: number): string {
    return this.#keys[index] as string;
  }
}
