import {
  type ContextOf,
  direct,
  type HandlerOf,
  type Kind,
  type Lambda,
  type Layer,
  layer,
  layers,
  type Source,
  wrap,
} from "@lamella/core";
import { type SQSBatchResponse, type SQSEvent, sqs } from "@lamella/events/sqs";
import { httpApi, router } from "@lamella/http";
import { it } from "vitest";
import { z } from "zod";
import { same } from "../../test/same.ts";
import { type AnnotationValue, type OtelOptions, otel, type Trace } from "./index.ts";

const Order = z.object({ id: z.string() });

it("adds ctx.trace to whatever stands behind it", () => {
  const handler = wrap(sqs({ body: Order }), otel(), async ({ body }, { trace }) => {
    same<typeof trace, Trace>();
    same<typeof body, { id: string }>();
    trace.annotate("order", body.id);
  });
  same<typeof handler, Lambda<SQSEvent, SQSBatchResponse>>();

  const user = layer("user", async (_item, { trace }: { readonly trace: Trace }, next) => (trace.annotate("a", 1), next({ user: 1 })));
  wrap(direct(), otel(), user, async (_event, ctx) => same<typeof ctx.user, number>());
  wrap(httpApi(), otel(), router({ "GET /": async (_request, { trace }: { readonly trace: Trace }) => trace.id }));
  // @ts-expect-error user needs ctx.trace, which otel() adds only after it
  wrap(direct(), user, otel(), async () => {});
  // @ts-expect-error nothing adds ctx.trace
  wrap(sqs(), async (_item, { trace }) => trace);
});

it("adds ctx.trace once", () => {
  // @ts-expect-error ctx.trace is already there: an earlier layer adds it
  wrap(sqs(), otel(), otel(), async () => {});
  // @ts-expect-error ctx.trace is already there: an earlier layer adds it
  layers(otel(), otel());
});

it("is a layer for every kind of item, alone and in presets", () => {
  const alone = otel();
  same<typeof alone, Layer<unknown, {}, { readonly trace: Trace }>>();
  same<ContextOf<typeof alone>["trace"], Trace>();
  // @ts-expect-error a layer is what otel() returns, not the function itself
  wrap(sqs(), otel, async () => {});

  // A team's own wrap, generic in the source.
  function worker<K extends Kind>(source: Source<K>, handler: HandlerOf<K, { readonly trace: Trace }>): Lambda<K["event"], K["reply"]> {
    return wrap(source, otel(), handler);
  }
  worker(sqs({ body: Order }), async ({ body }, { trace }) => trace.annotate("order", body.id));
});

it("gives carrier the item, with nothing to annotate", () => {
  wrap(sqs({ body: Order }), otel({ carrier: ({ body }) => ({ traceparent: body.id }) }), async () => {});
  wrap(sqs({ body: Order }), otel({ carrier: () => undefined }), async () => {});
  // @ts-expect-error the body of an Order has no `idd`
  wrap(sqs({ body: Order }), otel({ carrier: ({ body }) => ({ traceparent: body.idd }) }), async () => {});
  // @ts-expect-error headers are texts
  wrap(sqs(), otel({ carrier: () => ({ traceparent: 1 }) }), async () => {});
});

it("takes its options, and undefined for each", () => {
  otel({ maxItemSpans: 1, xRay: "always", flushTimeoutMs: 0, flush: async () => {} });
  const none: OtelOptions<unknown> = {
    maxItemSpans: undefined,
    xRay: undefined,
    flushTimeoutMs: undefined,
    flush: undefined,
    carrier: undefined,
  };
  otel(none);
  // @ts-expect-error there is no option `maxSpans`
  otel({ maxSpans: 1 });
  // @ts-expect-error "maybe" is none of its words
  otel({ xRay: "maybe" });
  // @ts-expect-error a flush is waited for, so it gives a promise
  otel({ flush: () => 1 });
});

it("gives what the work of a span gives", () => {
  wrap(direct(), otel(), async (_event, { trace }) => {
    same<number, ReturnType<() => number>>();
    const [count, later] = [trace.span("x", () => 1), trace.span("x", async () => "a")];
    same<typeof count, number>();
    same<typeof later, Promise<string>>();
    same<AnnotationValue, string | number | boolean>();
    trace.annotate("a", true);
    // @ts-expect-error what a span is found by is no object
    trace.annotate("a", { b: 1 });
    // @ts-expect-error a span has a name
    trace.span(() => 1);
  });
});
