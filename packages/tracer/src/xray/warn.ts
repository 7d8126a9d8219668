import { nameOf } from "@lamella/core/extend";

/** Tells that tracing itself went wrong. Never throws: the work goes on. */
export function warn(what: string, error?: unknown): void {
  try {
    const reason = error === undefined ? "" : ` (${nameOf(error)}: ${error instanceof Error ? error.message : ""})`;
    console.warn(`[lamella] ${what}${reason}`);
  } catch {
    // There is nowhere left to say it.
  }
}

/** Gives what `act` gives, or `undefined` where it throws: tracing never fails the work. */
export function attempt<Result>(act: () => Result): Result | undefined {
  try {
    return act();
  } catch (error) {
    warn("Tracing failed.", error);
    return undefined;
  }
}
