import type { Base, Layer } from "@lamella/core";
import { toTransactionSettings } from "./check-options.ts";
import { identify } from "./item-work.ts";
import type { TransactionOptions } from "./options.ts";
import { Guard } from "./state/guard.ts";
import { transacted, unkeyed } from "./state/transacted.ts";
import type { Work } from "./state/work.ts";
import { stepOf } from "./steps.ts";

/** Does one step of an item in a transaction, once, and gives what came of it. `name` tells it from the item's other steps. */
export type Transact<Tx> = <T>(name: string, step: (tx: Tx) => T | Promise<T>) => Promise<T>;

/**
 * As `steps`, where each step is a transaction: adds `ctx.transact(name, step)`. What a step writes by its `tx` is
 * committed together with its record, or not at all.
 *
 * @throws {TypeError} At load, when an option is of the wrong kind, or the store has no transactions.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(sqs({ body: Order }), transactionSteps({ store, key: ({ body }) => body.id }), async ({ body }, { transact }) => {
 *   await transact("reserve", (tx) => tx.query("update stock set left = left - $1 where sku = $2", [body.quantity, body.sku]));
 * });
 */
export function transactionSteps<Item, Ctx = {}, Tx = unknown>(
  options: TransactionOptions<Item, Ctx, Tx>,
): Layer<Item, Ctx, { readonly transact: Transact<Tx> }> {
  const guard = new Guard(toTransactionSettings("transactionSteps", options));
  const { store } = options;
  return {
    name: "transactionSteps",
    hooks: {
      reads: true,
      item: async (item, ctx: Base & Ctx, next) => {
        const identity = identify(options, item, ctx);
        const over = Promise.withResolvers<void>();
        const transact: Transact<Tx> = async <T>(name: string, step: (tx: Tx) => T | Promise<T>): Promise<T> => {
          const run = async (tx: Tx): Promise<T> => step(tx);
          const work: Work<T> = stepOf<T>(options, identity ?? { id: "", ctx, payload: undefined }, "transact", name, () =>
            unkeyed(store, work, run),
          );
          return identity === undefined ? work.run() : guard.once({ ...work, over: over.promise, perform: transacted(store, run) });
        };
        try {
          return await next({ transact });
        } finally {
          over.resolve();
        }
      },
    },
  };
}
