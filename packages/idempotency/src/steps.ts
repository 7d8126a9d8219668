import type { Base, Layer } from "@lamella/core";
import { mustBe } from "@lamella/core/extend";
import { toSettings } from "./check-options.ts";
import { identify, storing } from "./item-work.ts";
import type { IdempotencyOptions } from "./options.ts";
import { Guard } from "./state/guard.ts";
import { toStepId } from "./state/id.ts";

/** Does one step of an item once, and gives what came of it. `name` tells it from the item's other steps. */
export type Once = <T>(name: string, step: () => T | Promise<T>) => Promise<T>;

/**
 * Adds `ctx.once(name, step)`, which does one step of an item once, where the item as a whole may run again. Each step
 * is a record of its own, under the item's key and its name.
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(sqs({ body: Order }), steps({ store, key: ({ body }) => body.id }), async ({ body }, { once }) => {
 *   const receipt = await once("charge", () => charge(body));
 *   await once("mail", () => send(receipt));
 * });
 */
export function steps<Item, Ctx = {}>(options: IdempotencyOptions<Item, Ctx>): Layer<Item, Ctx, { readonly once: Once }> {
  const guard = new Guard(toSettings("steps", options));
  const { keep } = options;
  const { write, read } = storing(options);
  return {
    name: "steps",
    hooks: {
      reads: true,
      item: async (item, ctx: Base & Ctx, next) => {
        const identity = identify(options, item, ctx);
        const over = Promise.withResolvers<void>();
        const once: Once = async <T>(name: string, step: () => T | Promise<T>): Promise<T> => {
          mustBe(typeof name === "string" && /^[^#~]+$/.test(name), "once(name, …)", "a text without # and ~", name);
          if (identity === undefined) return step();
          return guard.once<T>({
            ...identity,
            id: toStepId(identity.id, name),
            run: async () => step(),
            // A step goes on by itself when its handler is given up, and is seen to its end.
            late: () => undefined,
            over: over.promise,
            keeps: (value) => keep?.(value) ?? true,
            store: (value) => write(value),
            replay: async (record) => (await read(record)) as T,
          });
        };
        try {
          return await next({ once });
        } finally {
          over.resolve();
        }
      },
    },
  };
}
