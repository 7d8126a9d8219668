import type { Base } from "./context.ts";
import type { AroundItem, Layer } from "./layer.ts";
import { mustBe } from "./must-be.ts";

export interface RetryOptions {
  /** Tries in all, the first included; 1 or more. @default 3 */
  readonly attempts?: number | undefined;
  /** The most to wait before the second try, doubled for each further one, in milliseconds; 0 or more. @default 50 */
  readonly backoffMs?: number | undefined;
  /** What a wait is never longer than, in milliseconds; 0 or more. @default 5,000 */
  readonly maxBackoffMs?: number | undefined;
  /**
   * Whether each wait is a random part of its length, so that many that failed together do not come together again.
   * @default true
   */
  readonly jitter?: boolean | undefined;
  /** Whether to try again after this error. @default after every error that may go away by itself */
  readonly when?: ((error: unknown) => boolean) | undefined;
}

/** What says already what becomes of the item, or is the same the next time. */
const LASTING: ReadonlySet<unknown> = new Set([
  "LAMELLA_DEADLINE_EXCEEDED",
  "LAMELLA_FINAL",
  "LAMELLA_NEXT_CALLED_TWICE",
  "LAMELLA_NO_OUTCOME",
  "LAMELLA_OUTPUT",
  "LAMELLA_PAYLOAD",
  "LAMELLA_PAYLOAD_NOT_READY",
  "LAMELLA_RETRY_LATER",
  "LAMELLA_SCHEMA_THREW",
]);

/**
 * Runs the rest of the chain again when it fails, after a wait that grows. It gives up, with the last error, when the
 * wait does not fit before the deadline, or when `ctx.signal` is aborted. Never tried again, whatever `when` says, is
 * what cannot help: a payload or output that does not fit, `final`, `retryLater`, the deadline, and an `HttpError`
 * below 500, which is an answer.
 *
 * @throws {RangeError} At load, when a number is out of its range.
 * @throws {TypeError} At load, when another option is of the wrong type.
 * @example
 * export const handler = wrap(sqs({ body: Order }), retry({ attempts: 5 }), async ({ body }) => reserve(body));
 */
export function retry(options: RetryOptions = {}): Layer<unknown, {}, {}> {
  const { attempts = 3, backoffMs = 50, maxBackoffMs = 5_000, jitter = true, when = () => true } = options;
  mustBe(Number.isInteger(attempts) && attempts >= 1, "retry({ attempts })", "a whole number of 1 or more", attempts, RangeError);
  for (const [name, value] of Object.entries({ backoffMs, maxBackoffMs })) {
    mustBe(Number.isFinite(value) && value >= 0, `retry({ ${name} })`, "0 or more milliseconds", value, RangeError);
  }
  mustBe(typeof jitter === "boolean", "retry({ jitter })", "true or false", jitter);
  mustBe(typeof when === "function", "retry({ when })", "a function", when);

  const around: AroundItem<unknown, {}, {}> = async (_item, ctx, next) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await next();
      } catch (error) {
        if (attempt >= attempts || isLasting(error) || !when(error) || ctx.signal.aborted) throw error;
        const longest = Math.min(backoffMs * 2 ** (attempt - 1), maxBackoffMs);
        const waitMs = jitter ? Math.random() * longest : longest;
        if (!ctx.deadline.has(waitMs) || !(await waited(waitMs, ctx))) throw error;
      }
    }
  };
  return { name: "retry", hooks: { item: around, repeats: true } };
}

function isLasting(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { code, status } = error as { readonly code?: unknown; readonly status?: unknown };
  return LASTING.has(code) || (code === "LAMELLA_HTTP" && typeof status === "number" && status < 500);
}

/** Waits, and says whether there is time left: `false` at once when the signal is aborted. */
function waited(ms: number, { signal, deadline }: Base): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve(!signal.aborted && deadline.has(0));
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
