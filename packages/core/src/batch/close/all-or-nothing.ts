import type { Close } from "./close.ts";
import { againOf, failed } from "./partial.ts";

/** Closes a batch of a service without partial replies: one record that comes again makes all of them come again. */
export function allOrNothing(): Close<unknown, void> {
  return (tally) => {
    const { size } = new Set(againOf(tally).map(({ delivery }) => delivery.index));
    if (size > 0)
      throw failed(tally, `${size} of ${tally.records.length} records of ${tally.format.name} failed, and it takes no partial reply.`);
  };
}
