import type { Base, Delivery, Layer } from "@lamella/core";
import type { Binding } from "./binding.ts";
import { ItemLog } from "./item-log.ts";
import type { Log } from "./log.ts";
import { logFailures } from "./log-failures.ts";
import { type LogConsole, recorder } from "./recorder.ts";
import { Scope, type ScopeOptions } from "./scope.ts";

/** What a logger layer is made of. */
export interface LoggerParts<Item> {
  /** Gives the logger, and makes it when it is first asked for. */
  readonly binding: () => Binding;
  readonly storage: Binding["storage"];
  readonly correlationId: ((item: Item, ctx: Base) => string | undefined) | undefined;
  /** Where lines go instead of to the logger's own console. */
  readonly console?: LogConsole | undefined;
}

/** The layer that gives each item its log, and logs what failed. */
export function loggerLayer<Item>(parts: LoggerParts<Item>): Layer<Item, {}, { readonly log: Log }> {
  const { binding, storage, correlationId, console } = parts;
  // By the objects that failures are reported with: the line of a failure says what the item's own lines say.
  const scopes = new WeakMap<Delivery, Scope>();
  const plain: ScopeOptions = { console, scopes };
  const optionsOf = (item: Item, ctx: Base): ScopeOptions =>
    correlationId === undefined && storage === undefined
      ? plain
      : {
          console,
          scopes,
          correlate: correlationId && (() => correlationId(item, ctx)),
          // Of the invocation, and never of the item in whose wake this one is started.
          outer: storage?.getStore()?.invocation,
        };

  return {
    name: "logger",
    hooks: {
      item: (item, ctx, next) => {
        const scope = new Scope(ctx, optionsOf(item, ctx));
        const log = new ItemLog(binding, scope);
        const outcome = storage === undefined ? next({ log }) : storage.run(scope, next<{ readonly log: Log }>, { log });
        // Beside the chain and not in it, so that nothing waits for it. What is no promise the core refuses, or awaits.
        if (outcome instanceof Promise) outcome.catch(() => scopes.set(ctx.delivery, scope));
        return outcome;
      },
      // Code that calls the logger itself also does so between the items, in `onFailure` or in other layers.
      invocation: storage && ((lambda, next) => storage.run(new Scope({ lambda }, plain), next)),
      report: (failures, lambda) => {
        const known = failures.map(({ delivery }) => scopes.get(delivery));
        const coldStart = known.find((scope) => scope !== undefined)?.subject.coldStart;
        logFailures(failures, (delivery) => {
          const scope = delivery && scopes.get(delivery);
          return new ItemLog(binding, scope ?? new Scope({ lambda, coldStart, delivery }, plain));
        });
      },
      initialised: (inits, lambda) => {
        const inits_ms = Object.fromEntries(inits.map(({ name, durationMs }) => [name, Math.round(durationMs * 10) / 10]));
        new ItemLog(binding, new Scope({ lambda }, plain)).info("Layers are ready", { inits_ms });
      },
      recorded: (record) => loggerLayer({ ...parts, console: recorder(record) }),
    },
  };
}
