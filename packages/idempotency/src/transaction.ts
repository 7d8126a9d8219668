import type { Base, Layer, Outcome } from "@lamella/core";
import { toTransactionSettings } from "./check-options.ts";
import { sealed } from "./data/outcome.ts";
import { identify, itemWork } from "./item-work.ts";
import type { TransactionOptions } from "./options.ts";
import { Guard } from "./state/guard.ts";
import { transacted, unkeyed } from "./state/transacted.ts";
import type { Work } from "./state/work.ts";

/**
 * As `idempotency`, in a transaction: adds `ctx.tx`, whose writes are committed together with the record of the item, or
 * not at all. So what is written by it is written exactly once for each key.
 *
 * The handler neither commits nor rolls back: what it returns commits, and what it throws rolls back.
 *
 * @throws {TypeError} At load, when an option is of the wrong kind, or the store has no transactions.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(
 *   sqs({ body: Order }),
 *   transaction({ store: sqlStore({ pool }), key: ({ body }) => body.id }),
 *   async ({ body }, { tx }) => tx.query("insert into orders (id) values ($1)", [body.id]),
 * );
 */
export function transaction<Item, Ctx = {}, Tx = unknown>(
  options: TransactionOptions<Item, Ctx, Tx>,
): Layer<Item, Ctx, { readonly tx: Tx }> {
  const guard = new Guard(toTransactionSettings("transaction", options));
  const { store } = options;
  return {
    name: "transaction",
    hooks: {
      // The key is of the payload, most often.
      reads: true,
      item: async (item, ctx: Base & Ctx, next) => {
        const identity = identify(options, item, ctx);
        const run = async (tx: Tx): Promise<Outcome<never>> => sealed((await next({ tx })) as Outcome<never>, item);
        const work: Work<Outcome<never>> = itemWork(options, item, identity ?? { id: "", ctx, payload: undefined }, () =>
          unkeyed(store, work, run),
        );
        return identity === undefined ? work.run() : guard.once({ ...work, perform: transacted(store, run) });
      },
    },
  };
}
