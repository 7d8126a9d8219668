import { pause } from "./state/pause.ts";

/** How a call is tried. */
export interface Tries {
  /** How long one try may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Tries in all, the first included. */
  readonly attempts: number;
}

/**
 * Calls until an answer comes, for at most `withinMs`. A call that was given up may still be applied.
 *
 * @throws What the last try failed with.
 */
export async function trying<T>(
  { timeoutMs, attempts }: Tries,
  withinMs: number,
  isTransient: (error: unknown) => boolean,
  call: () => Promise<T>,
): Promise<T> {
  const until = Date.now() + withinMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await within(Math.max(1, Math.min(timeoutMs, until - Date.now())), call());
    } catch (error) {
      const waitMs = Math.random() * 25 * 2 ** attempt;
      if (attempt >= attempts || !isTransient(error) || Date.now() + waitMs >= until) throw error;
      await pause(waitMs);
    }
  }
}

/** @throws When there is no answer within `ms`, milliseconds. */
export function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(Object.assign(new Error(`There was no answer within ${Math.round(ms)} ms`), { code: "ETIMEDOUT" }));
    }, ms);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
