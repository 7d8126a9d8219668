import type { Logger } from "@aws-lambda-powertools/logger";
import type { ConstructorOptions, Environment, LogLevel } from "@aws-lambda-powertools/logger/types";
import type { Base } from "@lamella/core";

/** How events are logged. */
export interface EventLogOptions {
  /**
   * What is left out besides what gives access to something (authorization, cookies, keys and passwords): paths such
   * as `Records.*.body.card.number`, where `*` stands for any one member. A path leads into a text that is JSON; of
   * another text it takes away all.
   * @default nothing
   */
  readonly redact?: readonly string[] | undefined;
}

/** What `logger` takes however the logger comes about. */
export interface CommonOptions<Item> {
  /**
   * Finds what relates the item's lines to those of other functions. Asked when the item first logs, so that it may
   * read a payload; where it finds none, or throws, the default stands.
   * @default the id of the message, record or request
   */
  readonly correlationId?: ((item: Item, ctx: Base) => string | undefined) | undefined;
  /**
   * Logs every event of the function as it came, at level INFO and without its secrets, before any item runs. Events
   * hold what users sent: name what must not be logged.
   * @default `POWERTOOLS_LOGGER_LOG_EVENT`, or else false
   */
  readonly logEvent?: boolean | EventLogOptions | undefined;
  /**
   * Logs one line of what each invocation came to: how many items it received, how many failed, and how long it took.
   * @default only where one of several items failed
   */
  readonly summary?: boolean | undefined;
}

/**
 * The options of `logger`: those of Powertools' `Logger`, under their names there, and shorter names for the two that
 * everybody sets.
 */
export interface LoggerOptions<Item> extends CommonOptions<Item> {
  readonly instance?: undefined;
  /** The service's name, as key `service`. @default `POWERTOOLS_SERVICE_NAME`, or else "service_undefined" */
  readonly service?: string | undefined;
  /** As `service`. */
  readonly serviceName?: string | undefined;
  /** The level below which nothing is written. @default `POWERTOOLS_LOG_LEVEL`, or else "INFO" */
  readonly level?: LogLevel | undefined;
  /** As `level`. */
  readonly logLevel?: LogLevel | undefined;
  /** Keys for all lines. */
  readonly persistentKeys?: ConstructorOptions["persistentKeys"] | undefined;
  /** The environment, for formatters that show it. */
  readonly environment?: Environment | undefined;
  /** Gives lines another shape. @default Powertools' own shape */
  readonly logFormatter?: ConstructorOptions["logFormatter"] | undefined;
  /** The keys that come first in a line; not together with `logFormatter`. */
  readonly logRecordOrder?: ConstructorOptions["logRecordOrder"] | undefined;
  /**
   * The share of invocations whose lines are written from level DEBUG on, from 0 to 1, decided once for each.
   * @default `POWERTOOLS_LOGGER_SAMPLE_RATE`, or else 0
   */
  readonly sampleRateValue?: number | undefined;
  /** Is asked for each value before it is written. */
  readonly jsonReplacerFn?: ConstructorOptions["jsonReplacerFn"] | undefined;
  /** Holds an item's lines back until an error of the item is logged, or the item fails. They need room of `maxBytes` each. */
  readonly logBufferOptions?: ConstructorOptions["logBufferOptions"] | undefined;
  /** Finds values by path, for `log.setCorrelationId(value, path)`. */
  readonly correlationIdSearchFn?: ConstructorOptions["correlationIdSearchFn"] | undefined;
  /** @deprecated By Powertools. Use the other options, or `POWERTOOLS_…` environment variables. */
  readonly customConfigService?: ConstructorOptions["customConfigService"] | undefined;
  /** @deprecated By Powertools. Use `persistentKeys`. */
  readonly persistentLogAttributes?: ConstructorOptions["persistentLogAttributes"] | undefined;
}

type OwnOptions = Exclude<keyof LoggerOptions<unknown>, keyof CommonOptions<unknown> | "instance">;

/** The options of `logger` for a logger that is there already, and has its own. */
export interface InstanceOptions<Item> extends CommonOptions<Item>, Readonly<Partial<Record<OwnOptions, undefined>>> {
  /** A Powertools logger of your own, the one that the rest of your code imports. */
  readonly instance: Logger;
}
