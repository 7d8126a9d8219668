import type { Environment } from "./environment.ts";

/** Something that is to happen at a moment of virtual time. */
export interface Entry {
  at: number;
  /** The order of entries of one moment. */
  seq: number;
  /** The environment whose code runs; `undefined` for what the services do by themselves. */
  readonly environment: Environment | undefined;
  readonly fire: () => void;
  cancelled: boolean;
}

/** What is to happen, the earliest first. */
export class Agenda {
  readonly #heap: Entry[] = [];
  #seq = 0;

  add(at: number, fire: () => void, environment?: Environment): Entry {
    const entry: Entry = { at, seq: 0, environment, fire, cancelled: false };
    this.put(entry);
    return entry;
  }

  /** Adds an entry behind those that stand at its moment already. */
  put(entry: Entry): void {
    const heap = this.#heap;
    entry.seq = this.#seq++;
    let index = heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Entry;
      if (!isBefore(entry, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  /** The earliest entry, which stays. */
  peek(): Entry | undefined {
    return this.#heap[0];
  }

  take(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child++;
      if (!isBefore(heap[child] as Entry, last)) break;
      heap[index] = heap[child] as Entry;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.seq < b.seq);
}
