import { DeadlineExceededError } from "@lamella/core";
import { isOf } from "../data/fingerprint.ts";
import { AlreadyInProgressError } from "../errors/already-in-progress-error.ts";
import { PayloadMismatchError } from "../errors/payload-mismatch-error.ts";
import { StoreError } from "../errors/store-error.ts";
import type { IdempotencyRecord } from "../store.ts";
import { Attempt } from "./attempt.ts";
import { pause } from "./pause.ts";
import type { Settings } from "./settings.ts";
import { keeps, type Performed, type Settled, settle, unwrap } from "./settled.ts";
import { tell } from "./tell.ts";
import type { Work } from "./work.ts";

/** The state machine of one layer: begin, in progress under a lease, complete, replay. */
export class Guard {
  readonly #settings: Settings;
  // Of the process, and not of an invocation: duplicates that meet here share one run.
  readonly #running = new Map<string, Attempt<unknown>>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Does the work, or gives what came of it before. */
  async once<T>(work: Work<T>): Promise<T> {
    for (let other = this.#running.get(work.id); other?.isHeld; other = this.#running.get(work.id)) {
      if (other.work.payload !== work.payload) throw new PayloadMismatchError();
      await pause(other.leaseUntil - Date.now(), work.ctx.signal, other.ended);
      if (!other.isEnded) continue;
      if (other.busy !== undefined) throw new AlreadyInProgressError(other.busy.retryAfterMs);
      if (other.record !== undefined) return work.replay(other.record);
    }
    const cached = this.#settings.cache?.get(work.id);
    if (cached !== undefined) {
      if (work.payload !== undefined && cached.validation && !isOf(work.payload, cached.validation)) throw new PayloadMismatchError();
      return work.replay(cached);
    }
    const attempt = new Attempt(this.#settings, work);
    this.#running.set(work.id, attempt as Attempt<unknown>);
    let isLate = false;
    try {
      const standing = await this.#begin(attempt);
      if (standing === "unprotected") return await work.run();
      if (standing !== undefined) {
        this.#settings.cache?.set(work.id, standing);
        attempt.record = standing;
        return await work.replay(standing);
      }
      if (!work.ctx.deadline.has(1)) {
        // Its item is given up already, or about to be, so it may not start any more.
        await attempt.release();
        throw new DeadlineExceededError(work.ctx.deadline.remainingMs());
      }
      attempt.keep();
      void work.over?.then(() => attempt.leave());
      const { settled, rest } = await (work.perform ?? perform)(attempt);
      if (rest !== undefined) {
        isLate = true;
        // Of work that nobody waits for any more.
        void rest.catch(() => {}).finally(() => this.#end(attempt));
      }
      return unwrap(settled);
    } finally {
      if (!isLate) this.#end(attempt);
    }
  }

  async #begin<T>(attempt: Attempt<T>): Promise<IdempotencyRecord | "unprotected" | undefined> {
    try {
      return await attempt.begin();
    } catch (error) {
      if (!(this.#settings.failOpen && error instanceof StoreError)) throw error;
      tell(attempt.work.ctx, "warn", "The work runs without idempotency", error);
      return "unprotected";
    }
  }

  #end<T>(attempt: Attempt<T>): void {
    const { id } = attempt.work;
    if (this.#running.get(id) === (attempt as Attempt<unknown>)) this.#running.delete(id);
    attempt.end();
  }
}

/** Runs the work, and closes its record. */
async function perform<T>(attempt: Attempt<T>): Promise<Performed<T>> {
  const { work } = attempt;
  const settled = await settle(work.run);
  const late = work.late();
  if (late === undefined) await finish(attempt, settled, false);
  else attempt.leave();
  return { settled, rest: late && settle(() => late).then((after) => finish(attempt, after, true)) };
}

async function finish<T>(attempt: Attempt<T>, settled: Settled<T>, hasEnded: boolean): Promise<void> {
  if ("value" in settled && (await keeps(attempt.work, settled.value))) await attempt.complete(settled.value);
  // What failed because the time was up may have left something running, so its record ends with its lease.
  else if (hasEnded || attempt.work.ctx.deadline.has(1)) await attempt.release();
}
