import type { Delivery } from "@lamella/core";
import { type Attributes, type Span, type SpanContext, SpanKind } from "@opentelemetry/api";
import { at } from "./fields.ts";
import type { InvocationFacts } from "./invocation-trace.ts";
import { recordAttributes, recordName } from "./triggers.ts";

/** Starts the span of an item of a batch, linked to the one of its producer. */
export function startItem(
  { tracer, trigger, target: common, context }: InvocationFacts,
  item: unknown,
  { id, index, attempt, source }: Delivery,
  producer: SpanContext | undefined,
  startTime?: number,
): Span {
  const raw = at(item, "raw");
  const target = trigger.target?.(raw, item) ?? common;
  const attributes: Attributes = {
    "faas.trigger": trigger.faas,
    ...recordAttributes(trigger, raw, target),
    ...trigger.attributes?.(raw),
    "messaging.message.id": trigger.system && id,
    "lamella.delivery.index": index,
    "lamella.delivery.attempt": attempt,
  };
  const options = {
    kind: trigger.system === undefined ? SpanKind.INTERNAL : SpanKind.CONSUMER,
    attributes,
    ...(producer && { links: [{ context: producer }] }),
    ...(startTime !== undefined && { startTime }),
  };
  return tracer.startSpan(recordName(trigger, raw, target) ?? `${source} item`, options, context);
}
