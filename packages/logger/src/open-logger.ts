import type { Logger, LogItem } from "@aws-lambda-powertools/logger";
import type { ConstructorOptions, LogItemExtraInput, LogItemMessage } from "@aws-lambda-powertools/logger/types";
import type { LambdaContext } from "@lamella/core";
import type { LogKeys } from "./log.ts";
import type { LogConsole } from "./recorder.ts";

/** What of a Powertools logger is public, or protected and so there for subclasses to replace. */
export interface Replaceable {
  readonly addContext: (context: LambdaContext) => void;
  readonly appendKeys: (keys: LogKeys) => void;
  readonly removeKeys: (names: string[]) => void;
  readonly resetKeys: () => void;
  readonly getCorrelationId: () => unknown;
  readonly createChild: (options?: ConstructorOptions) => Logger;
  readonly flushBuffer: () => void;
  readonly clearBuffer: () => void;
  readonly getColdStart: () => boolean | undefined;
  readonly createAndPopulateLogItem: (level: number, input: LogItemMessage, extraInput: LogItemExtraInput) => LogItem;
  readonly processLogItem: (level: number, input: LogItemMessage, extraInput: LogItemExtraInput) => void;
}

/** A Powertools logger with what its types close. */
export interface OpenLogger extends Replaceable {
  /** Where lines are written to. Private, so only tests may depend on it. */
  console: LogConsole;
  readonly printLog: (level: number, line: LogItem) => void;
  /** What every line shows of the logger. Private too. */
  readonly powertoolsLogData: { sampleRateValue: number };
}

const NAMES = [
  "addContext",
  "appendKeys",
  "removeKeys",
  "resetKeys",
  "getCorrelationId",
  "createChild",
  "flushBuffer",
  "clearBuffer",
  "getColdStart",
  "createAndPopulateLogItem",
  "processLogItem",
] as const satisfies readonly (keyof Replaceable)[];

/** Whether `value` is a Powertools logger, from whichever copy of the package. */
export function isLogger(value: unknown): value is Logger {
  return typeof value === "object" && value !== null && NAMES.every((name) => typeof (value as Partial<Replaceable>)[name] === "function");
}

/** The logger's methods as they are, to be called once they are replaced. */
export function originalsOf(logger: OpenLogger): Replaceable {
  return Object.fromEntries(NAMES.map((name) => [name, logger[name].bind(logger)])) as unknown as Replaceable;
}
