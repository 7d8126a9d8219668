import type { Random } from "../kernel/random.ts";
import type { Copy, Shelf } from "./copy.ts";

/** How far a message may be overtaken at one receive. */
const REACH = 8;

/** A standard queue: the order is only roughly that of sending. Message groups (fair queues) change nothing of that. */
export class StandardShelf implements Shelf {
  readonly #random: Random;
  #available: Copy[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  add(copy: Copy): void {
    this.#available.push(copy);
  }

  giveBack(copy: Copy): void {
    copy.isInFlight = false;
    this.#available.push(copy);
  }

  remove(copy: Copy): void {
    copy.isGone = true;
  }

  take(limit: number): Copy[] {
    const taken: Copy[] = [];
    while (taken.length < limit && this.#available.length > 0) {
      const index = this.#random.below(Math.min(REACH, this.#available.length));
      const [copy] = this.#available.splice(index, 1) as [Copy];
      if (copy.isGone) continue;
      copy.isInFlight = true;
      taken.push(copy);
    }
    return taken;
  }
}
