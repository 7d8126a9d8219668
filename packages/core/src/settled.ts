import { isThenable } from "./compose.ts";
import { hasCode } from "./errors/lamella-error.ts";
import { type Failure, isExpected } from "./failure.ts";
import type { Invocation, Opened } from "./invocation.ts";
import type { LambdaContext } from "./lambda.ts";
import type { LayerPlace, Watch } from "./layer.ts";

/** What one invocation came to. */
export interface Settled extends LayerPlace {
  readonly lambda: LambdaContext;
  readonly coldStart: boolean;
  readonly durationMs: number;
  /** Whether the event was opened as a batch, which holds several records or may do so. */
  readonly isBatch: boolean;
  /** How many records the event held; 0 where it was not opened. */
  readonly received: number;
  /** All that failed, as it was reported. The last failure of an item is what counts. */
  readonly failures: readonly Failure[];
  /** How many items failed and come again, or failed the invocation, or were answered with a status of 500 or more. */
  readonly failed: number;
  /** How many of all items had a payload that does not fit, whatever became of them. */
  readonly invalid: number;
  /** How many items failed and count as done. */
  readonly ignored: number;
  /** How many items were not run. */
  readonly unrun: number;
  /** When the oldest record came to be, in milliseconds since the epoch; `undefined` where the service does not say. */
  readonly oldestAt: number | undefined;
  /** What the invocation rejected with, also where the event is not the source's own, or a layer's `init` failed. */
  readonly rejection: { readonly error: unknown } | undefined;
  /** Whether no reply follows, because work is stuck that only Lambda's timeout can end. */
  readonly isStuck: boolean;
  /** To know the invocation by: the one that `invocationOf(ctx)` gives for its items. */
  readonly invocation: Invocation;
}

/** How long before the time is up nothing is waited for any more, in milliseconds. */
const SPARE_MS = 20;

/**
 * Makes the `watch` hook of a layer that wants to know what each invocation came to, as a whole. It is told once an
 * invocation, before the reply, which waits for it as long as there is time; what it throws never fails the work. It takes
 * nothing from the console: failures that no layer reports are printed as ever.
 *
 * @example
 * const counted: Layer<unknown, {}, {}> = { name: "counted", hooks: { watch: settled(({ failed }) => console.log(failed)) } };
 */
export function settled(tell: (settled: Settled) => void | PromiseLike<void>): Watch {
  return async (run, invocation, place) => {
    const startedAt = performance.now();
    const failures: Failure[] = [];
    let isTold = false;
    const told = async (rejection: Settled["rejection"], isStuck: boolean): Promise<void> => {
      if (isTold) return;
      isTold = true;
      const { lambda, coldStart, opened } = invocation;
      const durationMs = performance.now() - startedAt;
      try {
        const telling = tell({
          ...place,
          ...countsOf(failures),
          lambda,
          coldStart,
          durationMs,
          isBatch: opened?.done !== undefined,
          received: opened?.records.length ?? 0,
          failures,
          // Asks each record, and most of those who are told do not want to know.
          get oldestAt() {
            return oldestOf(opened);
          },
          rejection,
          isStuck,
          invocation,
        });
        if (isThenable(telling)) await inTime(telling, invocation.deadline.remainingMs() - SPARE_MS);
      } catch (error) {
        console.error("[lamella] telling what an invocation came to failed:", error);
      }
    };

    const { report } = invocation;
    invocation.report = async (failed, lambda, isLast = false) => {
      for (const failure of failed) failures.push(failure);
      await report(failed, lambda, isLast);
      if (isLast) await told(undefined, true);
    };
    let reply: unknown;
    try {
      reply = await run();
    } catch (error) {
      await told({ error }, false);
      throw error;
    }
    await told(undefined, false);
    return reply;
  };
}

function countsOf(failures: readonly Failure[]): Pick<Settled, "failed" | "invalid" | "ignored" | "unrun"> {
  const counts = { failed: 0, invalid: 0, ignored: 0, unrun: 0 };
  if (failures.length === 0) return counts;
  const invalid = new Set<number>();
  const last = new Map<number, Failure>();
  for (const failure of failures) {
    const { index } = failure.delivery;
    last.set(index, failure);
    if (hasCode(failure.error, "LAMELLA_PAYLOAD")) invalid.add(index);
  }
  for (const { error, fate, status = 500 } of last.values()) {
    if (fate === "ignore") counts.ignored++;
    else if (fate === "unrun") counts.unrun++;
    // An answer below 500 is the caller's affair.
    else if (status >= 500 && !isExpected(error)) counts.failed++;
  }
  counts.invalid = invalid.size;
  return counts;
}

function oldestOf(opened: Opened | undefined): number | undefined {
  const recordedAt = opened?.format.recordedAt;
  if (opened === undefined || recordedAt === undefined) return undefined;
  let oldest = Infinity;
  for (const raw of opened.records) {
    // A malformed record has no time to tell.
    const at = typeof raw === "object" && raw !== null ? recordedAt(raw as never) : undefined;
    if (at !== undefined && at < oldest) oldest = at;
  }
  return oldest === Infinity ? undefined : oldest;
}

/** Waits for `telling`, for so many milliseconds at most. */
function inTime(telling: PromiseLike<void>, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = ms === Infinity ? undefined : setTimeout(resolve, Math.max(0, ms));
    telling.then(
      () => {
        clearTimeout(timer);
        resolve();
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
