import type { Metrics } from "@aws-lambda-powertools/metrics";
import type { ItemMetric } from "./item-metric.ts";
import { Writer } from "./writer.ts";

// A mark on the instance and no map of this module's: a bundle may hold two copies, and the instance is bound once.
const MARK = "~lamella";

/** The one writer of a Powertools `Metrics` that belongs to a team. */
export function writerOf(metrics: Metrics & { [MARK]?: Writer }): Writer {
  const bound = metrics[MARK];
  if (bound !== undefined) return bound;
  // Loaded for those who use it.
  const { AsyncLocalStorage } = process.getBuiltinModule("node:async_hooks");
  const writer = new Writer(metrics, { storage: new AsyncLocalStorage<ItemMetric>() });
  Object.defineProperty(metrics, MARK, { value: writer });
  return writer;
}
