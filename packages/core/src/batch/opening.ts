import type { Kind, Serve } from "../source.ts";
import { type BatchDefinition, type BatchSource, batchSource } from "./batch-source.ts";
import { batchDelivery } from "./records.ts";

/** What an opened source is made of. */
export interface OpenedDefinition<K extends Kind, Raw, Item extends K["item"], Opened> extends BatchDefinition<K, Raw, Item, Opened> {
  /** Makes what the format reads of the event, once an invocation; what it throws is told of, and rejects the invocation. */
  readonly open: (event: K["event"]) => Opened;
}

/**
 * Makes a source whose events have to be opened before their records can be read, such as one that packs them.
 *
 * @throws {RangeError} At load, when an option is out of its range.
 * @throws {TypeError} At load, when an option is none of its words.
 */
// Not a part of `batchSource`: most bundles need none of it.
export function openedSource<K extends Kind, Raw, Item extends K["item"], Opened>(
  definition: OpenedDefinition<K, Raw, Item, Opened>,
): BatchSource<K> {
  const source = batchSource(definition);
  const { format } = source;
  const open = definition.open as unknown as (event: never) => never;
  const opening =
    (run: Serve): Serve =>
    async (event, invocation) => {
      let opened: never;
      try {
        opened = open(event);
      } catch (error) {
        await invocation.tell({ error, fate: "rejected", delivery: batchDelivery(format, invocation.lambda) });
        throw error;
      }
      return run(opened, invocation);
    };
  return {
    ...source,
    opening,
    serve: (chain) => opening(source.serve(chain)),
    deliveries: (event, lambda) => {
      try {
        return source.deliveries(open(event), lambda);
      } catch {
        return [batchDelivery(format, lambda)];
      }
    },
  };
}
