import type { Entry } from "./agenda.ts";
import type { World } from "./world.ts";

/** What `setTimeout` and its kin give while an environment's code runs: a timer of virtual time. */
export class VirtualTimer {
  readonly #world: World;
  readonly #act: () => void;
  readonly #delayMs: number;
  readonly #repeats: boolean;
  #entry: Entry | undefined;

  constructor(world: World, act: () => void, delayMs: number, repeats = false) {
    this.#world = world;
    this.#act = act;
    this.#delayMs = delayMs;
    this.#repeats = repeats;
    this.#start();
  }

  #start(): void {
    this.#entry = this.#world.setTimer(() => {
      if (this.#repeats) this.#start();
      else this.#entry = undefined;
      this.#act();
    }, this.#delayMs);
  }

  close(): this {
    if (this.#entry !== undefined) this.#entry.cancelled = true;
    this.#entry = undefined;
    return this;
  }

  refresh(): this {
    this.close();
    this.#start();
    return this;
  }

  // Whether a timer keeps a process alive means nothing here: an environment lives until it is reset.
  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
