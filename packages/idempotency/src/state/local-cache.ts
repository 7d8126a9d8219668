import type { IdempotencyRecord } from "../store.ts";

/** Keeps completed records in the process, the latest used ones. Only stored data goes in, of which each replay is made anew. */
export class LocalCache {
  readonly #maxItems: number;
  // In order of use: a `Map` keeps the order of its insertions.
  readonly #records = new Map<string, IdempotencyRecord>();

  constructor(maxItems: number) {
    this.#maxItems = maxItems;
  }

  get(id: string): IdempotencyRecord | undefined {
    const record = this.#records.get(id);
    if (record === undefined) return undefined;
    this.#records.delete(id);
    if (record.expiresAt <= Date.now()) return undefined;
    this.#records.set(id, record);
    return record;
  }

  set(id: string, record: IdempotencyRecord): void {
    this.#records.delete(id);
    this.#records.set(id, record);
    if (this.#records.size > this.#maxItems) this.#records.delete(this.#records.keys().next().value as string);
  }
}
