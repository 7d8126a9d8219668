import { type Context, context, createContextKey, propagation, type Tracer, trace } from "@opentelemetry/api";
import type { Trace } from "../trace.ts";
import { recordFailure } from "./record-failure.ts";
import { safely } from "./safely.ts";

/** In whose course code runs. */
const OWNER = createContextKey("lamella trace");

/** `ctx.trace` where no SDK is registered: as little as there can be. */
export const UNTRACED: Trace = Object.freeze({
  id: undefined,
  span: <Result>(_name: string, work: () => Result) => work(),
  annotate: () => {},
  headers: () => ({}),
});

/** `ctx.trace` of one item. */
export class ItemTrace implements Trace {
  /** What the item runs in. */
  readonly context: Context;
  readonly #tracer: Tracer;
  readonly #handedOn: Context;

  /** @param handedOn The context whose trace is handed on, where the item's own is not recorded. */
  constructor(tracer: Tracer, base: Context, handedOn?: Context) {
    this.#tracer = tracer;
    this.context = base.setValue(OWNER, this);
    this.#handedOn = handedOn ?? this.context;
  }

  get id(): string | undefined {
    const found = trace.getSpanContext(this.context);
    return found !== undefined && trace.isSpanContextValid(found) ? found.traceId : undefined;
  }

  // Getters, so that the methods may be taken off the object, and cost nothing for items that never ask.
  get span(): Trace["span"] {
    return (name, work) => this.#run(name, work);
  }

  get annotate(): Trace["annotate"] {
    return (key, value) => {
      safely(() => trace.getSpan(this.#innermost())?.setAttribute(key, value));
    };
  }

  get headers(): Trace["headers"] {
    return () => {
      const headers: Record<string, string> = {};
      safely(() => propagation.inject(this.#handedOn === this.context ? this.#innermost() : this.#handedOn, headers));
      return headers;
    };
  }

  #run<Result>(name: string, work: () => Result): Result {
    const outer = this.#innermost();
    const span = safely(() => this.#tracer.startSpan(name, {}, outer));
    if (span === undefined) return work();
    const end = (): void => safely(() => span.end());
    const fail = (error: unknown): void => {
      recordFailure(span, error);
      end();
    };
    let result: Result;
    try {
      result = context.with(trace.setSpan(outer, span), work);
    } catch (error) {
      fail(error);
      throw error;
    }
    if (!isThenable(result)) {
      end();
      return result;
    }
    // A promise comes out as it is. What is only like one may begin with `then`, and is asked once.
    const promise = result instanceof Promise ? result : Promise.resolve(result);
    promise.then(end, fail);
    return promise as Result;
  }

  /** The active context, if it is the item's own or further in: in a callback of another item's it is not. */
  #innermost(): Context {
    const active = context.active();
    return active.getValue(OWNER) === this ? active : this.context;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { readonly then?: unknown }).then === "function";
}
