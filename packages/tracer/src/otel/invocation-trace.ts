import type { Base, DeadlineExceededError, Next, Outcome } from "@lamella/core";
import { context as api, type Context, createContextKey, type Span, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import type { Trace } from "../trace.ts";
import { at, textAt } from "./fields.ts";
import { httpFacts, requestName, statusOf, statusOfError } from "./http-facts.ts";
import { ItemTrace } from "./item-trace.ts";
import type { OtelSetup } from "./otel-options.ts";
import { ProducerLinks } from "./producer-links.ts";
import { recordFailure } from "./record-failure.ts";
import { safely } from "./safely.ts";
import { startItem } from "./start-item.ts";
import type { Trigger } from "./triggers.ts";

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

type Traced = Promise<Outcome<{ readonly trace: Trace }>>;

// As the SDK names it: what runs in such a context makes no spans, whoever would make them.
const SUPPRESSED = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

/** The spans of one invocation. */
export class InvocationTrace {
  readonly context: Context;
  #facts: InvocationFacts;
  readonly #span: Span;
  readonly #links: ProducerLinks;
  /** The items' spans that are not ended. */
  readonly #open = new Set<Span>();
  /** What items without a span run in. */
  #rest: Context | undefined;
  #begun = 0;
  #spans = 0;
  #spansOfRest = 0;
  #failed = 0;
  /** Of an item that shares the invocation's span. */
  #status: number | undefined;
  #failure: { readonly error: unknown } | undefined;
  #hasEnded = false;

  constructor(facts: InvocationFacts) {
    this.#facts = facts;
    this.#span = facts.span;
    this.context = facts.context;
    this.#links = new ProducerLinks(facts.setup, facts.span, facts.context);
  }

  /** Whether its spans are recorded, as long as they are not ended. */
  get isRecorded(): boolean {
    return this.#span.isRecording();
  }

  /** Runs the rest of the chain for an item, in a span of its own or in that of the invocation. */
  item(item: unknown, ctx: Base, next: Next): Traced {
    const { tracer, isBatch, setup } = this.#facts;
    if (!this.isRecorded) return within(new ItemTrace(tracer, this.context), next);
    if (!isBatch) return this.#single(item, ctx, next);
    this.#begun++;
    return this.#spans < setup.maxItemSpans ? this.#spanned(item, ctx, next) : this.#counted(item, ctx, next);
  }

  /** Notes what the invocation came to. */
  settle(result: { readonly reply: unknown } | { readonly error: unknown }): void {
    if (this.#hasEnded) return;
    if ("error" in result) recordFailure(this.#span, result.error);
    else if (this.#facts.trigger.faas === "http") this.#settleRequest(result.reply);
    // Also where the source made a reply of it.
    else if (this.#failure !== undefined) recordFailure(this.#span, this.#failure.error);
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

  /** A request of whose error the source made a reply below 500 has not failed. */
  #settleRequest(reply: unknown): void {
    const status = statusOf(reply) ?? this.#status ?? (this.#failure && statusOfError(this.#failure.error));
    if (status === undefined) return;
    this.#note("http.response.status_code", status);
    if (status < 500) return;
    if (this.#failure !== undefined) return recordFailure(this.#span, this.#failure.error);
    this.#note("error.type", String(status));
    safely(() => this.#span.setStatus({ code: SpanStatusCode.ERROR }));
  }

  /** The item is all that the invocation is about, so one span says it. */
  #single(item: unknown, ctx: Base, next: Next): Traced {
    const { trigger, tracer, isBlind } = this.#facts;
    if (isBlind) safely(() => this.#see(item));
    if (trigger.system !== undefined) safely(() => this.#messages(item, ctx));
    const outcome = within(new ItemTrace(tracer, this.context), next);
    outcome.then(
      (value) => {
        this.#failure = undefined;
        this.#opened(item, at(value, "status"));
      },
      (error: unknown) => {
        this.#failure = { error };
        this.#opened(item, undefined);
      },
    );
    return outcome;
  }

  /** Of one message, or of a batch that the handler gets whole. */
  #messages(item: unknown, { delivery }: Base): void {
    const { trigger } = this.#facts;
    const items = at(item, "items");
    if (Array.isArray(items)) {
      this.#note("messaging.batch.message_count", items.length);
      for (const each of items) this.#links.add(each, trigger, textAt(each, "id"));
    } else {
      this.#note("messaging.message.id", delivery.id);
      this.#links.add(item, trigger, delivery.id);
    }
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

  #spanned(item: unknown, ctx: Base, next: Next): Traced {
    const { tracer, trigger } = this.#facts;
    this.#spans++;
    const producer = this.#links.add(
      item,
      trigger,
      safely(() => ctx.delivery.id),
    );
    const span = safely(() => startItem(this.#facts, item, ctx.delivery, producer));
    if (span === undefined) return within(new ItemTrace(tracer, this.context), next);
    this.#open.add(span);
    const outcome = within(new ItemTrace(tracer, trace.setSpan(this.context, span)), next);
    const end = (): void => {
      if (this.#open.delete(span)) safely(() => span.end());
    };
    outcome.then(end, (error: unknown) => {
      this.#failed++;
      if (this.#open.has(span)) recordFailure(span, error);
      end();
    });
    return outcome;
  }

  /** An item too many for a span of its own. It gets one after all when it fails. */
  #counted(item: unknown, ctx: Base, next: Next): Traced {
    const { tracer, trigger, setup } = this.#facts;
    const startTime = Date.now();
    const producer = this.#links.add(
      item,
      trigger,
      safely(() => ctx.delivery.id),
    );
    this.#rest ??= trace.setSpan(this.context, trace.wrapSpanContext(this.#span.spanContext())).setValue(SUPPRESSED, true);
    const outcome = within(new ItemTrace(tracer, this.#rest, this.context), next);
    outcome.then(undefined, (error: unknown) => {
      this.#failed++;
      if (this.#hasEnded || this.#spansOfRest >= setup.maxItemSpans) return;
      this.#spansOfRest++;
      const span = safely(() => startItem(this.#facts, item, ctx.delivery, producer, startTime));
      if (span === undefined) return;
      recordFailure(span, error);
      safely(() => span.end());
    });
    return outcome;
  }
}

function within(own: ItemTrace, next: Next): Traced {
  return api.with(own.context, next<{ readonly trace: Trace }>, undefined, { trace: own });
}
