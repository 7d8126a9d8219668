import type { Layer } from "@lamella/core";
import { type Invocation, invocationOf } from "@lamella/core/extend";
import type { Trace } from "../trace.ts";
import { Flusher } from "./flusher.ts";
import type { InvocationTrace } from "./invocation-trace.ts";
import { UNTRACED } from "./item-trace.ts";
import { type OtelOptions, toSetup } from "./otel-options.ts";
import { runTraced } from "./run-traced.ts";
import { type Start, startInvocation } from "./start-invocation.ts";

/**
 * Adds `ctx.trace` with OpenTelemetry, and makes a span for each invocation and for each item of a batch, with links to
 * the spans of the producers. It takes whatever SDK is registered, and without one does next to nothing. The spans are
 * exported before the invocation ends, within its deadline; an exporter that fails or hangs never fails the work.
 *
 * Stands first, so that the other layers run in its spans.
 *
 * OpenTelemetry: "Semantic conventions for FaaS spans", "Instrumenting AWS Lambda".
 *
 * @throws {TypeError} At load, when an option is unknown or of the wrong kind.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(sqs({ body: Order }), otel(), async ({ body }, { trace }) => {
 *   trace.annotate("order.id", body.id);
 *   await trace.span("reserve", () => reserve(body));
 * });
 */
export function otel<Item = unknown>(options: OtelOptions<Item> = {}): Layer<Item, {}, { readonly trace: Trace }> {
  const setup = toSetup(options);
  const flusher = new Flusher(setup);
  const invocations = new WeakMap<Invocation, InvocationTrace>();

  /** Traces an invocation from here on, where an SDK is registered. */
  const trace = <Reply>(start: Omit<Start, "setup">, run: () => Promise<Reply>): Promise<Reply> => {
    const traced = startInvocation({ ...start, setup });
    if (traced === undefined) return run();
    invocations.set(start.invocation, traced);
    return runTraced(traced, flusher, start.invocation, run);
  };

  return {
    name: "otel",
    hooks: {
      // Where the event is known, around the hooks of all layers.
      source: (source) => ({
        ...source,
        guard: (run, event, invocation, start) =>
          trace({ invocation, source, event }, () => source.guard?.(run, event, invocation, start) ?? run(start)),
      }),
      // A source's guard is for hooks, so there has to be one.
      invocation: (_lambda, next) => next(),
      watch: (run, invocation, { source, isNested }) => {
        // In a router: which source it stands behind was not known at load, and what the event is only the item tells.
        if (isNested) return trace({ invocation, name: source }, run);
        return run().catch((error: unknown) => {
          // Such as an event that is not the source's own.
          if (invocations.has(invocation)) throw error;
          return trace({ invocation, name: source }, () => Promise.reject(error));
        });
      },
      item: (item, ctx, next) => {
        const invocation = invocationOf(ctx);
        const traced = invocation && invocations.get(invocation);
        return traced === undefined ? next({ trace: UNTRACED }) : traced.item(item, ctx, next);
      },
    },
  };
}
