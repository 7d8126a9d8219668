import type { Delivery } from "../context.ts";
import { hasCode } from "../errors/lamella-error.ts";
import { type Failure, type FailureFate, isExpected } from "../failure.ts";
import type { Invocation } from "../invocation.ts";
import type { Send, SendTo } from "../send-to.ts";
import type { RetryLaterError, Verdict } from "../verdicts.ts";
import type { BatchOptions } from "./batch-options.ts";
import type { BatchFormat } from "./batch-source.ts";
import type { Tally } from "./close/close.ts";
import { deliveryOf, isRecord } from "./records.ts";

/** Keeps what became of each record of one batch. */
export class Ledger implements Tally {
  readonly records: readonly unknown[];
  readonly outputs: unknown[] = [];
  readonly format: BatchFormat;
  readonly options: BatchOptions<never>;
  readonly #invocation: Invocation;
  // By index; nothing where a record was not started.
  readonly #settled: (boolean | undefined)[] = [];
  #deliveries: Delivery[] | undefined;
  readonly failures: Failure[] = [];
  /** Of an item that asked to come later. */
  #delay: RetryLaterError["~delay"];
  #left: number;
  done = 0;
  #reported = 0;

  constructor(format: BatchFormat, options: BatchOptions<never>, records: readonly unknown[], invocation: Invocation) {
    this.records = records;
    this.format = format;
    this.options = options;
    this.#invocation = invocation;
    this.#left = records.length;
    invocation.opened = this;
  }

  isSettled(index: number): boolean {
    return this.#settled[index] === true;
  }

  isStarted(index: number): boolean {
    return this.#settled[index] !== undefined;
  }

  start(index: number): void {
    this.#settled[index] = false;
  }

  /** The records that were started and are not settled. */
  running(): number[] {
    return [...this.records.keys()].filter((index) => this.#settled[index] === false);
  }

  succeeded(index: number): void {
    this.#settled[index] = true;
    this.#left--;
    this.done++;
  }

  /** Notes that a record failed; what was noted before stands. */
  failed(index: number, error: unknown, fate: FailureFate): void {
    if (this.isSettled(index)) return;
    this.#settled[index] = true;
    this.#left--;
    if (fate === "ignore") this.done++;
    this.#note(index, error, fate);
  }

  /** Names a record, always with the same object, so that a layer knows a failure as that of an item it has seen. */
  delivery(index: number): Delivery {
    this.#deliveries ??= [];
    return (this.#deliveries[index] ??= deliveryOf(this.format, this.records[index], index));
  }

  /** What shall become of a record whose handling gave `error`. */
  async judge(index: number, error: unknown): Promise<Exclude<Verdict, SendTo>> {
    const isFinal = hasCode(error, "LAMELLA_FINAL");
    // An item that asks to come again by itself, or that was cut short, says nothing of itself. Clients throw errors of
    // their own when the signal is aborted, so whatever fails after that comes again.
    const isCutShort = hasCode(error, "LAMELLA_DEADLINE_EXCEEDED") || (this.#invocation.signal.aborted && !isFinal);
    const isLater = hasCode(error, "LAMELLA_RETRY_LATER");
    if (isLater) this.#delay ??= (error as RetryLaterError)["~delay"];
    // What says that nothing went wrong was not run either, as an item that another run is at, which may fail yet.
    if (isCutShort || isLater || isExpected(error)) return "retry";
    const { onFailure = "retry" } = this.options;
    const raw = this.records[index];
    try {
      let verdict: string | Send = onFailure as string | Send;
      // There is nothing to look at in a record that is no object.
      // What a function says may be a function in its turn: `sendTo` makes one.
      while (typeof verdict === "function") verdict = isRecord(raw) ? await verdict(error, raw, this.#invocation) : "retry";
      return isFinal || verdict === "ignore" ? "ignore" : "retry";
    } catch (cause) {
      // The failure was not taken care of, so the item may not be lost.
      this.#note(index, cause, "retry");
      return "retry";
    }
  }

  /** Reports what failed and was not reported yet, and the records of `stuck`, which are not settled. */
  async report(stuck: readonly number[] = [], error?: unknown): Promise<void> {
    const failures = this.failures.slice(this.#reported);
    this.#reported = this.failures.length;
    for (const index of stuck) failures.push({ error, fate: "retry", delivery: this.delivery(index) });
    await this.#delay?.(failures, this.records, this.#invocation);
    // With records that are stuck this is the last that is told: no reply follows.
    await this.#invocation.report(failures.toSorted(byIndex), this.#invocation.lambda, error !== undefined);
  }

  /**
   * The reply, after the failures were reported; what is not settled is given up with `error`.
   *
   * It rejects with `BatchFailedError` when the batch has to come again as a whole, and never throws: nobody would catch it.
   */
  close(event: never, error?: unknown): unknown {
    if (this.#left > 0)
      for (const index of this.records.keys()) this.failed(index, error, this.#settled[index] === false ? "retry" : "unrun");
    if (this.failures.length > 0) return this.#closeFailed(event);
    try {
      return this.format.close(this, event);
    } catch (cause) {
      return Promise.reject(cause);
    }
  }

  async #closeFailed(event: never): Promise<unknown> {
    await this.report();
    return this.format.close(this, event);
  }

  #note(index: number, error: unknown, fate: FailureFate): void {
    this.failures.push({ error, fate, delivery: this.delivery(index) });
  }
}

function byIndex(a: Failure, b: Failure): number {
  return a.delivery.index - b.delivery.index;
}
