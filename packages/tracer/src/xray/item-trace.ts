import type { Trace } from "../trace.ts";
import { isWithin, openFrom, type Subsegment, toKey, toName, toValue } from "./segments.ts";
import { type TraceHeader, toHeaders } from "./trace-header.ts";
import { attempt } from "./warn.ts";
import type { Ending, XRay } from "./xray.ts";

/** What one item's handler traces with: its own subsegment, and those below it. */
export class ItemTrace implements Trace {
  readonly #xray: XRay;
  readonly #header: TraceHeader;
  readonly #segment: Subsegment;

  constructor(xray: XRay, header: TraceHeader, segment: Subsegment) {
    this.#xray = xray;
    this.#header = header;
    this.#segment = segment;
  }

  get id(): string {
    return this.#header.root;
  }

  // Getters, so that the methods may be taken off the object, and cost nothing for items that never ask.
  get span(): Trace["span"] {
    return (name, work) => this.#span(name, work);
  }

  get annotate(): Trace["annotate"] {
    return (key, value) => attempt(() => this.#innermost()?.addAnnotation(toKey(key), toValue(value)));
  }

  get headers(): Trace["headers"] {
    return () => toHeaders(this.#header, attempt(() => this.#innermost())?.id ?? this.#segment.id);
  }

  #span<Result>(name: string, work: () => Result): Result {
    // Where the item is over, because its deadline was, nothing is recorded any more.
    const segment = attempt(() => this.#innermost()?.addNewSubsegment(toName(name)));
    if (segment === undefined) return work();
    const end = (ending?: Ending): void => this.#xray.end(segment, ending);
    let result: Result;
    try {
      result = this.#xray.within(segment, work);
    } catch (error) {
      end({ error });
      throw error;
    }
    if (attempt(() => isThenable(result)) !== true) {
      end();
      return result;
    }
    // What is given on is told after the span is closed, and is unhandled where nobody handles it. Asked once: a query
    // that is run by `then` must not be run twice.
    const pending = (result instanceof Promise ? result : Promise.resolve(result)) as Promise<unknown>;
    return pending.then(
      (value) => {
        end();
        return value;
      },
      (error: unknown) => {
        end({ error });
        throw error;
      },
    ) as Result;
  }

  /** The innermost open span of the code that runs, if it is one of this item, and not of one that it shares code with. */
  #innermost(): Subsegment | undefined {
    const current = this.#xray.current();
    return openFrom(isWithin(current, this.#segment) ? current : this.#segment, this.#segment);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { readonly then?: unknown }).then === "function";
}
