import type { Settled } from "@lamella/core/extend";
import type { Entry } from "./document.ts";

/** What is told of one batch. */
export function itemCounts({ received, failed, invalid, ignored, unrun, oldestAt }: Settled): readonly Entry[] {
  const counts = { ItemsInvalid: invalid, ItemsIgnored: ignored, ItemsUnrun: unrun };
  const entries: Entry[] = [
    { name: "ItemsReceived", unit: "Count", value: received },
    // Nought as well, so that an alarm has something to look at.
    { name: "ItemsFailed", unit: "Count", value: failed },
  ];
  for (const [name, value] of Object.entries(counts)) if (value > 0) entries.push({ name, unit: "Count", value });
  // Clocks differ, and nothing is younger than now.
  if (oldestAt !== undefined) entries.push({ name: "OldestItemAge", unit: "Milliseconds", value: Math.max(0, Date.now() - oldestAt) });
  return entries;
}
