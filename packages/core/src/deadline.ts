import type { LambdaContext } from "./lambda.ts";
import { mustBe } from "./must-be.ts";

/** The two moments before Lambda's timeout at which the source acts. */
export interface DeadlineOptions {
  /**
   * How long before the timeout no new item starts and `ctx.signal` is aborted, in milliseconds.
   * @default a tenth of what there was, at least 1,000, at most half of it
   */
  readonly softMs?: number | undefined;
  /**
   * How long before the timeout it is decided what becomes of items that are still running, in milliseconds; never
   * earlier than `softMs`.
   * @default 200
   */
  readonly hardMs?: number | undefined;
}

/** What a source says of its deadline: its options, and what it and its service need. */
export interface SourceDeadline extends DeadlineOptions {
  /** How long the service waits, where that may be less than the function's timeout, in milliseconds. */
  readonly awaitedMs?: number | undefined;
  /** How long before the timeout the reply has to be made, where the source sends it itself, in milliseconds: the default of `hardMs`. */
  readonly sendsMs?: number | undefined;
}

const HARD_MS = 200;

/**
 * @throws {RangeError} When a moment is negative or no finite number, or when the hard one comes before the soft one.
 */
export function checkDeadline(source: string, { softMs, hardMs }: DeadlineOptions): void {
  for (const [name, value] of Object.entries({ softMs, hardMs })) {
    mustBe(
      value === undefined || (Number.isFinite(value) && value >= 0),
      `${source}({ ${name} })`,
      "0 or more milliseconds",
      value,
      RangeError,
    );
  }
  const isLater = softMs === undefined || hardMs === undefined || hardMs <= softMs;
  mustBe(isLater, `${source}({ hardMs })`, `at most softMs, which is ${softMs}`, hardMs, RangeError);
}

/** How long before the timeout the two moments are, for an invocation that started with `remainingMs`. */
export function momentsOf(remainingMs: number, { softMs, hardMs, sendsMs = HARD_MS }: SourceDeadline): { softMs: number; hardMs: number } {
  const soft = softMs ?? Math.max(Math.min(Math.max(remainingMs / 10, 1_000, sendsMs), remainingMs / 2), hardMs ?? 0);
  return { softMs: soft, hardMs: Math.min(hardMs ?? sendsMs, soft) };
}

/** What the context tells; `Infinity` where it tells nothing, as in a test that gives an empty context. */
export function remainingMsOf(lambda: LambdaContext): number {
  try {
    // As a method: some contexts need their `this`.
    const remainingMs = lambda.getRemainingTimeInMillis();
    return remainingMs >= 0 ? remainingMs : Infinity;
  } catch {
    // It is missing, or throws, as in contexts that were made up for a test.
    return Infinity;
  }
}
