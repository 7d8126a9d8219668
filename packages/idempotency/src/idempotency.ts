import type { Base, Layer, Outcome } from "@lamella/core";
import { toSettings } from "./check-options.ts";
import { sealed } from "./data/outcome.ts";
import { identify, itemWork } from "./item-work.ts";
import type { IdempotencyOptions } from "./options.ts";
import { Guard } from "./state/guard.ts";
import type { Settings } from "./state/settings.ts";

/**
 * Runs an item once for each key: what comes again gets the outcome of the first time. Stands in front of any item: a
 * request, a message, a record.
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(
 *   sqs({ body: Order }),
 *   idempotency({ store: dynamodbStore({ table: "idempotency" }), key: ({ body }) => body.id }),
 *   async ({ body }) => charge(body),
 * );
 */
export function idempotency<Item, Ctx = {}>(options: IdempotencyOptions<Item, Ctx>): Layer<Item, Ctx, {}> {
  return around(options, toSettings("idempotency", options));
}

/** The layer of a process, which the settings stand for. */
export function around<Item, Ctx>(options: IdempotencyOptions<Item, Ctx>, settings: Settings): Layer<Item, Ctx, {}> {
  const guard = new Guard(settings);
  return {
    name: "idempotency",
    hooks: {
      // The key is of the payload, most often.
      reads: true,
      item: async (item, ctx: Base & Ctx, next) => {
        const identity = identify(options, item, ctx);
        if (identity === undefined) return next();
        return guard.once(itemWork(options, item, identity, async () => sealed((await next()) as Outcome<never>, item)));
      },
    },
  };
}
