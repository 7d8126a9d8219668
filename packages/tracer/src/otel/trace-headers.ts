import { createTraceState, isSpanContextValid, type SpanContext, TraceFlags } from "@opentelemetry/api";

/** Where X-Ray's header stands in a carrier. */
export const X_RAY = "x-amzn-trace-id";

const TRACEPARENT = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-.*)?$/;

/**
 * Reads X-Ray's trace header; `undefined` where it names no segment.
 *
 * AWS: "AWS X-Ray concepts", "Tracing header".
 */
export function fromXRayHeader(header: string): SpanContext | undefined {
  const parts = new Map(
    header.split(";").map((part): [string, string] => {
      const [name = "", value = ""] = part.split("=", 2);
      return [name.trim().toLowerCase(), value.trim()];
    }),
  );
  const root = /^1-([\da-f]{8})-([\da-f]{24})$/i.exec(parts.get("root") ?? "");
  if (root === null) return undefined;
  const traceId = `${root[1]}${root[2]}`.toLowerCase();
  const spanId = (parts.get("parent") ?? "").toLowerCase();
  const traceFlags = parts.get("sampled") === "1" ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return validated({ traceId, spanId, traceFlags, isRemote: true });
}

/** Reads the headers of W3C's Trace Context; `undefined` where they are not as they should be. */
export function fromTraceparent(traceparent: string, tracestate: string | undefined): SpanContext | undefined {
  const [, traceId = "", spanId = "", flags = ""] = TRACEPARENT.exec(traceparent.trim()) ?? [];
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  const traceState = tracestate === undefined ? undefined : createTraceState(tracestate);
  return validated({ traceId, spanId, traceFlags, isRemote: true, ...(traceState && { traceState }) });
}

function validated(spanContext: SpanContext): SpanContext | undefined {
  return isSpanContextValid(spanContext) ? spanContext : undefined;
}
