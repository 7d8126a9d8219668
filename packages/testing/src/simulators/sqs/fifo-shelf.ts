import type { Random } from "../kernel/random.ts";
import type { Copy, Shelf } from "./copy.ts";

interface Group {
  /** All that are in the queue, in the order of sending. */
  readonly copies: Copy[];
  inFlight: number;
}

/** How many groups one receive chooses its first from. */
const REACH = 4;

/**
 * A FIFO queue: in order within a message group, and nothing more of a group while some of it is in flight.
 *
 * AWS: "FIFO delivery logic in Amazon SQS".
 */
export class FifoShelf implements Shelf {
  readonly #random: Random;
  readonly #groups = new Map<string, Group>();
  /** The groups that have messages and are not locked. */
  readonly #ready = new Set<Group>();

  constructor(random: Random) {
    this.#random = random;
  }

  add(copy: Copy): void {
    const id = copy.groupId ?? "";
    let group = this.#groups.get(id);
    if (group === undefined) {
      group = { copies: [], inFlight: 0 };
      this.#groups.set(id, group);
    }
    group.copies.push(copy);
    this.#sort(group);
  }

  giveBack(copy: Copy): void {
    const group = this.#groupOf(copy);
    copy.isInFlight = false;
    group.inFlight--;
    this.#sort(group);
  }

  remove(copy: Copy): void {
    const group = this.#groupOf(copy);
    copy.isGone = true;
    group.copies.splice(group.copies.indexOf(copy), 1);
    if (copy.isInFlight) group.inFlight--;
    copy.isInFlight = false;
    this.#sort(group);
  }

  take(limit: number): Copy[] {
    // SQS gives as many of one group as it can, or some of several: both happen.
    const share = this.#random.chance(0.5) ? limit : 1 + this.#random.below(limit);
    const runs: Copy[][] = [];
    let room = limit;
    while (room > 0 && this.#ready.size > 0) {
      const group = this.#pick();
      const run = group.copies.slice(0, Math.min(share, room));
      for (const copy of run) copy.isInFlight = true;
      group.inFlight = run.length;
      this.#sort(group);
      room -= run.length;
      runs.push(run);
    }
    return this.#random.chance(0.5) ? runs.flat() : interleaved(runs);
  }

  #pick(): Group {
    let skip = this.#random.below(Math.min(REACH, this.#ready.size));
    for (const group of this.#ready) if (skip-- === 0) return group;
    throw new Error("no group is ready");
  }

  #sort(group: Group): void {
    if (group.inFlight === 0 && group.copies.length > 0) this.#ready.add(group);
    else this.#ready.delete(group);
  }

  #groupOf(copy: Copy): Group {
    return this.#groups.get(copy.groupId ?? "") as Group;
  }
}

function interleaved(runs: readonly Copy[][]): Copy[] {
  const longest = Math.max(0, ...runs.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => runs.flatMap((run) => run[index] ?? [])).flat();
}
