import { type Base, DeadlineExceededError, type Next, type Outcome } from "@lamella/core";
import {
  type Attributes,
  type Context,
  context,
  createContextKey,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { Trace } from "../trace.ts";
import { spanContextIn, toCarrier } from "./carriers.ts";
import { at, textAt } from "./fields.ts";
import { httpFacts, requestName, statusOf } from "./http-facts.ts";
import { ItemTrace } from "./item-trace.ts";
import type { OtelSetup } from "./otel-options.ts";
import { recordFailure } from "./record-failure.ts";
import { safely } from "./safely.ts";
import { recordAttributes, type Trigger } from "./triggers.ts";

/** What is known of an invocation when its span is started. */
export interface InvocationFacts {
  readonly setup: OtelSetup;
  readonly tracer: Tracer;
  readonly span: Span;
  /** What the invocation belongs to, with its own span. */
  readonly context: Context;
  readonly trigger: Trigger;
  /** Whether its items get spans of their own, or share the invocation's. */
  readonly isBatch: boolean;
  /** The queue, topic, stream, bucket or table. */
  readonly target: string | undefined;
  /** The method of a request, as it stands in the span's name. */
  readonly method: string | undefined;
  /** Whether the event was not known, so that the item has to tell what it is. */
  readonly isBlind: boolean;
}

/** Outcomes of requests have it. */
interface MaybeStatus {
  readonly status?: unknown;
}

// As the SDK names it: what runs in such a context makes no spans, whoever would make them.
const SUPPRESSED = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

/** How many links a span of the SDK holds by default. */
const MAX_LINKS = 128;

/** The spans of one invocation. */
export class InvocationTrace {
  readonly context: Context;
  #facts: InvocationFacts;
  readonly #span: Span;
  /** The items' spans that are not ended. */
  readonly #open = new Set<Span>();
  #rest: Context | undefined;
  #begun = 0;
  #spans = 0;
  #failed = 0;
  #late = 0;
  #links = 0;
  /** Of an item that shares the invocation's span. */
  #status: number | undefined;
  #failure: { readonly error: unknown } | undefined;
  #hasEnded = false;

  constructor(facts: InvocationFacts) {
    this.#facts = facts;
    this.#span = facts.span;
    this.context = facts.context;
  }

  get isRecording(): boolean {
    return this.#span.isRecording();
  }

  /** Runs the rest of the chain for an item, in a span of its own or in that of the invocation. */
  item(item: unknown, ctx: Base, next: Next): Promise<Outcome<{ readonly trace: Trace }>> {
    if (!this.isRecording) return within(new ItemTrace(this.#facts.tracer, this.context), next);
    if (!this.#facts.isBatch) return this.#single(item, ctx, next);
    this.#begun++;
    return this.#spans < this.#facts.setup.maxItemSpans ? this.#spanned(item, ctx, next) : this.#counted(item, ctx, next);
  }

  /** Notes what the invocation came to. */
  settle(result: { readonly reply: unknown } | { readonly error: unknown }): void {
    if (this.#hasEnded) return;
    if ("error" in result) return recordFailure(this.#span, result.error);
    const { trigger } = this.#facts;
    // Also where the source made a reply of it; a request of whose error it made one below 500 has not failed.
    if (trigger.faas !== "http") return void (this.#failure && recordFailure(this.#span, this.#failure.error));
    const status = statusOf(result.reply) ?? this.#status ?? statusOfError(this.#failure);
    if (status === undefined) return;
    safely(() => this.#span.setAttribute("http.response.status_code", status));
    if (status < 500) return;
    if (this.#failure !== undefined) return recordFailure(this.#span, this.#failure.error);
    safely(() => this.#span.setAttribute("error.type", String(status)).setStatus({ code: SpanStatusCode.ERROR }));
  }

  /** Ends all spans that are open, and that of the invocation last. */
  end(exceeded?: DeadlineExceededError): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    for (const span of this.#open) {
      const message = "Still running when the invocation ended";
      if (exceeded === undefined) safely(() => span.setStatus({ code: SpanStatusCode.ERROR, message }));
      else recordFailure(span, exceeded);
      safely(() => span.end());
    }
    this.#open.clear();
    if (exceeded !== undefined) recordFailure(this.#span, exceeded);
    if (this.#failed > 0) this.#note("lamella.items.failed", this.#failed);
    if (this.#begun > this.#spans) this.#note("lamella.items.without_span", this.#begun - this.#spans);
    safely(() => this.#span.end());
  }

  #note(name: string, value: string | number): void {
    safely(() => this.#span.setAttribute(name, value));
  }

  /** The item is all that the invocation is about, so one span says it. */
  #single(item: unknown, ctx: Base, next: Next): Promise<Outcome<{ readonly trace: Trace }>> {
    if (this.#facts.isBlind) safely(() => this.#see(item));
    const { trigger, tracer } = this.#facts;
    safely(() => {
      if (trigger.system === undefined) return;
      const items = at(item, "items");
      if (!Array.isArray(items)) return (this.#note("messaging.message.id", ctx.delivery.id), void this.#link(item, ctx.delivery.id));
      this.#note("messaging.batch.message_count", items.length);
      for (const each of items) this.#link(each, textAt(each, "id"));
    });
    const outcome = within(new ItemTrace(tracer, this.context), next);
    outcome.then(
      (value) => {
        this.#failure = undefined;
        this.#opened(item, (value as MaybeStatus).status);
      },
      (error: unknown) => {
        this.#failure = { error };
        this.#opened(item, undefined);
      },
    );
    return outcome;
  }

  /** Says late what would have been said at the start. */
  #see(item: unknown): void {
    if (this.#facts.trigger.faas !== "http") return;
    const { method, route, attributes } = httpFacts(at(item, "raw"));
    this.#facts = { ...this.#facts, method, isBlind: false };
    this.#span.setAttributes(attributes);
    this.#span.updateName(requestName(method, route));
  }

  /** Notes what only shows once a request has been through the chain. */
  #opened(item: unknown, status: unknown): void {
    const { trigger, method } = this.#facts;
    if (trigger.faas !== "http" || this.#hasEnded) return;
    if (typeof status === "number") this.#status = status;
    const route = safely(() => textAt(item, "route"));
    if (route === undefined) return;
    this.#note("http.route", route);
    safely(() => this.#span.updateName(requestName(method ?? "HTTP", route)));
  }

  #spanned(item: unknown, ctx: Base, next: Next): Promise<Outcome<{ readonly trace: Trace }>> {
    const { tracer } = this.#facts;
    this.#spans++;
    const span = safely(() => this.#start(item, ctx));
    if (span === undefined) return within(new ItemTrace(tracer, this.context), next);
    this.#open.add(span);
    const outcome = within(new ItemTrace(tracer, trace.setSpan(this.context, span)), next);
    const end = (): void => void (this.#open.delete(span) && safely(() => span.end()));
    outcome.then(end, (error: unknown) => {
      this.#failed++;
      if (this.#open.has(span)) recordFailure(span, error);
      end();
    });
    return outcome;
  }

  /** An item too many for a span of its own. It gets one after all when it fails. */
  #counted(item: unknown, ctx: Base, next: Next): Promise<Outcome<{ readonly trace: Trace }>> {
    const { tracer, setup } = this.#facts;
    const startTime = Date.now();
    safely(() => this.#link(item, ctx.delivery.id));
    this.#rest ??= trace.setSpan(this.context, trace.wrapSpanContext(this.#span.spanContext())).setValue(SUPPRESSED, true);
    const outcome = within(new ItemTrace(tracer, this.#rest, this.context), next);
    outcome.then(undefined, (error: unknown) => {
      this.#failed++;
      if (this.#hasEnded || this.#late >= setup.maxItemSpans) return;
      this.#late++;
      const span = safely(() => this.#start(item, ctx, startTime));
      if (span === undefined) return;
      recordFailure(span, error);
      safely(() => span.end());
    });
    return outcome;
  }

  #start(item: unknown, { delivery }: Base, startTime?: number): Span {
    const { tracer, trigger } = this.#facts;
    const raw = at(item, "raw");
    const target = trigger.target?.(raw, item) ?? this.#facts.target;
    const attributes: Attributes = {
      "faas.trigger": trigger.faas,
      ...recordAttributes(trigger, raw, target),
      ...trigger.attributes?.(raw),
      "messaging.message.id": trigger.system && delivery.id,
      "lamella.delivery.index": delivery.index,
      "lamella.delivery.attempt": delivery.attempt,
    };
    const kind = trigger.system === undefined ? SpanKind.INTERNAL : SpanKind.CONSUMER;
    const context = startTime === undefined ? this.#link(item, delivery.id) : this.#linkOf(item);
    return tracer.startSpan(
      nameOf(trigger, raw, target) ?? `${delivery.source} item`,
      { kind, attributes, ...(context && { links: [{ context }] }), ...(startTime !== undefined && { startTime }) },
      this.context,
    );
  }

  /** Links the invocation's span to the item's producer, and gives what it is linked to. */
  #link(item: unknown, id: string | undefined): ReturnType<typeof spanContextIn> {
    const found = this.#linkOf(item);
    if (found !== undefined && this.#links++ < MAX_LINKS)
      this.#span.addLink({ context: found, attributes: { "messaging.message.id": id } });
    return found;
  }

  #linkOf(item: unknown): ReturnType<typeof spanContextIn> {
    const { trigger, setup } = this.#facts;
    const own = safely(() => setup.carrier?.(item as never));
    return safely(() => spanContextIn([...(own ? [toCarrier(own)] : []), ...(trigger.carriers?.(at(item, "raw")) ?? [])], this.context));
  }
}

/** What a span about a record is called; `undefined` where nothing is known of it. */
export function nameOf(trigger: Trigger, raw: unknown, target: string | undefined): string | undefined {
  if (trigger.system !== undefined) return target === undefined ? "process" : `process ${target}`;
  return target === undefined ? undefined : `${trigger.operation?.(raw) ?? "process"} ${target}`;
}

function within(own: ItemTrace, next: Next): Promise<Outcome<{ readonly trace: Trace }>> {
  return context.with(own.context, next<{ readonly trace: Trace }>, undefined, { trace: own });
}

function statusOfError(failure: { readonly error: unknown } | undefined): number | undefined {
  if (failure === undefined) return undefined;
  const status = safely(() => at(failure.error, "status"));
  return typeof status === "number" ? status : 500;
}
