import { type Base, type Delivery, invocationOf } from "./context.ts";
import { hasCode } from "./errors/lamella-error.ts";
import { type Failure, type FailureFate, isExpected } from "./failure.ts";
import type { Invocation } from "./invocation.ts";
import type { LambdaContext } from "./lambda.ts";
import type { Layer } from "./layer.ts";
import { mustBe } from "./must-be.ts";
import { type Settled, settled } from "./settled.ts";

/** One failure, with what is known of it. */
export interface FailureReport<Item = unknown, Ctx = Base> {
  readonly error: unknown;
  /** What became of the item; `rejected` for a failure outside of all items. */
  readonly fate: FailureFate;
  /** The status of the reply that was made of the error, where there is one. */
  readonly status: number | undefined;
  /** Names the item; `undefined` where there is none, as for an event that is not the source's own. */
  readonly delivery: Delivery | undefined;
  /** The item as it came to this layer, of a `whole` batch that; `undefined` where it did not come here. */
  readonly item: Item | undefined;
  /** The item's context, with what the layers added, those further in too; `undefined` where it did not come to this layer. */
  readonly ctx: Ctx | undefined;
  /** The record as AWS sent it, or the event that is one item. */
  readonly raw: unknown;
  /** The name of the source, such as `sqs`. */
  readonly source: string;
  readonly lambda: LambdaContext;
  readonly coldStart: boolean;
}

export interface OnFailureOptions {
  /** The most that the reply waits for all of it, in milliseconds: more than 0; never longer than there is time. @default 2,000 */
  readonly timeoutMs?: number | undefined;
  /** How many failures are told at the same time; 1 or more. @default 10 */
  readonly concurrency?: number | undefined;
  /** Runs once after all were told, in the same time, for a client that sends in the background. */
  readonly flush?: (() => unknown) | undefined;
  /** Whether items are told that were not run, because one before them failed or the time was up. @default false */
  readonly unrun?: boolean | undefined;
  /**
   * Whether failures are told that say of themselves that nothing went wrong, as of an item that another run is at.
   * @default false
   */
  readonly expected?: boolean | undefined;
}

/** How long before the time is up it gives up by itself, in milliseconds. */
const SPARE_MS = 30;

/** What came to this layer. */
interface Seen<Item, Ctx> {
  readonly item: Item;
  readonly ctx: Ctx;
}

/**
 * Hands every failed item, and every invocation that failed outside of its items, to an error tracker: each once, when the
 * invocation is settled, and awaited before the reply. An error that was answered with a status below 500 is the caller's
 * affair, and none of it. A tracker that throws or hangs never fails the work. Failures are logged, or printed, as without it.
 *
 * Not to be taken for the option `onFailure` of batch sources, which decides what becomes of an item: this layer is told
 * what was decided, and changes nothing.
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when a number is out of its range.
 * @example
 * onFailure(({ error, delivery }) => Sentry.captureException(error, { tags: { item: delivery?.id } }), { flush: () => Sentry.flush(1_000) });
 */
export function onFailure<Item = unknown, Needs = {}>(
  tell: (failure: FailureReport<Item, Base & Needs>) => unknown,
  options: OnFailureOptions = {},
): Layer<Item, Needs, {}> {
  const { timeoutMs = 2_000, concurrency = 10, flush, unrun = false, expected = false } = options;
  mustBe(typeof tell === "function", "onFailure(tell)", "a function", tell);
  mustBe(timeoutMs > 0, "onFailure(…, { timeoutMs })", "more than 0 milliseconds", timeoutMs, RangeError);
  mustBe(
    Number.isInteger(concurrency) && concurrency >= 1,
    "onFailure(…, { concurrency })",
    "a whole number of 1 or more",
    concurrency,
    RangeError,
  );
  mustBe(flush === undefined || typeof flush === "function", "onFailure(…, { flush })", "a function", flush);
  mustBe(typeof unrun === "boolean", "onFailure(…, { unrun })", "true or false", unrun);
  mustBe(typeof expected === "boolean", "onFailure(…, { expected })", "true or false", expected);

  const seenIn = ({ kept }: Invocation) => kept?.get(tell) as Seen<Item, Base & Needs>[] | undefined;
  const isTold = ({ error, fate, status = 500 }: Failure): boolean =>
    (fate !== "unrun" || unrun) && status >= 500 && (expected || !isExpected(error));

  const reportsOf = ({ invocation, isNested, isBatch, failures, rejection, source, lambda, coldStart }: Settled) => {
    const known = new Map(seenIn(invocation)?.map((seen) => [seen.ctx.delivery, seen]));
    const [first] = known.values();
    // A whole batch is one item, under a name of its own.
    const whole = isBatch && first?.ctx.delivery.id === lambda.awsRequestId ? first : undefined;
    const about = { source, lambda, coldStart };
    const reports = failures
      // In a router, items that went another way are not this layer's.
      .filter((failure) => isTold(failure) && (!isNested || known.has(failure.delivery)))
      .map(({ error, fate, status, delivery }): FailureReport<Item, Base & Needs> => {
        const { item, ctx } = known.get(delivery) ?? whole ?? {};
        return { error, fate, status, delivery, item, ctx, raw: invocation.opened?.records[delivery.index], ...about };
      });
    if (rejection !== undefined && !isNested && !isOfItems(rejection.error, failures)) {
      const nobody = { status: undefined, delivery: undefined, item: undefined, ctx: undefined, raw: undefined };
      reports.push({ error: rejection.error, fate: "rejected", ...nobody, ...about });
    }
    return reports;
  };

  return {
    name: "onFailure",
    hooks: {
      item: (item, ctx, next) => {
        const invocation = invocationOf(ctx);
        if (invocation !== undefined) {
          const seen = seenIn(invocation);
          if (seen !== undefined) seen.push({ item, ctx });
          else (invocation.kept ??= new Map()).set(tell, [{ item, ctx }]);
        }
        return next();
      },
      watch: settled((told) => {
        const reports = reportsOf(told);
        if (reports.length === 0) return undefined;
        const limitMs = Math.max(0, Math.min(timeoutMs, told.invocation.deadline.remainingMs() - SPARE_MS));
        return tellAll(reports, tell, { limitMs, concurrency, flush });
      }),
    },
  };
}

/** Whether the invocation rejected with what its items failed with. */
function isOfItems(error: unknown, failures: readonly Failure[]): boolean {
  return failures.some((failure) => failure.error === error) || (failures.length > 0 && hasCode(error, "LAMELLA_BATCH_FAILED"));
}

/** Tells all of them, for so long at most. */
async function tellAll<Report>(
  reports: readonly Report[],
  tell: (report: Report) => unknown,
  { limitMs, concurrency, flush }: { readonly limitMs: number; readonly concurrency: number; readonly flush: OnFailureOptions["flush"] },
): Promise<void> {
  const left = reports.values();
  let isOver = false;
  let told = 0;
  const lane = async (): Promise<void> => {
    for (const report of left) {
      if (isOver) return;
      await attempt(() => tell(report));
      told++;
    }
  };
  const all = async (): Promise<void> => {
    await Promise.all(Array.from({ length: Math.min(concurrency, reports.length) }, lane));
    if (flush !== undefined && !isOver) await attempt(flush);
  };
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      isOver = true;
      console.error(`[lamella] onFailure was given up after ${limitMs} ms; ${told} of ${reports.length} failures were told`);
      resolve();
    }, limitMs);
  });
  await Promise.race([all(), timeout]);
  clearTimeout(timer);
}

async function attempt(act: () => unknown): Promise<void> {
  try {
    await act();
  } catch (error) {
    console.error("[lamella] onFailure failed:", error);
  }
}
