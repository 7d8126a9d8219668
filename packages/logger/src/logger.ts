import { Logger } from "@aws-lambda-powertools/logger";
import type { ConstructorOptions } from "@aws-lambda-powertools/logger/types";
import type { Layer } from "@lamella/core";
import { Binding } from "./binding.ts";
import { bindingOf } from "./binding-of.ts";
import { checkOptions } from "./check-options.ts";
import { EventLog } from "./event-log.ts";
import { rulesOf, withoutRules } from "./line-rules.ts";
import type { Log } from "./log.ts";
import { loggerLayer } from "./logger-layer.ts";
import type { InstanceOptions, LoggerOptions } from "./logger-options.ts";

/**
 * Adds `ctx.log`, a Powertools log of each item's own: its lines carry the item's identity, the Lambda context, and
 * what was appended for this item and no other. Failures are logged as well, each with its item's keys. A logger that
 * fails never fails the work.
 *
 * With `instance` the lines are written by a Powertools logger of your own, and code that calls that logger itself
 * logs for the item in whose course it runs, however many run at once. It then has its own options, so none besides
 * `correlationId`, `logEvent` and `summary` may stand next to it. Children that were made of it before are loggers of their own.
 *
 * @throws {TypeError} At load, when an option is unknown, of the wrong kind, or may not stand beside another.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(sqs({ body: Order }), logger({ service: "orders" }), async ({ body }, { log }) => {
 *   log.info("reserving stock", { sku: body.sku });
 * });
 */
export function logger<Item = unknown>(options: LoggerOptions<Item> | InstanceOptions<Item> = {}): Layer<Item, {}, { readonly log: Log }> {
  checkOptions(options);
  const { correlationId, instance, logEvent, summary = false } = options;
  const events = eventLogOf(logEvent);
  if (instance !== undefined) {
    const binding = bindingOf(instance);
    return loggerLayer({ binding: () => binding, storage: binding.storage, correlationId, events, summary });
  }
  const rules = rulesOf(options);
  // Made at the first use: it costs some 2 ms, mostly for the console, and most invocations that only succeed log nothing.
  let made: Binding | undefined;
  const binding = (): Binding => (made ??= new Binding(new Logger(toPowertools(options)), { rules }));
  return loggerLayer({ binding, storage: undefined, correlationId, events, summary, sampling: rules.sampling });
}

function eventLogOf(logEvent: LoggerOptions<never>["logEvent"] = eventsByEnvironment()): EventLog | undefined {
  return logEvent === false ? undefined : new EventLog(logEvent === true ? {} : logEvent);
}

/** As Powertools reads it. */
function eventsByEnvironment(): boolean {
  return process.env["POWERTOOLS_LOGGER_LOG_EVENT"]?.toLowerCase() === "true";
}

function toPowertools(options: LoggerOptions<never>): ConstructorOptions {
  const {
    correlationId: _,
    instance: _none,
    logEvent: _event,
    summary: _summary,
    service,
    serviceName = service,
    level,
    logLevel = level,
    ...rest
  } = options;
  const given = Object.entries({ ...rest, serviceName, logLevel }).filter(([, value]) => value !== undefined);
  return withoutRules(Object.fromEntries(given) as ConstructorOptions);
}
