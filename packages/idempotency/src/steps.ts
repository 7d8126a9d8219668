import type { Base, Layer } from "@lamella/core";
import { mustBe } from "@lamella/core/extend";
import { toSettings } from "./check-options.ts";
import { type Identity, identify, type StepHooks, storing } from "./item-work.ts";
import type { IdempotencyOptions } from "./options.ts";
import { Guard } from "./state/guard.ts";
import { toStepId } from "./state/id.ts";
import type { Work } from "./state/work.ts";

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
  return {
    name: "steps",
    hooks: {
      reads: true,
      item: async (item, ctx: Base & Ctx, next) => {
        const identity = identify(options, item, ctx);
        const over = Promise.withResolvers<void>();
        const once: Once = async <T>(name: string, step: () => T | Promise<T>): Promise<T> => {
          const work = stepOf<T>(options, identity ?? { id: "", ctx, payload: undefined }, "once", name, async () => step());
          return identity === undefined ? work.run() : guard.once({ ...work, over: over.promise });
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

/** The work of one step. `method` is what it was called by. */
export function stepOf<T>(options: StepHooks, identity: Identity, method: string, name: string, run: () => Promise<T>): Work<T> {
  mustBe(typeof name === "string" && /^[^#~]+$/.test(name), `${method}(name, …)`, "a text without # and ~", name);
  const { keep } = options;
  const { write, read } = storing(options);
  return {
    ...identity,
    id: toStepId(identity.id, name),
    run,
    // A step goes on by itself when its handler is given up, and is seen to its end.
    late: () => undefined,
    keeps: (value) => keep?.(value) ?? true,
    store: (value) => write(value),
    replay: async (record) => (await read(record)) as T,
  };
}
