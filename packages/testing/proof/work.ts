import { setTimeout as sleep } from "node:timers/promises";
import { final, retryLater } from "@lamella/core";
import { Random } from "../src/simulators/kernel/random.ts";

/** How the handling of one message goes. */
export interface Planned {
  readonly n: number;
  readonly key: string;
  readonly afterMs: number;
  readonly ends: (typeof ENDS)[number];
  /** How long it takes. */
  readonly ms: number;
  /** How often it goes wrong before it goes well. */
  readonly times: number;
}

// What is there more than once is more likely.
const ENDS = [
  ...(["done", "done", "done", "done at once", "done at once", "done later", "done later", "done later"] as const),
  ...([
    "throws",
    "throws",
    "throws at once",
    "throws undefined",
    "asks for later",
    "asks for much later",
    "stuck at first",
    "heeds the signal",
  ] as const),
  ...(["poison", "final", "hangs at first", "invalid"] as const),
] as const;

/** What becomes of `count` messages, always the same for one seed. */
export function plan(seed: number, count: number, keys: number, spreadMs: number): Planned[] {
  const random = new Random(seed);
  // Most runs are of messages that mostly go well; in some almost everything goes wrong.
  const calm = random.next();
  return Array.from({ length: count }, (_, n) => ({
    n,
    key: `k${random.below(keys)}`,
    afterMs: random.chance(0.5) ? 0 : random.below(spreadMs + 1),
    ends: ENDS[random.chance(calm) ? random.below(8) : random.below(ENDS.length)] as Planned["ends"],
    ms: random.below(random.chance(0.2) ? 2_000 : 50),
    times: 1 + random.below(3),
  }));
}

/** A message that came before the time that it had asked for. */
export interface Early {
  readonly n: number;
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
}

/** Does the planned work, and keeps its own account of it, by which the simulator's is checked. */
export class Work {
  /** What was completed, in its order, repetitions included. */
  readonly completed: number[] = [];
  /** What came too early, by what `retryLater` was given. */
  readonly early: Early[] = [];
  readonly #asked: ({ readonly at: number; readonly dueAt: number } | undefined)[] = [];
  readonly #plan: readonly Planned[];
  readonly #calls: number[] = [];
  readonly #timeoutMs: number;

  constructor(planned: readonly Planned[], timeoutMs: number) {
    this.#plan = planned;
    this.#timeoutMs = timeoutMs;
  }

  handle(n: number, signal: () => AbortSignal): void | Promise<void> {
    const { ends, ms, times } = this.#plan[n] as Planned;
    const call = (this.#calls[n] ?? 0) + 1;
    this.#calls[n] = call;
    const asked = this.#asked[n];
    this.#asked[n] = undefined;
    if (asked !== undefined && Date.now() < asked.dueAt) this.early.push({ n, askedAt: asked.at });
    const isBad = call <= times;
    switch (ends) {
      case "done at once":
        return this.#complete(n);
      case "throws at once":
        if (isBad) throw new Error("at once");
        return this.#complete(n);
      case "done":
        return Promise.resolve().then(() => this.#complete(n));
      default:
        return this.#later(n, ends, ms, isBad, signal);
    }
  }

  async #later(n: number, ends: Planned["ends"], ms: number, isBad: boolean, signal: () => AbortSignal): Promise<void> {
    if (ends === "hangs at first" && isBad) return new Promise<never>(() => {});
    // Past the timeout: it goes on in a later invocation, where there is one.
    if (ends === "stuck at first" && isBad) await sleep(this.#timeoutMs + ms);
    else if (ends === "heeds the signal" && isBad) await sleep(this.#timeoutMs, undefined, { signal: signal() });
    else await sleep(ms);
    if (ends === "poison") throw new Error("poison");
    if (ends === "final") throw final("no use");
    if (isBad && ends === "throws") throw new Error("not yet");
    if (isBad && ends === "throws undefined") throw undefined;
    if (isBad && ends === "asks for later") throw this.#ask(n, ms);
    if (isBad && ends === "asks for much later") throw this.#ask(n, ms * 100);
    this.#complete(n);
  }

  #ask(n: number, afterMs: number): Error {
    this.#asked[n] = { at: Date.now(), dueAt: Date.now() + afterMs };
    return retryLater({ afterMs });
  }

  #complete(n: number): void {
    this.completed.push(n);
  }
}
