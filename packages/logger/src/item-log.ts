import type { Logger } from "@aws-lambda-powertools/logger";
import type { ConstructorOptions, LogItemExtraInput, LogItemMessage, LogLevel } from "@aws-lambda-powertools/logger/types";
import type { Binding } from "./binding.ts";
import { lastResort } from "./last-resort.ts";
import type { Log, LogKeys } from "./log.ts";
import type { Scope } from "./scope.ts";

type Method = "trace" | "debug" | "info" | "warn" | "error" | "critical";

/** A scope's log. Light, because most items get one and never use it: the logger behind it is made at the first use. */
export class ItemLog implements Log {
  readonly #binding: () => Binding;
  readonly #scope: Scope;

  constructor(binding: () => Binding, scope: Scope) {
    this.#binding = binding;
    this.#scope = scope;
  }

  trace(input: LogItemMessage, ...extraInput: LogItemExtraInput): void {
    this.#write("trace", input, extraInput);
  }

  debug(input: LogItemMessage, ...extraInput: LogItemExtraInput): void {
    this.#write("debug", input, extraInput);
  }

  info(input: LogItemMessage, ...extraInput: LogItemExtraInput): void {
    this.#write("info", input, extraInput);
  }

  warn(input: LogItemMessage, ...extraInput: LogItemExtraInput): void {
    this.#write("warn", input, extraInput);
  }

  error(input: LogItemMessage, ...extraInput: LogItemExtraInput): void {
    this.#write("error", input, extraInput);
  }

  critical(input: LogItemMessage, ...extraInput: LogItemExtraInput): void {
    this.#write("critical", input, extraInput);
  }

  appendKeys(attributes: LogKeys): void {
    this.#scope.append(attributes, (warning) => this.warn(warning));
  }

  removeKeys(keys: string[]): void {
    this.#scope.remove(keys);
  }

  resetKeys(): void {
    this.#scope.reset();
  }

  setCorrelationId(value: unknown, correlationIdPath?: string): void {
    this.#quietly("setCorrelationId(…)", (logger) => logger.setCorrelationId(value, correlationIdPath));
  }

  getCorrelationId(): unknown {
    return this.#scope.correlationId;
  }

  flushBuffer(): void {
    this.#quietly("flushBuffer()", (logger) => logger.flushBuffer());
  }

  clearBuffer(): void {
    this.#quietly("clearBuffer()", (logger) => logger.clearBuffer());
  }

  createChild(options?: ConstructorOptions): Logger {
    return this.#binding().within(this.#scope, (logger) => logger.createChild(options));
  }

  get level(): number {
    return this.#binding().levelIn(this.#scope);
  }

  getLevelName(): Uppercase<LogLevel> {
    return this.#binding().levelNameIn(this.#scope);
  }

  #quietly(what: string, call: (logger: Logger) => void): void {
    try {
      this.#binding().within(this.#scope, call);
    } catch (error) {
      lastResort(what, error);
    }
  }

  #write(method: Method, input: LogItemMessage, extraInput: LogItemExtraInput): void {
    try {
      this.#binding().within(this.#scope, (logger) => logger[method](input, ...extraInput));
    } catch (error) {
      // The logger could not even be made, or is a subclass that fails before it writes.
      lastResort(input, error);
    }
  }
}
