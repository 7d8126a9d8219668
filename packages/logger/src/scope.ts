import { LogItem } from "@aws-lambda-powertools/logger";
import type { LogAttributes } from "@aws-lambda-powertools/logger/types";
import type { Delivery, LambdaContext } from "@lamella/core";
import { HeldLines } from "./held-lines.ts";
import { lastResort } from "./last-resort.ts";
import type { LogConsole } from "./recorder.ts";
import { RESERVED_KEYS } from "./reserved-keys.ts";

/** What lines are about: an item with its `ctx`, a failed item, or an invocation as such. */
export interface Subject {
  readonly lambda: LambdaContext;
  /** `undefined` where it is not known. */
  readonly coldStart?: boolean | undefined;
  readonly delivery?: Delivery | undefined;
}

export interface ScopeOptions {
  /** Finds the correlation id; without one, or where it finds none, the delivery's id. */
  readonly correlate?: (() => string | undefined) | undefined;
  /** The scope around this one, whose keys it takes over. */
  readonly outer?: Scope | undefined;
  /** Where the scope is noted once it has logged, so that a later line about the item finds it. */
  readonly scopes?: WeakMap<Delivery, Scope> | undefined;
  /** Where lines go instead of to the logger's own console. */
  readonly console?: LogConsole | undefined;
}

/** The keys of one item's lines, apart from all other items'. */
export class Scope {
  readonly subject: Subject;
  readonly options: ScopeOptions;
  /** What was appended. Powertools' own log item, because it merges as Powertools' users expect. */
  #appended: LogItem | undefined;
  #identity: LogAttributes | undefined;
  #held: HeldLines | undefined;

  constructor(subject: Subject, options: ScopeOptions) {
    this.subject = subject;
    this.options = options;
  }

  /** All keys of a line, beside those that the line itself brings. */
  keys(): LogAttributes {
    return { ...this.options.outer?.appended, ...this.identity(), ...this.appended };
  }

  /** The invocation's scope. */
  get invocation(): Scope | undefined {
    // `in`, because reading an item's delivery makes it.
    return "delivery" in this.subject ? this.options.outer : this;
  }

  get appended(): LogAttributes | undefined {
    return this.#appended?.getAttributes();
  }

  /** The item's lines that wait for something to go wrong. */
  get held(): HeldLines {
    return (this.#held ??= new HeldLines());
  }

  /** Who the item is. */
  identity(): LogAttributes {
    if (this.#identity !== undefined) return this.#identity;
    const { delivery, lambda } = this.subject;
    if (delivery === undefined) return {};
    this.options.scopes?.set(delivery, this);
    const { id, source, index, attempt } = delivery;
    const identity = { delivery_id: id, delivery_source: source, delivery_index: index, delivery_attempt: attempt };
    const otherwise = id === "" ? lambda.awsRequestId : id;
    try {
      const found = this.options.correlate?.();
      this.#identity = { ...identity, correlation_id: typeof found === "string" && found !== "" ? found : otherwise };
      return this.#identity;
    } catch {
      // What it reads may not be there yet: an asynchronous schema decodes later. So the next line asks again.
      return { ...identity, correlation_id: otherwise };
    }
  }

  /** Adds keys; for each that is not free it gives a warning. */
  append(attributes: LogAttributes, warn: (warning: string) => void): void {
    try {
      const entries = Object.entries(attributes);
      this.#appended ??= new LogItem({ attributes: {} });
      this.#appended.addAttributes(Object.fromEntries(entries.filter(([name]) => !RESERVED_KEYS.includes(name))));
      for (const [name] of entries)
        if (RESERVED_KEYS.includes(name)) warn(`The key "${name}" is written by the logger itself and was not appended.`);
    } catch (error) {
      lastResort("appendKeys(…)", error);
    }
  }

  remove(names: readonly string[]): void {
    try {
      const removed = new Set(names);
      const left = Object.entries(this.appended ?? {}).filter(([name]) => !removed.has(name));
      this.#appended?.setAttributes(Object.fromEntries(left));
    } catch (error) {
      lastResort("removeKeys(…)", error);
    }
  }

  reset(): void {
    this.#appended = undefined;
  }

  get correlationId(): unknown {
    return this.keys()["correlation_id"];
  }

  /** A scope of its own that starts with the same keys. What is held back is held back together. */
  fork(): Scope {
    const fork = new Scope(this.subject, { ...this.options, scopes: undefined });
    fork.#held = this.held;
    if (this.appended !== undefined) fork.#appended = new LogItem({ attributes: {} }).addAttributes(this.appended);
    return fork;
  }

  /** The same scope with what names it, and no more. */
  bare(): Scope {
    return new Scope(this.subject, { ...this.options, outer: undefined, scopes: undefined });
  }
}
