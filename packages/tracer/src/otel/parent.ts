import type { LambdaContext } from "@lamella/core";
import { type Context, context, propagation, type SpanContext, TraceFlags, trace } from "@opentelemetry/api";
import { type Carrier, GETTER, toCarrier } from "./carriers.ts";
import { at } from "./fields.ts";
import type { XRayParent } from "./otel-options.ts";
import { fromXRayHeader, X_RAY } from "./trace-headers.ts";

export interface Parent {
  readonly context: Context;
  /** Whether its span is one of this process, as that of an instrumentation around the handler. */
  readonly isLocal: boolean;
}

/**
 * What an invocation belongs to: a span that is open already, or else what the propagators find in the request and in
 * Lambda's own header, or else that header itself, which the propagators of most set-ups do not know.
 */
export function parentOf(lambda: LambdaContext, headers: Carrier | undefined, xRay: XRayParent): Parent {
  const active = context.active();
  const open = trace.getSpanContext(active);
  if (open !== undefined && trace.isSpanContextValid(open)) return { context: active, isLocal: true };

  const header = xRay === "never" ? undefined : lambdaHeader(lambda);
  // What Lambda says is nearer than what a request says of X-Ray.
  const carrier = { ...toCarrier(customOf(lambda)), ...headers, [X_RAY]: header };
  const extracted = propagation.extract(active, carrier, GETTER);
  const found = trace.getSpanContext(extracted);
  if (found !== undefined && trace.isSpanContextValid(found)) return { context: extracted, isLocal: false };
  const segment = header === undefined ? undefined : fromXRayHeader(header);
  if (segment === undefined || !(xRay === "always" || isSampled(segment))) return { context: extracted, isLocal: false };
  return { context: trace.setSpanContext(extracted, segment), isLocal: false };
}

function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}

/** X-Ray's header of this invocation. On Managed Instances the environment, which invocations share, has none that is right. */
function lambdaHeader({ xRayTraceId }: LambdaContext): string | undefined {
  if (typeof xRayTraceId === "string" && xRayTraceId !== "") return xRayTraceId;
  return process.env["AWS_LAMBDA_MAX_CONCURRENCY"] === undefined ? process.env["_X_AMZN_TRACE_ID"] || undefined : undefined;
}

/** Where who invokes a function directly hands a trace on. */
function customOf({ clientContext }: LambdaContext): unknown {
  return at(clientContext, "Custom") ?? at(clientContext, "custom");
}
