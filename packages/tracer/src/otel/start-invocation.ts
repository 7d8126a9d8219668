import type { Kind, Source } from "@lamella/core";
import type { Invocation } from "@lamella/core/extend";
import { type Attributes, SpanKind, type Tracer, type TracerProvider, trace } from "@opentelemetry/api";
import { faasAttributes } from "./faas-attributes.ts";
import { httpFacts, requestName } from "./http-facts.ts";
import { InvocationTrace } from "./invocation-trace.ts";
import type { OtelSetup } from "./otel-options.ts";
import { parentOf } from "./parent.ts";
import { safely } from "./safely.ts";
import { recordAttributes, recordName, triggerOf } from "./triggers.ts";

/** What an invocation is, as far as it is known. */
export interface Start {
  readonly setup: OtelSetup;
  readonly invocation: Invocation;
  /** With the event, where they are known. */
  readonly source?: Source<Kind> | undefined;
  readonly event?: unknown;
  /** The source's name, where it alone is known. */
  readonly name?: string | undefined;
}

/** What batch sources show. */
interface MaybeBatches {
  readonly format?: { readonly records: (event: unknown) => readonly unknown[] } | undefined;
}

/** Starts the span of an invocation; `undefined` where no SDK is registered. */
export function startInvocation({ setup, invocation, source, event, name = source?.name ?? "" }: Start): InvocationTrace | undefined {
  const tracer = safely(registeredTracer);
  if (tracer === undefined) return undefined;
  const { lambda, coldStart } = invocation;
  const trigger = triggerOf(name);
  const format = (source as MaybeBatches | undefined)?.format;
  return safely(() => {
    const http = source && trigger.faas === "http" ? httpFacts(event) : undefined;
    const { context, isLocal } = parentOf(lambda, http?.headers, setup.xRay);
    const first = trigger.first === undefined ? firstRecord(event) : trigger.first(event);
    const target = trigger.target?.(first);
    const attributes: Attributes = {
      "faas.trigger": trigger.faas,
      ...faasAttributes(lambda, coldStart),
      // Of a batch only what all of its records have in common.
      ...(http?.attributes ?? recordAttributes(trigger, format ? undefined : first, target)),
      ...(format ? undefined : trigger.attributes?.(first)),
      "messaging.batch.message_count": trigger.system && format && safely(() => format.records(event).length),
    };
    const request = http && requestName(http.method, http.route);
    const ofMessages = trigger.system === undefined ? undefined : recordName(trigger, first, target);
    const own = isLocal ? SpanKind.INTERNAL : SpanKind.SERVER;
    const span = tracer.startSpan(
      request ?? ofMessages ?? lambda.functionName ?? "function",
      { kind: trigger.system === undefined ? own : SpanKind.CONSUMER, attributes },
      context,
    );
    return new InvocationTrace({
      setup,
      tracer,
      span,
      context: trace.setSpan(context, span),
      trigger,
      isBatch: format !== undefined,
      target,
      method: http?.method,
      isBlind: source === undefined,
    });
  });
}

function firstRecord(event: unknown): unknown {
  const records = (event as { readonly Records?: unknown } | null | undefined)?.Records;
  return Array.isArray(records) ? records[0] : undefined;
}

/** A tracer of the SDK; `undefined` where there is none, so that nothing is made up for it. */
function registeredTracer(): Tracer | undefined {
  const name = "@lamella/tracer";
  const provider = trace.getTracerProvider() as TracerProvider & { readonly getDelegateTracer?: (name: string) => Tracer | undefined };
  return provider.getDelegateTracer === undefined ? provider.getTracer(name) : provider.getDelegateTracer(name);
}
