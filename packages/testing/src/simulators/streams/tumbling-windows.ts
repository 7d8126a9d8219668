import type { StreamEntry, WindowState } from "./stream-format.ts";

/** The most that the state of a shard may be. */
const STATE_BYTES = 1_048_576;

/**
 * The tumbling windows of one shard.
 *
 * AWS: "Implementing stateful Kinesis Data Streams processing in Lambda".
 */
export class TumblingWindows {
  readonly #lengthMs: number;
  #startMs: number | undefined;
  #state: object = {};
  #isTerminatedEarly = false;

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
  }

  /** When the window that is open ends; `undefined` where none is. */
  get endMs(): number | undefined {
    return this.#startMs === undefined ? undefined : this.#startMs + this.#lengthMs;
  }

  /** How many of the first records belong to the window that is open, or to the one that they open. */
  reach(entries: readonly StreamEntry[], epochMs: number): number {
    const [first] = entries;
    if (first === undefined || this.mustEnd) return 0;
    const at = (entry: StreamEntry) => epochMs + entry.afterMs;
    this.#startMs ??= Math.floor(at(first) / this.#lengthMs) * this.#lengthMs;
    const end = this.#startMs + this.#lengthMs;
    const beyond = entries.findIndex((entry) => at(entry) >= end);
    return beyond === -1 ? entries.length : beyond;
  }

  /** Whether the window is over before its time, because its state is too large. */
  get mustEnd(): boolean {
    return this.#isTerminatedEarly;
  }

  window(isFinal: boolean): WindowState {
    const startMs = this.#startMs as number;
    return { startMs, endMs: startMs + this.#lengthMs, state: this.#state, isFinal, isTerminatedEarly: isFinal && this.#isTerminatedEarly };
  }

  /** Takes the state of a reply; false where it has none, which is a failure. */
  take(reply: unknown, isFinal: boolean): boolean {
    const state = (reply as { readonly state?: unknown } | null | undefined)?.state;
    if (typeof state !== "object" || state === null) return false;
    if (isFinal) this.close();
    else {
      this.#state = state;
      this.#isTerminatedEarly = Buffer.byteLength(JSON.stringify(state)) > STATE_BYTES;
    }
    return true;
  }

  close(): void {
    this.#startMs = undefined;
    this.#state = {};
    this.#isTerminatedEarly = false;
  }
}
