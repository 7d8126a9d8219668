/** A simulated process: it has a clock of its own, and can be frozen or ended. */
export interface Process {
  readonly name: string;
  /** How far its clock is ahead of true time, in milliseconds. */
  readonly skewMs: number;
  state: "running" | "frozen" | "dead";
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly process: Process | undefined;
  readonly act: () => unknown;
}

const real = { setTimeout, clearTimeout, setImmediate, now: Date.now };
const START = 1_800_000_000_000;

/** Time that passes only from event to event, the same for the simulated processes and the network between them. */
export class VirtualTime {
  now = START;
  /** The process whose code runs. */
  #current: Process | undefined;
  #queue: Event[] = [];
  readonly #frozen: Event[] = [];
  #order = 0;
  #outside = 0;
  readonly #cancelled = new Set<number>();

  get elapsed(): number {
    return this.now - START;
  }

  /** Does `act` for a process, `inMs` from now: not before it thaws, and never when it is dead by then. */
  after(inMs: number, act: () => unknown, process: Process | null | undefined = this.#current): number {
    const order = this.#order++;
    const event = { at: this.now + Math.max(0, inMs), order, process: process ?? undefined, act };
    let low = 0;
    let high = this.#queue.length;
    // Sorted with the next event last.
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#queue[middle] as Event;
      if (other.at > event.at) low = middle + 1;
      else high = middle;
    }
    this.#queue.splice(low, 0, event);
    return order;
  }

  /** Keeps time from going on until `promise` is settled, which takes real time. */
  async outside<T>(promise: Promise<T>): Promise<T> {
    this.#outside++;
    try {
      return await promise;
    } finally {
      this.#outside--;
    }
  }

  thaw(process: Process): void {
    if (process.state !== "frozen") return;
    process.state = "running";
    for (const event of this.#frozen.splice(0)) {
      if (event.process === process) this.#queue.push({ ...event, at: this.now });
      else this.#frozen.push(event);
    }
  }

  /** Runs until nothing is left to do, with the globals replaced. */
  async run(): Promise<void> {
    globalThis.setTimeout = ((act: () => void, ms = 0) => {
      // Not waited for: what a timer starts takes time.
      const order = this.after(ms, () => {
        act();
      });
      return { order, unref: () => {} };
    }) as never;
    globalThis.clearTimeout = ((timer: { readonly order: number } | undefined) => {
      if (timer !== undefined) this.#cancelled.add(timer.order);
    }) as never;
    Date.now = () => Math.floor(this.now) + (this.#current?.skewMs ?? 0);
    try {
      for (let event = this.#queue.pop(); event !== undefined; event = this.#queue.pop()) {
        if (this.#cancelled.delete(event.order)) continue;
        if (event.process?.state === "dead") continue;
        if (event.process?.state === "frozen") {
          this.#frozen.push(event);
          continue;
        }
        this.now = Math.max(this.now, event.at);
        this.#current = event.process;
        await event.act();
        // All that follows from it, before time goes on.
        do await new Promise((resolve) => real.setImmediate(resolve));
        while (this.#outside > 0);
      }
    } finally {
      globalThis.setTimeout = real.setTimeout;
      globalThis.clearTimeout = real.clearTimeout;
      Date.now = real.now;
    }
  }
}
