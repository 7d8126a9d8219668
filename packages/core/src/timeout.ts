import type { Abandoned, Job, NextOf } from "./compose.ts";
import { type Base, type Deadline, invocationOf } from "./context.ts";
import { TimeoutError } from "./errors/timeout-error.ts";
import type { AroundItem, Layer } from "./layer.ts";
import { mustBe } from "./must-be.ts";
import type { Outcome } from "./outcome.ts";

/** How long layers may take to unwind around a handler that was given up, in milliseconds. */
const UNWIND_MS = 50;
/** The longest that a timer of Node.js waits. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Gives an item so many milliseconds, and rejects with `TimeoutError` when the rest of the chain takes longer. Further
 * in `ctx.signal` is aborted then, and `ctx.deadline` counts down to that moment, where it comes before the deadline.
 *
 * What is given up runs on, if it does not heed the signal: how it ends changes nothing any more.
 *
 * @param ms From 1 to 2,147,483,647.
 * @throws {RangeError} At load, when `ms` is out of its range.
 * @example
 * export const handler = wrap(sqs(), retry(), timeout(2_000), async ({ body }, { signal }) => fetch(body, { signal }));
 */
export function timeout(ms: number): Layer<unknown, {}, {}> {
  mustBe(Number.isFinite(ms) && ms >= 1 && ms <= LONGEST_MS, "timeout(ms)", `1 to ${LONGEST_MS} milliseconds`, ms, RangeError);
  const around = (_item: unknown, ctx: Base, next: NextOf, job: Job): Promise<Outcome<never>> =>
    new Promise((resolve, reject) => {
      const controller = new AbortController();
      let timer = setTimeout(() => {
        const error = new TimeoutError(ms);
        // First given up, then told: so an answer to the signal cannot come before the error.
        job.abandon?.(error);
        controller.abort(error);
        // Layers further in see the error, and may end what they have begun; one of them may hang itself.
        timer = setTimeout(reject, UNWIND_MS, error);
      }, ms);
      const settle =
        <T>(act: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          act(value);
        };
      next(undefined, narrowed(ctx, controller.signal, Date.now() + ms)).then(settle(resolve), settle(reject));
    });
  return { name: "timeout", hooks: { item: around as unknown as AroundItem<unknown, {}, {}> } };
}

/** The same context with less time. A copy, because what was given up goes on with its own while a retry has another. */
function narrowed(ctx: Base, signal: AbortSignal, endsAt: number): Base {
  const outer = ctx as Abandoned;
  let joined: AbortSignal | undefined;
  const deadline: Deadline = {
    remainingMs: () => Math.min(ctx.deadline.remainingMs(), Math.max(0, endsAt - Date.now())),
    has: (ms) => endsAt - Date.now() >= ms && ctx.deadline.has(ms),
  };
  return Object.defineProperties(Object.assign({}, ctx), {
    delivery: { get: () => ctx.delivery },
    "~invocation": { get: () => invocationOf(ctx) },
    // On first use, as the one of the invocation.
    signal: { get: () => (joined ??= AbortSignal.any([ctx.signal, signal])) },
    deadline: { value: deadline },
    // What the handler comes to after it was given up is asked for further out, where keys are held for it.
    "~late": {
      get: () => outer["~late"],
      set: (late: Abandoned["~late"]) => {
        outer["~late"] = late;
      },
    },
  });
}
