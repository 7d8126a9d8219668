import { isRecord } from "./records.ts";

/** Hands out the records of a batch so that those of one key run one at a time, in the order of the batch. */
export class KeyOrder {
  readonly #keys: readonly string[];
  // The records of a running key that came up while it ran; a key that is not here does not run.
  readonly #waiting = new Map<string, number[]>();
  readonly #ready: number[] = [];
  #next = 0;

  constructor(records: readonly unknown[], keyOf: (raw: never) => string) {
    this.#keys = records.map((raw) => (isRecord(raw) ? keyOf(raw) : ""));
  }

  /** The next record that may run now. */
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

  /** The record is done, so the next of its key may run. */
  free(index: number): void {
    const key = this.#keyAt(index);
    const following = this.#waiting.get(key)?.shift();
    if (following === undefined) this.#waiting.delete(key);
    else this.#ready.push(following);
  }

  /** The record failed: its key stays busy for good. Gives the records that will not run because of it. */
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
