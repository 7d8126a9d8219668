import { setTimeout as wait } from "node:timers/promises";
import { wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { httpApi, router } from "@lamella/http";
import { httpApiEvent, lambdaContext, sqsEvent } from "@lamella/testing";
import { trace as api, context } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { BatchSpanProcessor, type ReadableSpan } from "@opentelemetry/sdk-trace";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { attributeOf, otlpReceiver } from "../../test/otel/otlp-receiver.ts";
import { linksOf, sdk } from "../../test/otel/sdk.ts";
import { otel } from "./otel.ts";

/** A little while that is another each time. */
const aWhile = () => wait(Math.random() * 4);
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");

/** Every span by its parent. */
function childrenOf(spans: readonly ReadableSpan[]): (span: ReadableSpan | undefined) => ReadableSpan[] {
  const byParent = Map.groupBy(spans, ({ parentSpanContext }) => parentSpanContext?.spanId);
  return (span) => byParent.get(span?.spanContext().spanId) ?? [];
}

// 7,000 spans take a while on a machine that has other things to do.
vi.setConfig({ testTimeout: 60_000 });

describe.each([
  { mode: "on a function of its own", concurrency: undefined, contextManager: true },
  { mode: "on Managed Instances", concurrency: "64", contextManager: true },
  { mode: "without a context manager", concurrency: undefined, contextManager: false },
])("$mode", ({ concurrency, contextManager }) => {
  beforeEach(() => {
    vi.stubEnv("AWS_LAMBDA_MAX_CONCURRENCY", concurrency);
    // Of another invocation, as an environment has it that several share.
    if (concurrency !== undefined)
      vi.stubEnv("_X_AMZN_TRACE_ID", "Root=1-11111111-111111111111111111111111;Parent=1111111111111111;Sampled=1");
  });

  it("1,000 overlapping invocations keep their spans, attributes and links apart", async () => {
    const exporter = sdk({ contextManager });
    const headers = new Map<string, string | undefined>();
    const handler = wrap(sqs(), otel(), async ({ body }, { trace }) => {
      await aWhile();
      trace.annotate("order", body);
      const name = `reserve ${body}`;
      await trace.span(name, async () => {
        await aWhile();
        // Only a context manager knows in which span code runs.
        if (contextManager) trace.annotate("stock", body);
      });
      headers.set(body, trace.headers()["traceparent"]);
      if (Number(body.split("-")[1]) === 1) throw new Error(`no ${body}`);
    });

    await Promise.all(
      Array.from({ length: 1_000 }, async (_, at) => {
        const messages = [0, 1, 2].map((index) => ({
          body: `${at}-${index}`,
          id: `message-${at}-${index}`,
          messageAttributes: { traceparent: `00-${hex(at + 1, 32)}-${hex(index + 1, 16)}-01` },
        }));
        const xRayTraceId = `Root=1-${hex(at, 8)}-${hex(at + 1, 24)};Parent=${hex(at + 1, 16)};Sampled=1`;
        await handler(sqsEvent(messages), lambdaContext({ awsRequestId: `request-${at}`, xRayTraceId }));
      }),
    );

    const spans = exporter.getFinishedSpans();
    const below = childrenOf(spans);
    const invocations = spans.filter(({ attributes }) => "faas.invocation_id" in attributes);
    expect([invocations.length, spans.length]).toEqual([1_000, 7_000]);
    const wrong: unknown[] = [];
    for (const invocation of invocations) {
      const at = Number(String(invocation.attributes["faas.invocation_id"]).split("-")[1]);
      const own = { traceId: hex(at, 8) + hex(at + 1, 24), parent: hex(at + 1, 16) };
      const items = below(invocation);
      const seen = {
        traceId: invocation.spanContext().traceId,
        parent: invocation.parentSpanContext?.spanId,
        links: linksOf(invocation).toSorted(),
        failed: invocation.attributes["lamella.items.failed"],
        items: items
          .map((item) => ({
            id: item.attributes["messaging.message.id"],
            order: item.attributes["order"],
            links: linksOf(item),
            message: item.status.message,
            traceId: item.spanContext().traceId,
            handedOn: headers.get(String(item.attributes["order"])) === `00-${item.spanContext().traceId}-${item.spanContext().spanId}-01`,
            inner: below(item).map(({ name, attributes }) => [name, attributes["stock"]]),
          }))
          .toSorted((a, b) => String(a.id).localeCompare(String(b.id))),
      };
      const expected = {
        ...own,
        links: [0, 1, 2].map((index) => `${hex(at + 1, 32)}/${hex(index + 1, 16)}`),
        failed: 1,
        items: [0, 1, 2].map((index) => ({
          id: `message-${at}-${index}`,
          order: `${at}-${index}`,
          links: [`${hex(at + 1, 32)}/${hex(index + 1, 16)}`],
          message: index === 1 ? `no ${at}-1` : undefined,
          traceId: own.traceId,
          handedOn: true,
          inner: [[`reserve ${at}-${index}`, contextManager ? `${at}-${index}` : undefined]],
        })),
      };
      if (JSON.stringify(seen) !== JSON.stringify(expected)) wrong.push({ seen, expected });
    }
    expect(wrong).toEqual([]);
  });

  it("100 items side by side keep theirs apart, with whatever else makes spans", async () => {
    const exporter = sdk({ contextManager });
    const handler = wrap(sqs({ concurrency: 100 }), otel(), async ({ body }, { trace }) => {
      await aWhile();
      await trace.span(`outer ${body}`, async () => {
        await aWhile();
        // As an instrumentation of a client does.
        if (contextManager) await api.getTracer("client").startActiveSpan(`client ${body}`, (span) => aWhile().finally(() => span.end()));
      });
      await Promise.all([0, 1].map((at) => trace.span(`parallel ${body} ${at}`, aWhile)));
    });

    await handler(sqsEvent(Array.from({ length: 100 }, (_, index) => ({ body: `${index}` }))), lambdaContext());

    const spans = exporter.getFinishedSpans();
    const below = childrenOf(spans);
    const invocation = spans.find(({ attributes }) => "faas.invocation_id" in attributes);
    const items = below(invocation);
    expect(items).toHaveLength(100);
    for (const item of items) {
      const index = String(item.attributes["lamella.delivery.index"]);
      expect(
        below(item)
          .map(({ name }) => name)
          .toSorted(),
      ).toEqual([`outer ${index}`, `parallel ${index} 0`, `parallel ${index} 1`]);
      const outer = below(item).find(({ name }) => name.startsWith("outer"));
      expect(below(outer).map(({ name }) => name)).toEqual(contextManager ? [`client ${index}`] : []);
    }
  });

  it("invocations that a test gives the same context keep theirs apart", async () => {
    const exporter = sdk({ contextManager });
    const lambda = lambdaContext();
    const handler = wrap(sqs(), otel(), async ({ body }, { trace }) => {
      await aWhile();
      trace.annotate("order", body);
    });

    await Promise.all(["a", "b", "c"].map((body) => handler(sqsEvent([{ body, id: body }]), lambda)));

    const spans = exporter.getFinishedSpans();
    const below = childrenOf(spans);
    const invocations = spans.filter(({ attributes }) => "faas.invocation_id" in attributes);
    expect(invocations.map((invocation) => below(invocation).length)).toEqual([1, 1, 1]);
    expect(
      Object.fromEntries(
        spans.flatMap(({ attributes }) => (attributes["order"] ? [[attributes["order"], attributes["messaging.message.id"]]] : [])),
      ),
    ).toEqual({ a: "a", b: "b", c: "c" });
  });
});

it("overlapping requests are told apart by a receiver on a socket", async () => {
  const { url, spans } = await otlpReceiver();
  sdk({ processor: new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) }) });
  const handler = wrap(
    httpApi(),
    otel(),
    router({
      "GET /orders/{id}": async ({ params: { id } }, { trace }) => {
        await aWhile();
        trace.annotate("order", id);
        await trace.span(`read ${id}`, aWhile);
        return { id };
      },
    }),
  );

  await Promise.all(
    Array.from({ length: 200 }, (_, at) =>
      handler(
        httpApiEvent({ path: `/orders/${at}`, headers: { traceparent: `00-${hex(at + 1, 32)}-${hex(at + 1, 16)}-01` } }),
        lambdaContext({ awsRequestId: `request-${at}` }),
      ),
    ),
  );

  const requests = spans.filter(({ name }) => name === "GET /orders/{id}");
  expect([requests.length, spans.length]).toEqual([200, 400]);
  for (const request of requests) {
    const id = String(attributeOf(request, "order"));
    const inner = spans.filter(({ parentSpanId }) => parentSpanId === request.spanId);
    expect([request.traceId, request.parentSpanId, attributeOf(request, "url.path"), attributeOf(request, "faas.invocation_id")]).toEqual([
      hex(Number(id) + 1, 32),
      hex(Number(id) + 1, 16),
      `/orders/${id}`,
      `request-${id}`,
    ]);
    expect(inner.map(({ name, traceId }) => [name, traceId])).toEqual([[`read ${id}`, request.traceId]]);
  }
  expect(api.getSpan(context.active())).toBeUndefined();
});
