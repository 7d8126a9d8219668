import { BatchFailedError, direct, type Lambda, layer, resource, retry, timeout, whole, wrap } from "@lamella/core";
import { appSyncBatch } from "@lamella/events/app-sync-batch";
import { sqs } from "@lamella/events/sqs";
import { appSyncBatchEvent, lambdaContext, sqsEvent, testing } from "@lamella/testing";
import { AlwaysOffSampler, type ReadableSpan } from "@opentelemetry/sdk-trace";
import { describe, expect, it, vi } from "vitest";
import { kindOf, sdk, statusOf, trees } from "../../test/otel/sdk.ts";
import { UNTRACED } from "./item-trace.ts";
import { otel } from "./otel.ts";

const orders = (...bodies: readonly string[]) =>
  sqsEvent(
    bodies.map((body) => ({ body })),
    { queueName: "orders" },
  );
const shown = (span: ReadableSpan) => ({ kind: kindOf(span), status: statusOf(span) });
/** What the items' spans are about, and how they ended. */
const items = (spans: readonly ReadableSpan[]) =>
  spans
    .filter(({ attributes }) => "lamella.delivery.index" in attributes)
    .map((span) => [span.attributes["lamella.delivery.index"], statusOf(span), span.attributes["error.type"]]);
/** The span of the invocation. */
const root = (spans: readonly ReadableSpan[]): ReadableSpan =>
  spans.find(({ attributes }) => "faas.invocation_id" in attributes) as ReadableSpan;

describe("a batch", () => {
  it("has one span for the invocation, and below it one for each item with what it does", async () => {
    const exporter = sdk();
    const handler = wrap(sqs(), otel(), async ({ body }, { trace }) => {
      await Promise.resolve();
      trace.annotate("order", body);
      await trace.span("reserve", async () => trace.annotate("stock", body));
    });

    await handler(orders("a", "b"), lambdaContext());

    const spans = exporter.getFinishedSpans();
    expect(trees(spans, shown)).toEqual([
      {
        name: "process orders",
        kind: "CONSUMER",
        status: "UNSET",
        spans: ["a", "b"].map(() => ({
          name: "process orders",
          kind: "CONSUMER",
          status: "UNSET",
          spans: [{ name: "reserve", kind: "INTERNAL", status: "UNSET" }],
        })),
      },
    ]);
    expect(spans.filter(({ name }) => name === "reserve").map(({ attributes }) => attributes)).toEqual([{ stock: "a" }, { stock: "b" }]);
    expect(spans.flatMap(({ attributes }) => attributes["order"] ?? [])).toEqual(["a", "b"]);
  });

  it("says of the invocation what the conventions ask for", async () => {
    const exporter = sdk();
    const lambda = {
      ...lambdaContext({ functionName: "orders", functionVersion: "7", awsRequestId: "request-1" }),
      invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:orders:live",
    };

    await wrap(sqs(), otel(), () => {})(orders("a", "b", "c"), lambda);

    expect(root(exporter.getFinishedSpans()).attributes).toEqual({
      "faas.trigger": "pubsub",
      "faas.invocation_id": "request-1",
      "faas.coldstart": expect.any(Boolean),
      "faas.name": "orders",
      "faas.version": "7",
      "cloud.provider": "aws",
      "cloud.platform": "aws_lambda",
      "cloud.region": "eu-west-1",
      "cloud.account.id": "123456789012",
      "cloud.resource_id": "arn:aws:lambda:eu-west-1:123456789012:function:orders:7",
      "aws.lambda.invoked_arn": "arn:aws:lambda:eu-west-1:123456789012:function:orders:live",
      "messaging.system": "aws_sqs",
      "messaging.operation.name": "process",
      "messaging.operation.type": "process",
      "messaging.destination.name": "orders",
      "messaging.batch.message_count": 3,
    });
  });

  it("notes the failure of an item on its span, and how many failed on the invocation's, which has not", async () => {
    const exporter = sdk();
    const handler = wrap(sqs(), otel(), ({ body }) => {
      if (body !== "a") throw new TypeError(`no ${body}`);
    });

    await handler(orders("a", "b", "c"), lambdaContext());

    const spans = exporter.getFinishedSpans();
    expect(items(spans)).toEqual([
      [0, "UNSET", undefined],
      [1, "ERROR", "TypeError"],
      [2, "ERROR", "TypeError"],
    ]);
    expect([statusOf(root(spans)), root(spans).attributes["lamella.items.failed"]]).toEqual(["UNSET", 2]);
    const failed = spans.find(({ attributes }) => attributes["lamella.delivery.index"] === 1);
    expect(failed?.status.message).toBe("no b");
    expect(failed?.events.map(({ name, attributes }) => ({ name, ...attributes }))).toEqual([
      {
        name: "exception",
        "exception.type": "TypeError",
        "exception.message": "no b",
        "exception.stacktrace": expect.stringContaining("TypeError: no b"),
      },
    ]);
  });

  it("leaves the span of an item alone whose error says that nothing is wrong, and lets it come again", async () => {
    const exporter = sdk();
    const handler = wrap(sqs({ whenAllFail: "report" }), otel(), () => {
      // As that of an item which another run is at.
      throw Object.assign(new Error("in progress"), { "~level": "info" });
    });

    expect(await handler(orders("a"), lambdaContext())).toMatchObject({ batchItemFailures: [expect.anything()] });

    expect(items(exporter.getFinishedSpans())).toEqual([[0, "UNSET", undefined]]);
  });

  it("that fails as a whole is an error of the invocation's span, and comes out as it was", async () => {
    const exporter = sdk();
    const handler = wrap(sqs(), otel(), () => {
      throw new Error("no");
    });

    await expect(handler(orders("a"), lambdaContext())).rejects.toBeInstanceOf(BatchFailedError);

    expect(statusOf(root(exporter.getFinishedSpans()))).toBe("ERROR");
    expect(root(exporter.getFinishedSpans()).attributes["error.type"]).toBe("BatchFailedError");
  });

  it.for([
    { maxItemSpans: undefined, of: 102, spans: 100, without: 2 },
    { maxItemSpans: undefined, of: 100, spans: 100, without: undefined },
    { maxItemSpans: 3, of: 5, spans: 3, without: 2 },
    { maxItemSpans: 0, of: 2, spans: 0, without: 2 },
  ])("has $spans spans for $of items where maxItemSpans is $maxItemSpans", async ({ maxItemSpans, of, spans, without }) => {
    const exporter = sdk();
    const inner = vi.fn(() => {});
    const handler = wrap(sqs(), otel({ maxItemSpans }), ({ body }, { trace }) => {
      trace.annotate("order", body);
      trace.span("inner", inner);
    });

    await handler(orders(...Array.from({ length: of }, (_, index) => `${index}`)), lambdaContext());

    const finished = exporter.getFinishedSpans();
    expect(items(finished)).toHaveLength(spans);
    expect(inner).toHaveBeenCalledTimes(of);
    expect(finished.filter(({ name }) => name === "inner")).toHaveLength(spans);
    expect(root(finished).attributes["lamella.items.without_span"]).toBe(without);
    expect(root(finished).attributes, "what an item says of itself is not said of the invocation").not.toHaveProperty("order");
  });

  it("gives an item that was only counted a span when it fails, so many again and no more", async () => {
    const exporter = sdk();
    const handler = wrap(sqs({ whenAllFail: "report" }), otel({ maxItemSpans: 2 }), ({ body }) => {
      if (body !== "0" && body !== "3") throw new Error(`no ${body}`);
    });

    await handler(orders("0", "1", "2", "3", "4", "5"), lambdaContext());

    expect(items(exporter.getFinishedSpans())).toEqual([
      [0, "UNSET", undefined],
      [1, "ERROR", "Error"],
      [2, "ERROR", "Error"],
      [4, "ERROR", "Error"],
    ]);
    expect(root(exporter.getFinishedSpans()).attributes).toMatchObject({ "lamella.items.failed": 4, "lamella.items.without_span": 4 });
  });

  it("hands the trace on from an item that was only counted", async () => {
    const exporter = sdk();
    const seen: unknown[] = [];
    const handler = wrap(sqs(), otel({ maxItemSpans: 0 }), (_item, { trace }) => {
      seen.push(trace.id, trace.headers());
    });

    await handler(orders("a"), lambdaContext());

    const { traceId, spanId } = root(exporter.getFinishedSpans()).spanContext();
    expect(seen).toEqual([traceId, { traceparent: `00-${traceId}-${spanId}-01` }]);
  });

  it("is one span where the handler gets it whole", async () => {
    const exporter = sdk();
    const handler = wrap(whole(sqs()), otel(), ({ items: all }, { trace }) => {
      trace.annotate("count", all.length);
      trace.span("insert", () => {});
    });

    await handler(orders("a", "b"), lambdaContext());

    const spans = exporter.getFinishedSpans();
    expect(trees(spans)).toEqual([{ name: "process orders", spans: [{ name: "insert" }] }]);
    expect(root(spans).attributes).toMatchObject({ "messaging.batch.message_count": 2, count: 2 });
  });

  it("of no messages has spans of its own kind", async () => {
    const exporter = sdk();
    const handler = wrap(appSyncBatch(), otel(), () => "x");

    await handler(appSyncBatchEvent([{}, {}]), lambdaContext({ functionName: "resolver" }));

    const item = { name: "appSyncBatch item", kind: "INTERNAL", status: "UNSET" };
    expect(trees(exporter.getFinishedSpans(), shown)).toEqual([{ name: "resolver", kind: "SERVER", status: "UNSET", spans: [item, item] }]);
  });

  it("has a span for each try of an item", async () => {
    const exporter = sdk();
    let tries = 0;
    const handler = wrap(sqs(), retry({ backoffMs: 0 }), otel(), () => {
      if (tries++ === 0) throw new Error("once");
    });

    await handler(orders("a"), lambdaContext());

    expect(items(exporter.getFinishedSpans())).toEqual([
      [0, "ERROR", "Error"],
      [0, "UNSET", undefined],
    ]);
  });
});

describe("an event of one item", () => {
  it("is one span, which the item is about", async () => {
    const exporter = sdk();
    const handler = wrap(direct<string, string>(), otel(), (event, { trace }) => {
      trace.annotate("order", event);
      return trace.span("reserve", () => `${event}!`);
    });

    expect(await handler("a", lambdaContext({ functionName: "orders" }))).toBe("a!");

    const spans = exporter.getFinishedSpans();
    expect(trees(spans, shown)).toEqual([
      { name: "orders", kind: "SERVER", status: "UNSET", spans: [{ name: "reserve", kind: "INTERNAL", status: "UNSET" }] },
    ]);
    expect(root(spans).attributes).toMatchObject({ "faas.trigger": "other", order: "a" });
  });

  it("rejects with the handler's own error, and its span has it", async () => {
    const exporter = sdk();
    const error = Object.assign(new RangeError("too many"), { code: 42 });
    const handler = wrap(direct(), otel(), () => {
      throw error;
    });

    await expect(handler({}, lambdaContext())).rejects.toBe(error);

    const span = root(exporter.getFinishedSpans());
    expect([span.status, span.attributes["error.type"]]).toEqual([{ code: 2, message: "too many" }, "RangeError"]);
    expect(span.events[0]?.attributes?.["exception.type"], "the name, and not the code").toBe("RangeError");
  });

  it.for([
    { what: "undefined", error: undefined, type: "thrown undefined" },
    { what: "a text", error: "no", type: "thrown string" },
    {
      what: "what throws when it is looked at",
      error: Object.defineProperty({}, "message", {
        get: () => {
          throw new Error("secret");
        },
      }),
      type: "Error",
    },
  ])("survives that $what is thrown", async ({ error, type }) => {
    const exporter = sdk();
    const handler = wrap(direct(), otel(), () => {
      throw error;
    });

    await expect(handler({}, lambdaContext())).rejects.toBe(error);

    expect([statusOf(root(exporter.getFinishedSpans())), root(exporter.getFinishedSpans()).attributes["error.type"]]).toEqual([
      "ERROR",
      type,
    ]);
  });

  it("that a layer repeats has failed only if it failed in the end", async () => {
    const exporter = sdk();
    let tries = 0;
    const handler = wrap(direct<object, string>(), retry({ backoffMs: 0 }), otel(), () => {
      if (tries++ === 0) throw new Error("once");
      return "done";
    });

    expect(await handler({}, lambdaContext())).toBe("done");

    expect(exporter.getFinishedSpans().map(statusOf)).toEqual(["UNSET"]);
  });
});

describe("other layers", () => {
  it("run in the item's span", async () => {
    const exporter = sdk();
    const { trace: api } = await import("@opentelemetry/api");
    const peek = layer("peek", async (_item, _ctx, next) =>
      api.getTracer("peek").startActiveSpan("peek", (span) => next().finally(() => span.end())),
    );

    await wrap(sqs(), otel(), peek, (_item, { trace }) => trace.span("inner", () => {}))(orders("a"), lambdaContext());

    expect(trees(exporter.getFinishedSpans())).toEqual([
      { name: "process orders", spans: [{ name: "process orders", spans: [{ name: "peek", spans: [{ name: "inner" }] }] }] },
    ]);
  });

  it("may stand outside, with a time limit of their own", async () => {
    const exporter = sdk();

    await wrap(sqs(), timeout(1_000), otel(), () => {})(orders("a"), lambdaContext());

    expect(trees(exporter.getFinishedSpans())).toEqual([{ name: "process orders", spans: [{ name: "process orders" }] }]);
  });

  it("may answer before it, and the invocation has its span all the same", async () => {
    const exporter = sdk();
    const refuse = layer("refuse", async () => {
      throw new Error("refused");
    });

    await expect(wrap(direct(), refuse, otel(), () => {})({}, lambdaContext({ functionName: "orders" }))).rejects.toThrow("refused");

    expect(trees(exporter.getFinishedSpans(), shown)).toEqual([{ name: "orders", kind: "SERVER", status: "ERROR" }]);
  });
});

describe("what fails outside of items", () => {
  it.for([
    { what: "an event that is not the source's own", handler: wrap(sqs(), otel(), () => {}), name: "WrongEventError" },
    {
      what: "a resource that cannot be made",
      handler: wrap(
        direct(),
        resource("db", {
          init: () => {
            throw new TypeError("no db");
          },
        }),
        otel(),
        () => {},
      ),
      name: "InitError",
    },
  ])("is noted on the invocation's span: $what", async ({ handler, name }) => {
    const exporter = sdk();

    await expect(handler({} as never, lambdaContext({ functionName: "orders" }))).rejects.toMatchObject({ name });

    const spans = exporter.getFinishedSpans();
    expect(spans.map((span) => [statusOf(span), span.attributes["error.type"], span.attributes["faas.name"]])).toEqual([
      ["ERROR", name, "orders"],
    ]);
  });
});

describe("without an SDK", () => {
  it("the handler has a trace that does nothing", async () => {
    const handler = wrap(sqs(), otel(), async (_item, { trace }) => {
      expect(trace).toBe(UNTRACED);
      trace.annotate("order", 1);
      expect([trace.id, trace.headers(), await trace.span("x", async () => 1)]).toEqual([undefined, {}, 1]);
    });

    expect(await handler(orders("a"), lambdaContext())).toEqual({ batchItemFailures: [] });
  });
});

describe("a trace that is not sampled", () => {
  it("makes no spans, and is handed on as it is", async () => {
    const exporter = sdk({ sampler: new AlwaysOffSampler() });
    const seen: unknown[] = [];

    await wrap(sqs(), otel(), (_item, { trace }) => {
      seen.push(trace.headers());
      trace.span("x", () => trace.annotate("a", 1));
    })(orders("a"), lambdaContext());

    expect(exporter.getFinishedSpans()).toEqual([]);
    expect(seen).toEqual([{ traceparent: expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-00$/) }]);
  });
});

describe("a tracer that fails", () => {
  it.for(["onStart", "onEnd"] as const)("in %s does not fail the work", async (hook) => {
    const nothing = () => {};
    const processor = { onStart: nothing, onEnd: nothing, forceFlush: async () => {}, shutdown: async () => {} };
    const fail = vi.fn(() => {
      throw new Error("no");
    });
    sdk({ processor: { ...processor, [hook]: fail } });
    const handler: Lambda<ReturnType<typeof orders>, unknown> = wrap(sqs(), otel(), (_item, { trace }) => trace.span("x", () => {}));

    expect(await handler(orders("a"), lambdaContext())).toEqual({ batchItemFailures: [] });
    expect(fail).toHaveBeenCalled();
  });
});

describe("without a context manager", () => {
  it("items are below the invocation, and what they do below them", async () => {
    const exporter = sdk({ contextManager: false });

    await wrap(sqs(), otel(), async (_item, { trace }) => {
      await Promise.resolve();
      await trace.span("reserve", async () => {});
    })(orders("a", "b"), lambdaContext());

    const item = { name: "process orders", spans: [{ name: "reserve" }] };
    expect(trees(exporter.getFinishedSpans())).toEqual([{ name: "process orders", spans: [item, item] }]);
  });
});

describe("in tests", () => {
  it("can be replaced by name", async () => {
    const handler = wrap(sqs(), otel(), async (_item, { trace }) => trace.span("x", async () => {}));
    const seen: string[] = [];
    const fake = layer("otel", async (_item, _ctx, next) =>
      next({ trace: { ...UNTRACED, span: (name: string, work: () => unknown) => (seen.push(name), work()) } }),
    );

    await testing(handler, { otel: fake }).send(orders("a"));

    expect(seen).toEqual(["x"]);
  });
});
