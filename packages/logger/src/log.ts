import type { Logger } from "@aws-lambda-powertools/logger";
import type { ConstructorOptions, LogItemExtraInput, LogItemMessage, LogLevel } from "@aws-lambda-powertools/logger/types";

/** Keys for log lines, without those that Powertools writes itself, such as `level` and `service`. */
export type LogKeys = Parameters<Logger["appendKeys"]>[0];

/**
 * One item's log, as `ctx.log`. Its methods are those of a Powertools logger, and a Powertools logger fits where a
 * `Log` is asked for. What is set on it stays with the item, and it never throws into the work.
 */
export interface Log {
  /** Logs at level TRACE. */
  trace(input: LogItemMessage, ...extraInput: LogItemExtraInput): void;
  /** Logs at level DEBUG. */
  debug(input: LogItemMessage, ...extraInput: LogItemExtraInput): void;
  /** Logs at level INFO. */
  info(input: LogItemMessage, ...extraInput: LogItemExtraInput): void;
  /** Logs at level WARN. */
  warn(input: LogItemMessage, ...extraInput: LogItemExtraInput): void;
  /** Logs at level ERROR. */
  error(input: LogItemMessage, ...extraInput: LogItemExtraInput): void;
  /** Logs at level CRITICAL. */
  critical(input: LogItemMessage, ...extraInput: LogItemExtraInput): void;
  /** Adds keys to all later lines of this item; objects are merged with what is there. */
  appendKeys(attributes: LogKeys): void;
  /** Takes keys away that `appendKeys` added. */
  removeKeys(keys: string[]): void;
  /** Takes all keys away that `appendKeys` added. The item's identity stays. */
  resetKeys(): void;
  /** Sets `correlation_id`, to `value` or to what `correlationIdSearchFn` finds in it at the path. */
  setCorrelationId(value: unknown, correlationIdPath?: string): void;
  getCorrelationId(): unknown;
  /** Writes the item's lines that `logBufferOptions` holds back. */
  flushBuffer(): void;
  /** Drops the item's lines that `logBufferOptions` holds back. They go with the item in any case. */
  clearBuffer(): void;
  /** A Powertools logger that carries this item's keys, for code that asks for one. It belongs to the item: keep it no longer. */
  createChild(options?: ConstructorOptions): Logger;
  /** The level below which nothing is written, as a number: the higher, the fewer lines. */
  readonly level: number;
  /** The level below which nothing is written. */
  getLevelName(): Uppercase<LogLevel>;
}
