import type { BatchFormat } from "../batch-source.ts";
import { CheckpointOrder, type Checkpoints, firstOfName, shardOf } from "../order/checkpoint-order.ts";
import { againOf, failed, mayThrow, nameOf, type PartialReply } from "./partial.ts";

/** How a stream is told where each shard starts again. */
export interface CheckpointReply<in Raw, out Reply> extends Checkpoints<Raw>, PartialReply<Raw, Reply> {
  /**
   * Which records of a shard are named: the `lowest` that comes again, or `all` of them, for a service that may take only
   * the named ones to come again.
   * @default "lowest"
   */
  readonly names?: "lowest" | "all" | undefined;
}

/**
 * The order and the close of a stream: the lowest record of a shard that comes again is where the shard starts again, so
 * nothing at or behind it is lost, and nothing behind it is started.
 */
export function checkpointed<Raw, Reply>(
  checkpoints: CheckpointReply<Raw, Reply>,
): Pick<BatchFormat<unknown, Reply, never, Raw>, "order" | "close"> {
  const { shard, identify, reply, names = "lowest" } = checkpoints;
  const erased = checkpoints as unknown as Checkpoints<never>;
  return {
    order: () => ({
      within: (raw) => shard?.(raw) ?? "",
      start: (records, concurrency) => new CheckpointOrder(records, erased, concurrency),
    }),
    close: (tally) => {
      const { records, format } = tally;
      const again = new Set(againOf(tally).map(({ delivery }) => delivery.index));
      if (again.size === 0) return reply([]);
      const lowest = new Map<string, number>();
      for (const index of again) {
        const name = shardOf(erased, records[index]);
        if (!lowest.has(name)) lowest.set(name, index);
      }
      const identifiers = [...(names === "all" ? again : lowest.values())].map((index) => nameOf(tally, index, identify));
      const starts = new Map([...lowest].map(([name, index]) => [name, firstOfName(erased, records, index)]));
      const keepsOne = records.some((raw, index) => !again.has(index) && index < (starts.get(shardOf(erased, raw)) ?? Infinity));
      // Only a batch that fails as a whole is split in half; reported at its first record it would come again as it was.
      if (!keepsOne && mayThrow(tally)) {
        throw failed(tally, `All ${records.length} records of ${format.name} come again, because the first failed.`);
      }
      return reply(identifiers);
    },
  };
}
