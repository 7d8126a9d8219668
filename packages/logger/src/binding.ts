import type { AsyncLocalStorage } from "node:async_hooks";
import type { Logger, LogItem } from "@aws-lambda-powertools/logger";
import type { LogLevel } from "@aws-lambda-powertools/logger/types";
import type { LambdaContext } from "@lamella/core";
import type { Buffering } from "./held-lines.ts";
import { lastResort, messageOf, reasonOf } from "./last-resort.ts";
import { childRules, type LineRules, withoutRules } from "./line-rules.ts";
import { type OpenLogger, originalsOf, type Replaceable } from "./open-logger.ts";
import type { LogConsole } from "./recorder.ts";
import type { Scope } from "./scope.ts";

/** The number of level DEBUG, from which on the lines of sampled invocations are written. */
const DEBUG = 8;
const WARN = 16;

export interface BindingOptions {
  /** Where code finds its scope that calls the logger itself and not `ctx.log`. */
  readonly storage?: AsyncLocalStorage<Scope> | undefined;
  /** The scope of a logger that belongs to one. */
  readonly scope?: Scope | undefined;
  /** Rules that stand in for the logger's own, which it then has to be without. @default the logger's own */
  readonly rules?: LineRules | undefined;
}

/** What the logger knew of the invocation outside of all scopes. */
interface Outside {
  readonly context: LambdaContext;
  readonly coldStart: boolean | undefined;
}

const NOTHING: Outside = { context: {} as LambdaContext, coldStart: undefined };

/**
 * A Powertools logger that writes each line, and keeps each key, for the scope that it is called in. Called in none it
 * is what it was.
 *
 * One logger for all items: a child of it for each would cost as much as eight lines, and would make up its own mind
 * about sampling and cold starts.
 */
export class Binding {
  readonly logger: Logger;
  readonly storage: AsyncLocalStorage<Scope> | undefined;
  readonly #open: OpenLogger;
  readonly #was: Replaceable;
  readonly #scope: Scope | undefined;
  readonly #rules: LineRules | undefined;
  /** Set while a call runs; no call waits for anything. */
  #current: Scope | undefined;
  #outside = NOTHING;
  /** The cold start that the logger is to note, while it notes a context. */
  #noting: Outside | undefined;
  /** What it noted last. */
  #noted: Outside | undefined;
  /** On Managed Instances a logger notes something for each invocation, so what it noted last says nothing. */
  readonly #notesOne = process.env["AWS_LAMBDA_MAX_CONCURRENCY"] === undefined;

  constructor(logger: Logger, { storage, scope, rules }: BindingOptions = {}) {
    this.logger = logger;
    this.storage = storage;
    this.#scope = scope;
    this.#rules = rules;
    // Types are erased here, once: a subclass could say it with them, but the logger of a team is made already.
    this.#open = logger as unknown as OpenLogger;
    this.#was = originalsOf(this.#open);
    Object.assign(this.#open, this.#replacements());
    if (rules !== undefined) this.#open.powertoolsLogData.sampleRateValue = rules.sampling.rate;
  }

  /** Calls the logger in `scope`. */
  within<Result>(scope: Scope, call: (logger: Logger) => Result): Result {
    const before = this.#current;
    this.#current = scope;
    try {
      return call(this.logger);
    } finally {
      this.#current = before;
    }
  }

  /** The level below which nothing of the scope is written. */
  levelIn(scope: Scope): number {
    return this.#isSampled(scope) ? Math.min(DEBUG, this.logger.level) : this.logger.level;
  }

  levelNameIn(scope: Scope): Uppercase<LogLevel> {
    return this.levelIn(scope) < this.logger.level ? "DEBUG" : this.logger.getLevelName();
  }

  #isSampled({ subject }: Scope): boolean {
    return this.#rules?.sampling.has(subject.lambda) === true;
  }

  #scopeNow(): Scope | undefined {
    return this.#current ?? this.storage?.getStore() ?? this.#scope;
  }

  #replacements(): Replaceable {
    const was = this.#was;
    type Call<Name extends keyof Replaceable> = (scope: Scope, ...args: Parameters<Replaceable[Name]>) => ReturnType<Replaceable[Name]>;
    const scoped = <Name extends keyof Replaceable>(name: Name, inScope: Call<Name>): Replaceable[Name] => {
      const outside = was[name] as (...args: Parameters<Replaceable[Name]>) => ReturnType<Replaceable[Name]>;
      return ((...args: Parameters<Replaceable[Name]>) => {
        const scope = this.#scopeNow();
        if (scope !== undefined) return inScope(scope, ...args);
        // A line outside of all scopes must not look as if it belonged to the one that was written last.
        if (this.#noted !== undefined) this.#note(this.#outside);
        return outside(...args);
      }) as Replaceable[Name];
    };
    return {
      processLogItem: scoped("processLogItem", (scope, ...line) => this.#write(scope, ...line)),
      createAndPopulateLogItem: scoped("createAndPopulateLogItem", (scope, ...line) => this.#populate(scope, ...line)),
      flushBuffer: scoped("flushBuffer", (scope) =>
        this.#withConsole(scope, this.#rules === undefined ? was.flushBuffer : () => this.#release(scope)),
      ),
      clearBuffer: scoped("clearBuffer", (scope) => (this.#rules === undefined ? was.clearBuffer() : scope.held.clear())),
      appendKeys: scoped("appendKeys", (scope, keys) => scope.append(keys, (warning) => this.logger.warn(warning))),
      removeKeys: scoped("removeKeys", (scope, names) => scope.remove(names)),
      resetKeys: scoped("resetKeys", (scope) => scope.reset()),
      getCorrelationId: scoped("getCorrelationId", (scope) => scope.correlationId),
      createChild: (options = {}) => {
        const scope = this.#scopeNow();
        const rules = this.#rules && childRules(this.#rules, options, scope);
        const child = was.createChild(rules === undefined ? options : withoutRules(options));
        const bound = new Binding(child, scope === undefined ? { storage: this.storage, rules } : { scope: scope.fork(), rules });
        // Powertools takes it for a cold start whenever a child first hears of a context.
        bound.#outside = this.#outside;
        bound.#note(this.#outside);
        return child;
      },
      // Powertools asks each logger whether it is its first time, which says nothing of the process.
      getColdStart: () => (this.#noting === undefined ? was.getColdStart() : this.#noting.coldStart),
      addContext: (context) => {
        // A scope knows its context.
        if (this.#scopeNow() !== undefined) return;
        this.#outside = { context, coldStart: was.getColdStart() };
        this.#note(this.#outside);
      },
    };
  }

  #write(scope: Scope, ...[level, input, extraInput]: Parameters<Replaceable["processLogItem"]>): void {
    this.#withConsole(scope, () => {
      try {
        this.#writeByRules(scope, level, input, extraInput);
      } catch (error) {
        // Something in the line cannot be read or formatted; what names it most likely can.
        try {
          this.within(scope.bare(), () => this.#was.processLogItem(level, messageOf(input), [{ log_error: reasonOf(error) }]));
        } catch {
          lastResort(input, error);
        }
      }
    });
  }

  #writeByRules(scope: Scope, ...[level, input, extraInput]: Parameters<Replaceable["processLogItem"]>): void {
    if (this.#rules !== undefined) {
      const { buffering } = this.#rules;
      if (buffering?.releases(level)) this.#release(scope);
      const sampled = this.#isSampled(scope) && level >= DEBUG;
      if (!sampled && buffering?.holds(level) && this.#hold(scope, level, this.#populate(scope, level, input, extraInput), buffering))
        return;
      if (sampled && level < this.logger.level) return this.#open.printLog(level, this.#populate(scope, level, input, extraInput));
    }
    this.#was.processLogItem(level, input, extraInput);
  }

  /** Holds a line as it would have been written now; `false` where it is too long for that. */
  #hold(scope: Scope, level: number, line: LogItem, { maxBytes }: Buffering): boolean {
    let held = false;
    const hold = (method: keyof LogConsole) => (text: string) => {
      held = scope.held.hold(method, text, maxBytes);
    };
    this.#onConsole({ trace: hold("trace"), debug: hold("debug"), info: hold("info"), warn: hold("warn"), error: hold("error") }, () =>
      this.#open.printLog(level, line),
    );
    return held;
  }

  #release(scope: Scope): void {
    const dropped = scope.held.release(this.#open.console);
    if (dropped > 0)
      this.#was.processLogItem(WARN, "Lines that were held back are missing: maxBytes of logBufferOptions is too low", [{ dropped }]);
  }

  #populate(
    scope: Scope,
    ...[level, input, extraInput]: Parameters<Replaceable["createAndPopulateLogItem"]>
  ): ReturnType<Replaceable["createAndPopulateLogItem"]> {
    const { lambda: context, coldStart } = scope.subject;
    this.#note({ context, coldStart });
    try {
      // The message by name: an error's is not among the members that are copied.
      const line = typeof input === "object" && input !== null ? { ...input, message: input.message } : { message: messageOf(input) };
      return this.#was.createAndPopulateLogItem(level, { ...scope.keys(), ...line }, extraInput);
    } finally {
      if (!this.#notesOne) this.#note(this.#outside);
    }
  }

  #note(noting: Outside): void {
    // Most lines are of the invocation of the line before, and noting costs as much as a tenth of a line.
    const { context, coldStart } = this.#noted ?? {};
    if (this.#notesOne && context === noting.context && coldStart === noting.coldStart) return;
    this.#noted = noting;
    this.#noting = noting;
    this.#was.addContext(noting.context);
    this.#noting = undefined;
  }

  #withConsole(scope: Scope, write: () => void): void {
    const { console } = scope.options;
    return console === undefined ? write() : this.#onConsole(console, write);
  }

  #onConsole(console: LogConsole, write: () => void): void {
    const own = this.#open.console;
    this.#open.console = console;
    try {
      write();
    } finally {
      this.#open.console = own;
    }
  }
}
