import type { Layer } from "@lamella/core";
import { checkOptions } from "./check-options.ts";
import type { Trace } from "./trace.ts";
import type { TracerInstanceOptions, TracerOptions } from "./tracer-options.ts";
import { isOnManagedInstance, isTraceable, switchOf } from "./xray/is-traceable.ts";
import { Loader } from "./xray/load.ts";
import { tracerLayer, untracedLayer } from "./xray/tracer-layer.ts";
import { warn } from "./xray/warn.ts";

/**
 * Adds `ctx.trace`, and writes to X-Ray, by Powertools' tracer: a subsegment for the invocation and one for each item,
 * their errors, and what is called in their course. Items that run side by side are never below each other. Tracing
 * that fails never fails the work.
 *
 * The X-Ray SDK is loaded at the first invocation that is traced. On Managed Instances, where invocations overlap and the
 * SDK mixes them up, nothing is written.
 *
 * @throws {TypeError} At load, when an option is unknown, of the wrong kind, or may not stand beside another.
 * @example
 * export const handler = wrap(sqs({ body: Order }), tracer({ service: "orders" }), async ({ body }, { trace }) => {
 *   trace.annotate("sku", body.sku);
 *   await trace.span("reserve", () => reserve(body));
 * });
 */
export function tracer(options: TracerOptions | TracerInstanceOptions = {}): Layer<unknown, {}, { readonly trace: Trace }> {
  checkOptions(options);
  const { enabled = switchOf(), captureResponse } = options;
  if (enabled === false || !isTraceable()) return untracedLayer();
  if (isOnManagedInstance()) {
    warn("tracer() writes nothing on Managed Instances, where the X-Ray SDK mixes up invocations that overlap. Use otel().");
    return untracedLayer();
  }
  const switched = process.env["POWERTOOLS_TRACER_CAPTURE_RESPONSE"]?.toLowerCase();
  const loader = new Loader(options);
  // In Lambda, and not where a test only imports the handler.
  if (enabled === true && process.env["AWS_LAMBDA_RUNTIME_API"] !== undefined) void loader.load();
  return tracerLayer(loader, switched !== "false" && (captureResponse ?? switched === "true"));
}
