import type { Deadline, LambdaContext, Layer } from "@lamella/core";
import { remainingMsOf } from "@lamella/core/extend";
import type { Trace } from "../trace.ts";
import { Flusher } from "./flusher.ts";
import type { InvocationTrace } from "./invocation-trace.ts";
import { UNTRACED } from "./item-trace.ts";
import { type OtelOptions, toSetup } from "./otel-options.ts";
import { runTraced } from "./run-traced.ts";
import { startInvocation } from "./start-invocation.ts";

/** How long before the timeout sources give up by default, in milliseconds. */
const HARD_MS = 200;

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
  // By the deadline, of which each invocation has its own, and by the context, which tests may give to several at once.
  const invocations = new WeakMap<Deadline | LambdaContext, InvocationTrace>();
  return {
    name: "otel",
    hooks: {
      // Where the event is known, and around all other hooks.
      source: (source) => ({
        ...source,
        guard: (run, event, invocation, start) => {
          const { lambda, coldStart, deadline } = invocation;
          const guarded = (): Promise<unknown> => source.guard?.(run, event, invocation, start) ?? run(start);
          const traced = startInvocation({ setup, lambda, coldStart, source, event });
          if (traced === undefined) return guarded();
          invocations.set(deadline, traced).set(lambda, traced);
          const { hardMs = source.deadline.sendsMs ?? HARD_MS } = source.deadline;
          const signal = traced.isRecording ? invocation.signal : undefined;
          return runTraced(traced, flusher, { remainingMs: deadline.remainingMs, signal, hardMs }, guarded).finally(() =>
            invocations.delete(lambda),
          );
        },
      }),
      // Also what has the source's guard called. A layer of a router's has no source, and starts its span here.
      invocation: (lambda, next) => {
        const traced = invocations.has(lambda) ? undefined : startInvocation({ setup, lambda });
        if (traced === undefined) return next();
        invocations.set(lambda, traced);
        const time = { remainingMs: () => remainingMsOf(lambda), signal: undefined, hardMs: HARD_MS };
        return runTraced(traced, flusher, time, next).finally(() => invocations.delete(lambda));
      },
      item: (item, ctx, next) => {
        const traced = invocations.get(ctx.deadline) ?? invocations.get(ctx.lambda);
        return traced === undefined ? next({ trace: UNTRACED }) : traced.item(item, ctx, next);
      },
    },
  };
}
