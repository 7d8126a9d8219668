import { direct, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { lambdaContext, sqsEvent } from "@lamella/testing";
import { context, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { BatchSpanProcessor, type SpanExporter } from "@opentelemetry/sdk-trace";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { attributeOf, otlpReceiver, otlpTrees } from "../../test/otel/otlp-receiver.ts";
import { sdk } from "../../test/otel/sdk.ts";
import { otel } from "./otel.ts";

const orders = (...bodies: readonly string[]) =>
  sqsEvent(
    bodies.map((body) => ({ body })),
    { queueName: "orders" },
  );
const batched = (exporter: SpanExporter) => sdk({ processor: new BatchSpanProcessor({ exporter, scheduledDelayMillis: 60_000 }) });

function fakeTime(): void {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
}

/** How long something took, in milliseconds. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

describe("a receiver of OTLP", () => {
  it("has the whole trace when the reply is made", async () => {
    const { url, spans } = await otlpReceiver();
    batched(new OTLPTraceExporter({ url }));
    const handler = wrap(sqs(), otel(), async ({ body }, { trace: own }) => own.span("reserve", async () => own.annotate("order", body)));

    await handler(orders("a", "b"), lambdaContext());

    const item = { name: "process orders", spans: [{ name: "reserve" }] };
    expect(otlpTrees(spans)).toEqual([{ name: "process orders", spans: [item, item] }]);
    expect(spans.flatMap((span) => attributeOf(span, "order") ?? [])).toEqual(["a", "b"]);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  });

  it("has it also when the invocation fails", async () => {
    const { url, spans } = await otlpReceiver();
    batched(new OTLPTraceExporter({ url }));
    const error = new Error("no");
    const handler = wrap(direct(), otel(), () => Promise.reject(error));

    await expect(handler({}, lambdaContext({ functionName: "orders" }))).rejects.toBe(error);

    expect(spans.map((span) => [span.name, attributeOf(span, "error.type")])).toEqual([["orders", "Error"]]);
  });

  it.for([
    { what: "hangs", reply: () => {} },
    { what: "hangs up", reply: (response: { destroy: () => void }) => response.destroy() },
    {
      what: "refuses",
      reply: (response: { statusCode: number; end: (body: string) => void }) => ((response.statusCode = 400), response.end("{}")),
    },
  ])("that $what holds up neither reply nor error for longer than flushTimeoutMs", async ({ reply }) => {
    const { url, requests } = await otlpReceiver(reply);
    batched(new OTLPTraceExporter({ url }));
    const handler = wrap(sqs(), otel({ flushTimeoutMs: 120 }), ({ body }) => {
      if (body === "bad") throw new Error("no");
    });

    const ms = await timed(async () => {
      expect(await handler(orders("a", "bad"), lambdaContext())).toMatchObject({ batchItemFailures: [expect.anything()] });
    });
    await expect(handler(orders("bad"), lambdaContext())).rejects.toMatchObject({ name: "BatchFailedError" });

    expect(requests()).toBeGreaterThan(0);
    expect(ms).toBeLessThan(1_000);
  });

  it("that hangs holds up nothing that would be too late", async () => {
    const { url } = await otlpReceiver(() => {});
    batched(new OTLPTraceExporter({ url }));
    const handler = wrap(direct<object, string>({ softMs: 100, hardMs: 100 }), otel({ flushTimeoutMs: 10_000 }), async () => "done");
    const lambda = lambdaContext({ remainingMs: 500 });

    expect(await handler({}, lambda)).toBe("done");

    expect(lambda.getRemainingTimeInMillis(), "left for the reply").toBeGreaterThan(0);
  });
});

describe("the flush", () => {
  /** A provider whose flush the test settles. */
  function provider(forceFlush: () => Promise<void>) {
    sdk({ processor: { onStart: () => {}, onEnd: () => {}, forceFlush, shutdown: async () => {} } });
  }

  it("is waited for, before the reply", async () => {
    const order: string[] = [];
    provider(async () => {
      await Promise.resolve();
      order.push("flushed");
    });

    await wrap(direct(), otel(), () => void order.push("handled"))({}, lambdaContext()).then(() => order.push("replied"));

    expect(order).toEqual(["handled", "flushed", "replied"]);
  });

  it.for([
    {
      what: "throws",
      forceFlush: () => {
        throw new Error("no");
      },
    },
    { what: "rejects", forceFlush: () => Promise.reject(new Error("no")) },
    { what: "rejects with nothing", forceFlush: () => Promise.reject() },
  ])("that $what does not fail the work", async ({ forceFlush }) => {
    provider(forceFlush);
    const rejections = vi.fn();
    process.on("unhandledRejection", rejections);

    expect(await wrap(direct<object, number>(), otel(), () => 1)({}, lambdaContext())).toBe(1);
    expect(await wrap(direct<object, number>(), otel({ flush: forceFlush }), () => 1)({}, lambdaContext())).toBe(1);

    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", rejections);
    expect(rejections).not.toHaveBeenCalled();
  });

  it.for([
    { flushTimeoutMs: undefined, remainingMs: 30_000, afterMs: 1_000 },
    { flushTimeoutMs: 300, remainingMs: 30_000, afterMs: 300 },
    { flushTimeoutMs: 5_000, remainingMs: 2_000, afterMs: 1_950 },
    { flushTimeoutMs: 5_000, remainingMs: 50, afterMs: 0 },
    { flushTimeoutMs: 0, remainingMs: 30_000, afterMs: 0 },
  ])(
    "that hangs is left after $afterMs ms where flushTimeoutMs is $flushTimeoutMs and $remainingMs ms are left",
    async ({ flushTimeoutMs, remainingMs, afterMs }) => {
      fakeTime();
      provider(() => new Promise(() => {}));
      const handler = wrap(direct<object, string>({ softMs: 0, hardMs: 0 }), otel({ flushTimeoutMs }), () => "done");
      let repliedAt: number | undefined;
      const startedAt = Date.now();

      const replied = handler({}, lambdaContext({ remainingMs })).then(() => (repliedAt = Date.now() - startedAt));
      await vi.advanceTimersByTimeAsync(6_000);
      await replied;

      expect(repliedAt).toBe(afterMs);
    },
  );

  it("leaves no timer behind", async () => {
    fakeTime();
    provider(async () => {});

    await wrap(sqs(), otel(), () => {})(orders("a"), lambdaContext());

    // The SDK has its own, which it clears a moment later.
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("calls what else is to be flushed, and waits for it", async () => {
    sdk();
    const order: string[] = [];
    const flush = vi.fn(async () => void order.push("flushed"));

    await wrap(direct(), otel({ flush }), () => void order.push("handled"))({}, lambdaContext());

    expect(order).toEqual(["handled", "flushed"]);
  });

  it("runs once at a time, and once more for all whose spans the running one may have missed", async () => {
    let open = (): void => {};
    const forceFlush = vi.fn(() => new Promise<void>((resolve) => (open = resolve)));
    provider(forceFlush);
    const handler = wrap(direct(), otel(), () => {});
    const replied: number[] = [];
    const invoke = (index: number) => handler({}, lambdaContext()).then(() => replied.push(index));
    const turn = () => new Promise((resolve) => setImmediate(resolve));

    const first = invoke(1);
    await turn();
    const others = [invoke(2), invoke(3), invoke(4)];
    await turn();
    expect([forceFlush.mock.calls.length, replied]).toEqual([1, []]);
    open();
    await first;
    await turn();
    expect([forceFlush.mock.calls.length, replied]).toEqual([2, [1]]);
    open();
    await Promise.all(others);

    expect([forceFlush.mock.calls.length, replied]).toEqual([2, [1, 2, 3, 4]]);
  });

  it("of an invocation is not held up for good by one that hangs", async () => {
    fakeTime();
    const forceFlush = vi.fn(async (): Promise<void> => {});
    forceFlush.mockImplementationOnce(() => new Promise(() => {}));
    provider(forceFlush);
    const handler = wrap(direct(), otel({ flushTimeoutMs: 100 }), () => {});

    const replies = [handler({}, lambdaContext()), handler({}, lambdaContext())];
    await vi.advanceTimersByTimeAsync(101);
    await Promise.all(replies);

    expect(forceFlush).toHaveBeenCalledTimes(2);
  });

  it("is not asked for where nothing is registered", async () => {
    const flush = vi.fn(async () => {});

    await wrap(direct(), otel({ flush }), () => {})({}, lambdaContext());

    expect(flush).not.toHaveBeenCalled();
  });

  it("makes no spans of its own", async () => {
    const { url, spans } = await otlpReceiver();
    batched(new OTLPTraceExporter({ url }));

    await wrap(direct(), otel(), () => {})({}, lambdaContext({ functionName: "orders" }));
    await wrap(direct(), otel(), () => {})({}, lambdaContext({ functionName: "orders" }));

    expect(spans.map(({ name }) => name)).toEqual(["orders", "orders"]);
    expect(trace.getSpan(context.active())).toBeUndefined();
  });
});
