import { tell } from "./tell.ts";
import type { Work } from "./work.ts";

/** What work came to. */
export type Settled<T> = { readonly value: T } | { readonly error: unknown };

/** What a performance of work came to, and what of it goes on that was given up. */
export interface Performed<T> {
  readonly settled: Settled<T>;
  readonly rest?: Promise<unknown> | undefined;
}

export async function settle<T>(run: () => Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await run() };
  } catch (error) {
    return { error };
  }
}

/** Whether what came of it stays. */
export async function keeps<T>(work: Work<T>, value: T): Promise<boolean> {
  try {
    return await work.keeps(value);
  } catch (error) {
    // The work is done.
    tell(work.ctx, "error", "keep(outcome) threw, and the outcome was kept", error);
    return true;
  }
}

export function unwrap<T>(settled: Settled<T>): T {
  if ("value" in settled) return settled.value;
  throw settled.error;
}
