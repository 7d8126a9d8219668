import type { Base } from "@lamella/core";

type Level = "warn" | "error";

/** Logs what must not fail the work: to the item's log where a layer before has added one, or else to the console. */
export function tell(ctx: Base, level: Level, message: string, error: unknown): void {
  try {
    const { log } = ctx as { readonly log?: Partial<Readonly<Record<Level, (message: string, extra: unknown) => void>>> };
    if (typeof log?.[level] === "function") log[level](message, { error });
    else console[level](`[lamella] ${message}:`, error);
  } catch {
    // A log that fails, fails nothing else.
  }
}
