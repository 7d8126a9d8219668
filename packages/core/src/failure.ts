import type { Delivery } from "./context.ts";

/**
 * What became of an item that failed: `retry`, it comes again; `ignore`, it counts as done; `unrun`, it was never
 * started and comes again; `answered`, the source made a reply of the error; `rejected`, the invocation failed with it.
 */
export type FailureFate = "retry" | "ignore" | "unrun" | "answered" | "rejected";

/** One item that failed. */
export interface Failure {
  readonly error: unknown;
  readonly fate: FailureFate;
  readonly delivery: Delivery;
  /** The status of the reply that was made of the error, where there is one. */
  readonly status?: number | undefined;
}

/** Whether an error says of itself that nothing went wrong, as that of an item that another run is at already. */
export function isExpected(error: unknown): boolean {
  try {
    return (error as { readonly "~level"?: unknown })["~level"] === "info";
  } catch {
    // Nothing was thrown, or what throws itself when it is looked at.
    return false;
  }
}
