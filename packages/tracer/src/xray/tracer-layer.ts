import { type Base, type LambdaContext, type Layer, lifecycle, type Next, type Outcome } from "@lamella/core";
import type { Trace } from "../trace.ts";
import { endItem, type Handled } from "./end-item.ts";
import { InvocationTrace } from "./invocation-trace.ts";
import { ItemTrace } from "./item-trace.ts";
import type { Loader } from "./load.ts";
import { sent } from "./sent.ts";
import { type TraceHeader, traceHeaderOf } from "./trace-header.ts";
import { Untraced } from "./untraced.ts";
import { attempt } from "./warn.ts";

export type TraceLayer = Layer<unknown, {}, { readonly trace: Trace }>;
type Traced = Promise<Outcome<{ readonly trace: Trace }>>;

/** What a tracer layer is made of. */
export interface TracerParts {
  readonly loader: Loader;
  /** Loads the SDK when the function starts. */
  readonly loadsEarly: boolean;
  readonly captureResponse: boolean;
}

/** The layer where nothing is ever recorded: `ctx.trace` knows the trace, and hands it on. */
export function untracedLayer(): TraceLayer {
  return { name: "tracer", hooks: { item: untraced } };
}

function untraced(_item: unknown, ctx: Base, next: Next): Traced {
  return next<{ readonly trace: Trace }>({ trace: new Untraced(ctx.lambda) });
}

/** The layer that writes a subsegment for the invocation, and one for each item. */
export function tracerLayer({ loader, loadsEarly, captureResponse }: TracerParts): TraceLayer {
  // By the runtime's context objects, of which each invocation has its own.
  const invocations = new WeakMap<LambdaContext, InvocationTrace>();

  const inTrace = async (header: TraceHeader, lambda: LambdaContext, next: () => Promise<void>): Promise<void> => {
    const loaded = loader.get();
    const xray = loaded instanceof Promise ? await loaded : loaded;
    const invocation = xray && attempt(() => new InvocationTrace(xray, header));
    if (invocation === undefined) return next();
    invocations.set(lambda, invocation);
    try {
      await invocation.xray.within(invocation.segment, next);
      invocation.end();
    } catch (error) {
      invocation.end({ error });
      throw error;
    } finally {
      await sent();
    }
  };

  return {
    name: "tracer",
    hooks: {
      invocation: (lambda, next) => {
        const header = traceHeaderOf(lambda);
        return header?.isSampled === true ? inTrace(header, lambda, next) : next();
      },
      item: (item, ctx, next) => {
        const invocation = invocations.get(ctx.lambda);
        if (invocation === undefined) return untraced(item, ctx, next);
        const { xray, header } = invocation;
        const segment = attempt(() => invocation.item(ctx));
        if (segment === undefined) {
          const trace: Trace = new Untraced(ctx.lambda, invocation.unrecordedHeader);
          return xray.within(attempt(() => invocation.unrecorded) ?? invocation.segment, () => next({ trace }));
        }
        const trace: Trace = new ItemTrace(xray, header, segment);
        const outcome = xray.within(segment, () => next({ trace }));
        const end = (ended: Pick<Handled, "outcome" | "failure">): unknown =>
          attempt(() => endItem(xray, segment, { item, delivery: ctx.delivery, captureResponse, ...ended }));
        // Beside the chain and not in it, so that nothing waits for it. What is no promise the core refuses, or awaits.
        if (outcome instanceof Promise) {
          outcome.then(
            (value) => end({ outcome: value }),
            (error: unknown) => end({ failure: { error } }),
          );
        }
        return outcome;
      },
      lifecycle: loadsEarly ? lifecycle("tracer", { init: () => loader.get() }) : undefined,
    },
  };
}
