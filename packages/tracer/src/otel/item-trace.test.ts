import { direct, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { lambdaContext, sqsEvent } from "@lamella/testing";
import { trace as api, context } from "@opentelemetry/api";
import { describe, expect, it, vi } from "vitest";
import { named, sdk, statusOf, trees } from "../../test/otel/sdk.ts";
import type { Trace } from "../trace.ts";
import { otel } from "./otel.ts";

/** Runs work with a trace of its own, and gives the spans. */
async function spansOf(work: (trace: Trace) => unknown) {
  const exporter = sdk();
  await wrap(
    direct(),
    otel(),
    async (_event, { trace }) => void (await work(trace)),
  )({}, lambdaContext({ functionName: "function" })).catch(() => {});
  return exporter.getFinishedSpans();
}

describe("span", () => {
  it.for<{ readonly what: string; readonly work: () => unknown; readonly gives: unknown }>([
    { what: "a value", work: () => 1, gives: 1 },
    { what: "a promise's value", work: async () => 1, gives: 1 },
    { what: "nothing", work: () => {}, gives: undefined },
  ])("gives $what, as the work gave it", async ({ work, gives }) => {
    let given: unknown;
    const spans = await spansOf(async (trace) => {
      given = await trace.span("x", work);
    });
    expect(given).toBe(gives);
    expect(trees(spans)).toEqual([{ name: "function", spans: [{ name: "x" }] }]);
  });

  it("gives the promise itself", async () => {
    const promise = Promise.resolve(1);
    let given: unknown;
    await spansOf((trace) => {
      given = trace.span("x", () => promise);
    });
    expect(given).toBe(promise);
  });

  it.for([
    {
      what: "thrown",
      work: () => {
        throw new RangeError("no");
      },
    },
    { what: "rejected", work: () => Promise.reject(new RangeError("no")) },
  ])("notes what is $what, and lets it out", async ({ work }) => {
    let caught: unknown;
    const spans = await spansOf(async (trace) => {
      try {
        await trace.span("x", work);
      } catch (error) {
        caught = error;
      }
    });
    expect(caught).toEqual(new RangeError("no"));
    expect([statusOf(named(spans, "x")), named(spans, "x").attributes["error.type"], statusOf(named(spans, "function"))]).toEqual([
      "ERROR",
      "RangeError",
      "UNSET",
    ]);
  });

  it("ends when the work does, before what waits for it goes on", async () => {
    const ended: string[] = [];
    const exporter = sdk();
    await wrap(direct(), otel(), async (_event, { trace }) => {
      await trace.span("x", async () => Promise.resolve());
      ended.push(...exporter.getFinishedSpans().map(({ name }) => name));
    })({}, lambdaContext());
    expect(ended).toEqual(["x"]);
  });

  it("begins work that begins with `then` once, as query builders have it", async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- that is what such builders are.
    const query = { then: vi.fn((resolve: (rows: string) => void) => resolve("rows")) };
    let rows: unknown;
    const spans = await spansOf(async (trace) => {
      rows = await trace.span("query", () => query);
    });
    expect([rows, query.then.mock.calls.length, spans.length]).toEqual(["rows", 1, 2]);
  });

  it("is below the one that is open, however deep, and beside those that are ended", async () => {
    const spans = await spansOf(async (trace) => {
      await trace.span("a", async () => {
        await Promise.resolve();
        await trace.span("b", async () => trace.span("c", () => {}));
        trace.span("d", () => {});
      });
      trace.span("e", () => {});
    });
    expect(trees(spans)).toEqual([
      { name: "function", spans: [{ name: "a", spans: [{ name: "b", spans: [{ name: "c" }] }, { name: "d" }] }, { name: "e" }] },
    ]);
  });

  it("is below its own item's, also in code that another item's runs", async () => {
    const exporter = sdk();
    const traces: Trace[] = [];
    await wrap(sqs(), otel(), async ({ body }, { trace }) => {
      traces.push(trace);
      await Promise.resolve();
      if (body === "b") traces[0]?.span("of a", () => traces[0]?.annotate("a", true));
    })(sqsEvent([{ body: "a" }, { body: "b" }]), lambdaContext());

    const spans = exporter.getFinishedSpans();
    const a = spans.find(({ attributes }) => attributes["lamella.delivery.index"] === 0);
    expect(named(spans, "of a").parentSpanContext?.spanId).toBe(a?.spanContext().spanId);
    expect([named(spans, "of a").attributes, a?.attributes["a"]]).toEqual([{ a: true }, undefined]);
  });

  it("goes on to be right when the item is over", async () => {
    const exporter = sdk();
    let late: Trace | undefined;
    await wrap(direct(), otel(), (_event, { trace }) => {
      late = trace;
    })({}, lambdaContext({ functionName: "function" }));

    late?.annotate("late", 1);
    late?.span("late", () => {});

    expect(trees(exporter.getFinishedSpans())).toEqual([{ name: "function", spans: [{ name: "late" }] }]);
    expect(named(exporter.getFinishedSpans(), "function").attributes).not.toHaveProperty("late");
  });
});

describe("annotate", () => {
  it("notes on the innermost open span, also on one that other code has opened", async () => {
    const spans = await spansOf((trace) => {
      trace.annotate("at", "item");
      trace.span("x", () => trace.annotate("at", 1));
      api.getTracer("other").startActiveSpan("y", (span) => {
        trace.annotate("at", true);
        span.end();
      });
    });
    expect(spans.map(({ name, attributes }) => [name, attributes["at"]])).toEqual([
      ["x", 1],
      ["y", true],
      ["function", "item"],
    ]);
  });
});

describe("id and headers", () => {
  it("are those of the trace and of the innermost open span", async () => {
    const seen: unknown[] = [];
    const spans = await spansOf((trace) => {
      // Taken out, as from a parameter list.
      const { id, headers, span } = trace;
      seen.push(id, headers());
      span("x", () => seen.push(headers()));
    });
    const [inner, outer] = [named(spans, "x"), named(spans, "function")].map((span) => span.spanContext());
    expect(seen).toEqual([
      outer?.traceId,
      { traceparent: `00-${outer?.traceId}-${outer?.spanId}-01` },
      { traceparent: `00-${inner?.traceId}-${inner?.spanId}-01` },
    ]);
    expect(api.getSpan(context.active())).toBeUndefined();
  });
});
