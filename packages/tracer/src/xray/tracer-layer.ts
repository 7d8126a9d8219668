import type { Base, Layer, Next, Outcome } from "@lamella/core";
import type { Trace } from "../trace.ts";
import type { Loader } from "./load.ts";
import { sampledHeaderOf } from "./trace-header.ts";
import { Untraced } from "./untraced.ts";

export type TraceLayer = Layer<unknown, {}, { readonly trace: Trace }>;
export type TracedItem = Promise<Outcome<{ readonly trace: Trace }>>;

/** The layer where nothing is ever recorded: `ctx.trace` knows the trace, and hands it on. */
export function untracedLayer(): TraceLayer {
  return { name: "tracer", hooks: { item: untraced } };
}

function untraced(_item: unknown, ctx: Base, next: Next): TracedItem {
  return next<{ readonly trace: Trace }>({ trace: new Untraced(ctx.lambda) });
}

/** The layer that writes a subsegment for the invocation, and one for each item, where the invocation is traced. */
export function tracerLayer(loader: Loader, captureResponse: boolean): TraceLayer {
  return {
    name: "tracer",
    hooks: {
      invocation: (lambda, next) => {
        const header = sampledHeaderOf(lambda);
        if (header === undefined) return next();
        if (loader.traced !== undefined) return loader.traced.invocation(header, lambda, next);
        return loader.load().then((traced) => (traced === undefined ? next() : traced.invocation(header, lambda, next)));
      },
      item: (item, ctx, next) => loader.traced?.item(item, ctx, next, captureResponse) ?? untraced(item, ctx, next),
    },
  };
}
