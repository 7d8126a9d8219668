import type { AroundInvocation, Base, Delivery, Layer } from "@lamella/core";
import { settled } from "@lamella/core/extend";
import type { Binding } from "./binding.ts";
import type { EventLog } from "./event-log.ts";
import { ItemLog } from "./item-log.ts";
import type { Log } from "./log.ts";
import { logFailures } from "./log-failures.ts";
import { logSettled } from "./log-settled.ts";
import { type LogConsole, recorder } from "./recorder.ts";
import type { Sampling } from "./sampling.ts";
import { Scope, type ScopeOptions } from "./scope.ts";

/** What a logger layer is made of. */
export interface LoggerParts<Item> {
  /** Gives the logger, and makes it when it is first asked for. */
  readonly binding: () => Binding;
  readonly storage: Binding["storage"];
  readonly correlationId: ((item: Item, ctx: Base) => string | undefined) | undefined;
  /** Logs the events, where that is asked for. */
  readonly events: EventLog | undefined;
  /** Whether each invocation gets a line of what it came to. */
  readonly summary: boolean;
  /** Which invocations log more; a team's own logger samples by itself. */
  readonly sampling?: Sampling | undefined;
  /** Where lines go instead of to the logger's own console. */
  readonly console?: LogConsole | undefined;
}

/** The layer that gives each item its log, and logs what failed. */
export function loggerLayer<Item>(parts: LoggerParts<Item>): Layer<Item, {}, { readonly log: Log }> {
  const { binding, storage, correlationId, events, sampling, summary, console } = parts;
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

  const aroundInvocation: AroundInvocation = async (lambda, next) => {
    const scope = new Scope({ lambda }, plain);
    sampling?.decide(lambda);
    events?.note(lambda, () => new ItemLog(binding, scope));
    if (storage === undefined) return next();
    // Code that calls the logger itself also does so between the items, in `onFailure` or in other layers.
    try {
      await storage.run(scope, next);
    } finally {
      // Powertools keeps what it held back until it is told, of every invocation.
      new ItemLog(binding, scope).clearBuffer();
    }
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
      invocation: storage || events || sampling?.rate ? aroundInvocation : undefined,
      source: events && ((source) => events.watched(source)),
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
      watch: settled((invocation) => {
        const { lambda, coldStart } = invocation;
        logSettled(invocation, summary, () => new ItemLog(binding, new Scope({ lambda, coldStart }, plain)));
      }),
      recorded: (record) => loggerLayer({ ...parts, console: recorder(record) }),
    },
  };
}
