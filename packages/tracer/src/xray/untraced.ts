import type { LambdaContext } from "@lamella/core";
import type { Trace } from "../trace.ts";
import { type TraceHeader, toHeaders, traceHeaderOf } from "./trace-header.ts";

/** What a handler traces with where nothing is recorded: the trace is known, and handed on. */
export class Untraced implements Trace {
  readonly #lambda: LambdaContext;
  #header: TraceHeader | undefined;

  /** @param header What is handed on instead of the invocation's own. */
  constructor(lambda: LambdaContext, header?: TraceHeader) {
    this.#lambda = lambda;
    this.#header = header;
  }

  get id(): string | undefined {
    return this.#read()?.root;
  }

  get span(): Trace["span"] {
    return run;
  }

  get annotate(): Trace["annotate"] {
    return nothing;
  }

  get headers(): Trace["headers"] {
    return () => {
      const header = this.#read();
      return header === undefined ? {} : toHeaders(header);
    };
  }

  /** Read at the first use: most items never ask. */
  #read(): TraceHeader | undefined {
    return (this.#header ??= traceHeaderOf(this.#lambda));
  }
}

const run: Trace["span"] = (_name, work) => work();
const nothing: Trace["annotate"] = () => {};
