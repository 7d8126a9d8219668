import { type Attributes, context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { onTestFinished } from "vitest";

export interface SdkOptions {
  readonly sampler?: Sampler;
  readonly processor?: SpanProcessor;
  /** Without one a program cannot tell what runs in which span; the layer's own spans are right all the same. */
  readonly contextManager?: boolean;
}

/** Registers an SDK until the test ends, and gives what it has exported. */
export function sdk({ sampler, processor, contextManager = true }: SdkOptions = {}): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    ...(sampler && { sampler }),
    spanProcessors: [processor ?? new SimpleSpanProcessor({ exporter })],
  });
  trace.setGlobalTracerProvider(provider);
  propagation.setGlobalPropagator(new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }));
  if (contextManager) context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  onTestFinished(() => {
    trace.disable();
    propagation.disable();
    context.disable();
  });
  return exporter;
}

/** A span as a test compares it, with what is below it. */
export interface Told {
  readonly name: string;
  readonly kind?: string;
  readonly status?: string;
  readonly attributes?: Attributes;
  readonly links?: readonly string[];
  readonly events?: readonly string[];
  readonly spans?: readonly Told[];
}

/** The spans as trees, each with the members that are asked for, in the order in which they were started. */
export function trees(spans: readonly ReadableSpan[], show: (span: ReadableSpan) => Omit<Told, "name" | "spans"> = () => ({})): Told[] {
  const ids = new Set(spans.map((span) => span.spanContext().spanId));
  const below = (id: string | undefined): Told[] =>
    spans
      .filter(({ parentSpanContext: parent }) => (parent && ids.has(parent.spanId) ? parent.spanId : undefined) === id)
      .toSorted((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1])
      .map((span) => {
        const inner = below(span.spanContext().spanId);
        return { name: span.name, ...show(span), ...(inner.length > 0 && { spans: inner }) };
      });
  return below(undefined);
}

export const kindOf = ({ kind }: ReadableSpan): string => SpanKind[kind];
export const statusOf = ({ status }: ReadableSpan): string => SpanStatusCode[status.code];
/** What the span is linked to. */
export const linksOf = ({ links }: ReadableSpan): string[] => links.map((link) => `${link.context.traceId}/${link.context.spanId}`);

export function named(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  const span = spans.find((one) => one.name === name);
  if (span === undefined) throw new Error(`There is no span ${name}, only ${spans.map((one) => one.name).join(", ") || "none"}`);
  return span;
}
