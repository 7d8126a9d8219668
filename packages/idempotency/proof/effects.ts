import type { SimulationRun } from "@lamella/testing/simulators";
import type { IdempotencyStore } from "../src/store.ts";

/** When a simulation begins, as its virtual clock has it. */
const START_MS = Date.parse("2026-01-31T12:00:00Z");

interface Entry {
  readonly what: "effect" | "stored";
  /** In milliseconds after the start of the simulation. */
  readonly atMs: number;
  /** The number of the execution environment. */
  readonly environment: number;
}

/** The database: what was done for each order, and when a store had it that it was done. */
export class Effects {
  readonly #entries = new Map<string, Entry[]>();

  /** Charges an order. */
  charge(order: string, logStreamName: string): void {
    this.#note(order, "effect", logStreamName);
  }

  #note(order: string, what: Entry["what"], logStreamName: string): void {
    const entries = this.#entries.get(order) ?? [];
    this.#entries.set(order, entries);
    entries.push({ what, atMs: Date.now() - START_MS, environment: Number(logStreamName.slice(-32)) });
  }

  /** The store of one process, as the database sees it: it notes when a record is completed. */
  watch(store: IdempotencyStore, logStreamName: string): IdempotencyStore {
    return {
      ...store,
      complete: async (completion) => {
        const isHeld = await store.complete(completion);
        if (isHeld) this.#note(completion.id.slice(completion.id.lastIndexOf("#") + 1), "stored", logStreamName);
        return isHeld;
      },
    };
  }

  get(order: string): readonly Entry[] {
    return this.#entries.get(order) ?? [];
  }

  count(order: string): number {
    return this.get(order).filter(({ what }) => what === "effect").length;
  }
}

/**
 * What must hold of each order: it was charged; not again once that was stored; and where it was charged without that
 * being stored, its process ended, or was frozen, within `holeMs` of it. Where that hole takes no time: exactly once.
 *
 * @returns How often a process ended in the hole.
 */
export function mustBeDoneOnce(run: SimulationRun, effects: Effects, orders: ReadonlySet<string>, holeMs: number): number {
  if (run.ending !== "drained" || run.left.length > 0)
    throw new Error(`it did not end: ${run.ending}, ${run.left.length} left\n${run.timeline.toString().slice(-2_000)}`);
  for (const { message, why } of run.lost) throw new Error(`${message.id} ${why}\n${run.timeline.of(message.id)}`);
  let holes = 0;
  for (const order of orders) {
    const entries = effects.get(order);
    const tell = (what: string) => new Error(`${order} ${what}: ${JSON.stringify(entries)}`);
    if (effects.count(order) === 0) throw tell("was never charged");
    let isStored = false;
    for (const [index, entry] of entries.entries()) {
      if (entry.what === "stored") isStored = true;
      else if (isStored) throw tell("was charged again after that was stored");
      else if (entries[index + 1]?.what === "effect" || index === entries.length - 1) {
        const ended = run.invocations.find(
          ({ environment, startedAtMs, endedAtMs = Infinity }) =>
            environment === entry.environment && startedAtMs <= entry.atMs && entry.atMs <= endedAtMs,
        );
        const hasEnded = ended?.endedAtMs !== undefined && ended.endedAtMs <= entry.atMs + holeMs;
        if (holeMs === 0 || !hasEnded) throw tell("was charged, which was not stored, though its process lived on");
        if (index === entries.length - 1) throw tell("was charged, which was never stored");
        holes++;
      }
    }
  }
  return holes;
}
