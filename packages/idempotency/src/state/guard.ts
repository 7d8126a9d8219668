import { DeadlineExceededError } from "@lamella/core";
import { isOf } from "../data/fingerprint.ts";
import { AlreadyInProgressError } from "../errors/already-in-progress-error.ts";
import { PayloadMismatchError } from "../errors/payload-mismatch-error.ts";
import { StoreError } from "../errors/store-error.ts";
import type { IdempotencyRecord } from "../store.ts";
import { Attempt } from "./attempt.ts";
import { pause } from "./pause.ts";
import type { Settings } from "./settings.ts";
import { tell } from "./tell.ts";
import type { Work } from "./work.ts";

type Settled<T> = { readonly value: T } | { readonly error: unknown };

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
      const settled = await settle(work.run);
      const late = work.late();
      if (late === undefined) return await finish(attempt, settled, false);
      isLate = true;
      void this.#finishLate(attempt, late);
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

  /** Closes the record of work that was given up, when it ends after all. */
  async #finishLate<T>(attempt: Attempt<T>, late: Promise<T>): Promise<void> {
    attempt.leave();
    try {
      await finish(attempt, await settle(() => late), true);
    } catch {
      // Of work that nobody waits for any more.
    } finally {
      this.#end(attempt);
    }
  }

  #end<T>(attempt: Attempt<T>): void {
    const { id } = attempt.work;
    if (this.#running.get(id) === (attempt as Attempt<unknown>)) this.#running.delete(id);
    attempt.end();
  }
}

async function finish<T>(attempt: Attempt<T>, settled: Settled<T>, hasEnded: boolean): Promise<T> {
  const { work } = attempt;
  if ("value" in settled && (await keeps(work, settled.value))) await attempt.complete(settled.value);
  // What failed because the time was up may have left something running, so its record ends with its lease.
  else if (hasEnded || work.ctx.deadline.has(1)) await attempt.release();
  return unwrap(settled);
}

async function keeps<T>(work: Work<T>, value: T): Promise<boolean> {
  try {
    return await work.keeps(value);
  } catch (error) {
    // The work is done.
    tell(work.ctx, "error", "keep(outcome) threw, and the outcome was kept", error);
    return true;
  }
}

async function settle<T>(run: () => Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await run() };
  } catch (error) {
    return { error };
  }
}

function unwrap<T>(settled: Settled<T>): T {
  if ("value" in settled) return settled.value;
  throw settled.error;
}
