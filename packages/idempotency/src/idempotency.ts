import type { Base, Layer, Outcome } from "@lamella/core";
import { lateOutcome } from "@lamella/core/extend";
import { toSettings } from "./check-options.ts";
import { wasAnswered } from "./data/decode.ts";
import { answered } from "./data/encode.ts";
import { fromStored, isAnswer, sealed, statusOf, toStored } from "./data/outcome.ts";
import { identify, storing } from "./item-work.ts";
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
  const { keep } = options;
  const { write, read } = storing(options);
  return {
    name: "idempotency",
    hooks: {
      // The key is of the payload, most often.
      reads: true,
      item: async (item, ctx: Base & Ctx, next) => {
        const identity = identify(options, item, ctx);
        if (identity === undefined) return next();
        return guard.once<Outcome<never>>({
          ...identity,
          run: async () => sealed((await next()) as Outcome<never>, item),
          late: () => lateOutcome(ctx),
          keeps: async (outcome) => (keep === undefined ? (statusOf(outcome) ?? 200) < 500 : keep(await toStored(outcome, item))),
          store: async (outcome) => {
            const data = write(await toStored(outcome, item));
            return isAnswer(outcome) ? answered(data) : data;
          },
          replay: async (record) => fromStored(await read(record), item, wasAnswered(record.data)),
        });
      },
    },
  };
}
