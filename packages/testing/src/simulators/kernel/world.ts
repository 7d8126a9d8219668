import { AsyncLocalStorage } from "node:async_hooks";
import { Agenda, type Entry } from "./agenda.ts";
import type { Environment } from "./environment.ts";
import { Random } from "./random.ts";

// The real ones, also while they are replaced.
const { setImmediate: realSetImmediate, setTimeout: realSetTimeout } = globalThis;

/** When simulations begin: 2026-01-31T12:00:00Z. */
export const EPOCH_MS = 1_769_860_800_000;
/** Before Node.js 24 each promise costs extra once there is a storage, and a simulation takes three times as long. */
const IS_STORAGE_CHEAP = Number(process.versions.node.split(".", 1)[0]) >= 24;
/** How many steps environments may take within one millisecond before the clock moves on all the same. */
const STEPS_A_MS = 2_000;

/**
 * Virtual time, and the one loop that moves it from event to event.
 *
 * One environment's code runs at a time, until nothing of it is left but timers. So what code belongs to is known by
 * `current`, and a run is the same every time.
 */
export class World {
  readonly startedAt: number = EPOCH_MS;
  readonly random: Random;
  now: number = EPOCH_MS;
  /** Called with what a timer's callback threw, which ends the process of its environment. */
  onCrash: (environment: Environment, error: unknown) => void = () => {};
  readonly #agenda = new Agenda();
  readonly #waitForIoMs: number;
  // Tells code of an environment from all other code of this process, and whose goes on after real I/O.
  readonly #storage: AsyncLocalStorage<Environment> | undefined;
  #current: Environment | undefined;
  #stopped = false;
  #steps = 0;
  #stepsAt = 0;
  /** Counts what environments do, to see whether real I/O has come back. */
  #activity = 0;
  #running = 0;

  constructor(seed: number, waitForIoMs: number) {
    this.random = new Random(seed);
    this.#waitForIoMs = waitForIoMs;
    this.#storage = IS_STORAGE_CHEAP || waitForIoMs > 0 ? new AsyncLocalStorage() : undefined;
  }

  /** The environment whose code runs now. */
  get current(): Environment | undefined {
    if (this.#storage === undefined) return this.#current;
    const store = this.#storage.getStore();
    return store === undefined ? undefined : (this.#current ?? store);
  }

  /** What a service does at a moment. */
  at(at: number, fire: () => void): Entry {
    return this.#agenda.add(Math.max(at, this.now), fire);
  }

  /** Runs code of an environment, at this moment. */
  enter(environment: Environment, code: () => void): void {
    this.#agenda.add(this.now, code, environment);
  }

  /** A timer of the environment whose code runs. */
  setTimer(fire: () => void, delayMs: number): Entry {
    this.#activity++;
    // Code that polls with no delay would stop the clock for good.
    const delay = delayMs === 0 && this.#steps > STEPS_A_MS ? 1 : delayMs;
    return this.#agenda.add(this.now + delay, fire, this.current);
  }

  /** Lets an environment go on: what has become due meanwhile runs now, in its order. */
  thaw(environment: Environment): void {
    environment.isFrozen = false;
    const parked = environment.parked.splice(0).toSorted((a, b) => a.at - b.at || a.seq - b.seq);
    for (const entry of parked) {
      entry.at = this.now;
      this.#agenda.put(entry);
    }
  }

  began(): void {
    this.#running++;
  }

  ended(): void {
    this.#running--;
    this.#activity++;
  }

  /** Lets nothing more happen. */
  stop(): void {
    this.#stopped = true;
  }

  /** Runs until it is stopped, or until nothing is left that could happen. */
  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      const turn = () => {
        try {
          this.#current = undefined;
          for (;;) {
            const entry = this.#stopped ? undefined : this.#agenda.take();
            if (entry === undefined) return resolve();
            if (this.#mayDrop(entry)) continue;
            if (this.#mustWait(entry)) {
              this.#agenda.put(entry);
              return this.#awaitIo(turn);
            }
            this.now = Math.max(this.now, entry.at);
            if (entry.environment === undefined) {
              entry.fire();
              continue;
            }
            this.#step(entry.environment, entry.fire);
            // An immediate comes after all microtasks and ticks, so the environment has come to rest by then.
            return void realSetImmediate(turn);
          }
        } catch (error) {
          reject(error);
        }
      };
      turn();
    });
  }

  #mayDrop(entry: Entry): boolean {
    const { environment } = entry;
    if (entry.cancelled || environment?.isDead) return true;
    if (!environment?.isFrozen) return false;
    environment.parked.push(entry);
    return true;
  }

  #step(environment: Environment, fire: () => void): void {
    this.#steps = this.#stepsAt === this.now ? this.#steps + 1 : 0;
    this.#stepsAt = this.now;
    this.#current = environment;
    try {
      if (this.#storage === undefined) fire();
      else this.#storage.run(environment, fire);
    } catch (error) {
      this.onCrash(environment, error);
    }
  }

  // Time may not move while something real could still come back.
  #mustWait(entry: Entry): boolean {
    return this.#waitForIoMs > 0 && this.#running > 0 && entry.at > this.now && this.#waitedFor !== this.#activity;
  }

  #waitedFor = -1;

  #awaitIo(turn: () => void): void {
    const seen = this.#activity;
    const until = performance.now() + this.#waitForIoMs;
    const look = () => {
      const isQuiet = this.#activity === seen;
      if (isQuiet && performance.now() < until) realSetTimeout(look, 1);
      else {
        if (isQuiet) this.#waitedFor = seen;
        turn();
      }
    };
    realSetTimeout(look, 0);
  }
}
