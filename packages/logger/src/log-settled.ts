import type { Settled } from "@lamella/core/extend";
import type { Log } from "./log.ts";
import { loggable } from "./loggable.ts";

/**
 * Logs what an invocation came to: one line where something failed of several items, and where it is asked for; and a
 * line of what it rejected with where no item is to blame, as for an event of another service or a failed `init`.
 */
export function logSettled(invocation: Settled, summary: boolean, logOf: () => Log): void {
  const { source, received, failed, invalid, ignored, unrun, failures, durationMs, rejection } = invocation;
  if (rejection !== undefined && failures.length === 0)
    logOf().error("Invocation failed", { delivery_source: source, fate: "rejected", error: loggable(rejection.error) });
  if (!summary && (received < 2 || failures.length === 0)) return;
  const line = {
    delivery_source: source,
    items: { received, failed, invalid, ignored, unrun },
    duration_ms: Math.round(durationMs * 10) / 10,
  };
  logOf()[failed + unrun > 0 ? "warn" : "info"]("Invocation settled", line);
}
