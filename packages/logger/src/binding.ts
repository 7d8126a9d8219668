import type { AsyncLocalStorage } from "node:async_hooks";
import type { Logger } from "@aws-lambda-powertools/logger";
import type { LambdaContext } from "@lamella/core";
import { lastResort, messageOf, reasonOf } from "./last-resort.ts";
import { type OpenLogger, originalsOf, type Replaceable } from "./open-logger.ts";
import type { Scope } from "./scope.ts";

export interface BindingOptions {
  /** Where code finds its scope that calls the logger itself and not `ctx.log`. */
  readonly storage?: AsyncLocalStorage<Scope> | undefined;
  /** The scope of a logger that belongs to one. */
  readonly scope?: Scope | undefined;
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
  /** Set while a call runs; no call waits for anything. */
  #current: Scope | undefined;
  #outside = NOTHING;
  /** The cold start that the logger is to note, while it notes a context. */
  #noting: Outside | undefined;

  constructor(logger: Logger, { storage, scope }: BindingOptions = {}) {
    this.logger = logger;
    this.storage = storage;
    this.#scope = scope;
    // Types are erased here, once: a subclass could say it with them, but the logger of a team is made already.
    this.#open = logger as unknown as OpenLogger;
    this.#was = originalsOf(this.#open);
    Object.assign(this.#open, this.#replacements());
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
        return scope === undefined ? outside(...args) : inScope(scope, ...args);
      }) as Replaceable[Name];
    };
    return {
      processLogItem: scoped("processLogItem", (scope, ...line) => this.#write(scope, ...line)),
      createAndPopulateLogItem: scoped("createAndPopulateLogItem", (scope, ...line) => this.#populate(scope, ...line)),
      flushBuffer: scoped("flushBuffer", (scope) => this.#withConsole(scope, was.flushBuffer)),
      appendKeys: scoped("appendKeys", (scope, keys) => scope.append(keys, (warning) => this.logger.warn(warning))),
      removeKeys: scoped("removeKeys", (scope, names) => scope.remove(names)),
      resetKeys: scoped("resetKeys", (scope) => scope.reset()),
      getCorrelationId: scoped("getCorrelationId", (scope) => scope.correlationId),
      createChild: scoped("createChild", (scope, options) => new Binding(was.createChild(options), { scope: scope.fork() }).logger),
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
        this.#was.processLogItem(level, input, extraInput);
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

  #populate(
    scope: Scope,
    ...[level, input, extraInput]: Parameters<Replaceable["createAndPopulateLogItem"]>
  ): ReturnType<Replaceable["createAndPopulateLogItem"]> {
    const { lambda: context, coldStart } = scope.subject;
    this.#note({ context, coldStart });
    try {
      const line = typeof input === "string" ? { message: input } : input;
      return this.#was.createAndPopulateLogItem(level, { ...scope.keys(), ...line }, extraInput);
    } finally {
      // A later line outside of all scopes must not look as if it belonged to this one.
      this.#note(this.#outside);
    }
  }

  #note(noting: Outside): void {
    this.#noting = noting;
    this.#was.addContext(noting.context);
    this.#noting = undefined;
  }

  #withConsole(scope: Scope, write: () => void): void {
    const { console } = scope.options;
    if (console === undefined) return write();
    const own = this.#open.console;
    this.#open.console = console;
    try {
      write();
    } finally {
      this.#open.console = own;
    }
  }
}
