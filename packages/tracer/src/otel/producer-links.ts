import type { Context, Span, SpanContext } from "@opentelemetry/api";
import { spanContextIn, toCarrier } from "./carriers.ts";
import { at } from "./fields.ts";
import type { OtelSetup } from "./otel-options.ts";
import { safely } from "./safely.ts";
import type { Trigger } from "./triggers.ts";

/** How many links a span of the SDK holds by default. */
const MAX_LINKS = 128;

/** Links the span of an invocation to the producers of its items. */
export class ProducerLinks {
  readonly #setup: OtelSetup;
  readonly #span: Span;
  readonly #context: Context;
  #count = 0;

  constructor(setup: OtelSetup, span: Span, context: Context) {
    this.#setup = setup;
    this.#span = span;
    this.#context = context;
  }

  /** The span of the item's producer. */
  find(item: unknown, trigger: Trigger): SpanContext | undefined {
    const own = safely(() => this.#setup.carrier?.(item as never));
    const carriers = trigger.carriers?.(at(item, "raw")) ?? [];
    return safely(() => spanContextIn(own ? [toCarrier(own), ...carriers] : carriers, this.#context));
  }

  /** Links the invocation's span to it as well. */
  add(item: unknown, trigger: Trigger, id: string | undefined): SpanContext | undefined {
    const found = this.find(item, trigger);
    if (found !== undefined && this.#count++ < MAX_LINKS)
      safely(() => this.#span.addLink({ context: found, attributes: { "messaging.message.id": id } }));
    return found;
  }
}
