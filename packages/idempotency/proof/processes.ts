import type { Base, Layer } from "@lamella/core";
import { toSettings } from "../src/check-options.ts";
import { around } from "../src/idempotency.ts";
import type { IdempotencyOptions } from "../src/options.ts";

type Around = (item: unknown, ctx: Base, next: () => Promise<never>) => Promise<never>;

/**
 * The layer, as each simulated process has it: all of them are one in truth, so what a process knows of itself has to
 * be kept apart.
 */
export function perProcess<Item>(toOptions: (logStreamName: string) => IdempotencyOptions<Item, {}>): Layer<Item, {}, {}> {
  const processes = new Map<string, Around>();
  return {
    name: "idempotency",
    hooks: {
      reads: true,
      item: ((item, ctx, next) => {
        const name = ctx.lambda.logStreamName;
        let process = processes.get(name);
        if (process === undefined) {
          const options = toOptions(name);
          process = around(options, toSettings("idempotency", options, new Set())).hooks.item as unknown as Around;
          processes.set(name, process);
        }
        return process(item, ctx, next);
      }) satisfies Around as never,
    },
  };
}
