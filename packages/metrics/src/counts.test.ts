import { json, type Layer, lifecycle, needs, retry, whole, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { HttpError, httpApi, route, router } from "@lamella/http";
import { httpApiEvent, lambdaContext, sqsEvent } from "@lamella/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { captureDocuments } from "../test/emf.ts";
import type { Metric } from "./metric.ts";
import { metrics } from "./metrics.ts";

const QUIET = { captureColdStartMetric: false, items: false, requests: false } as const;
const shop = { namespace: "shop", service: "orders" } as const;
const context = lambdaContext({ functionName: "reserve" });
const messages = (...ids: string[]) => sqsEvent(ids.map((id) => ({ id, body: id })));

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
});

describe("batches", () => {
  const counted = metrics({ ...shop, captureColdStartMetric: false });

  it("are counted, with the age of the oldest item", async () => {
    vi.useFakeTimers();
    const { documents } = captureDocuments();
    const source = sqs({ body: json(), onFailure: (error) => (String(error).includes("ignore") ? "ignore" : "retry") });
    const handler = wrap(source, counted, ({ body }) => {
      if (typeof body === "string") throw new Error(body);
    });
    const sentAt = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1_000);
    const bodies = ['"ignore"', '"again"', "{", "1"];
    await handler(sqsEvent(bodies.map((body, index) => ({ id: String(index), body, sentAt: sentAt(index * 10) }))), context);

    expect(documents).toMatchObject([
      { ItemsReceived: 4, ItemsFailed: 2, ItemsInvalid: 1, ItemsIgnored: 1, OldestItemAge: 30_000, service: "orders" },
    ]);
    expect(documents[0]).not.toHaveProperty("ItemsUnrun");
  });

  it("of a FIFO queue tell what was not run, and whole batches are counted too", async () => {
    const { documents } = captureDocuments();
    const fails = (): never => {
      throw new Error("no");
    };
    await wrap(sqs({ whenAllFail: "report" }), counted, fails)(sqsEvent([{ body: "" }, { body: "" }], { queueName: "q.fifo" }), context);
    await wrap(whole(sqs({ whenAllFail: "report" })), counted, fails)(messages("a", "b"), context);

    expect(documents).toMatchObject([
      { ItemsReceived: 2, ItemsFailed: 1, ItemsUnrun: 1 },
      { ItemsReceived: 2, ItemsFailed: 2 },
    ]);
  });

  it("that never end are counted before Lambda ends them", async () => {
    vi.useFakeTimers();
    const { documents } = captureDocuments();
    const handler = wrap(sqs(), counted, (_item, { metric }) => {
      metric.addMetric("Begun", "Count", 1);
      return new Promise(() => {});
    });
    void handler(sqsEvent([{ body: "" }], { queueName: "q.fifo" }), lambdaContext({ remainingMs: 3_000 }));
    await vi.advanceTimersByTimeAsync(3_000);

    expect(documents).toMatchObject([{ ItemsReceived: 1, ItemsFailed: 1, Begun: 1 }]);
  });

  it("are not counted where the option says so", async () => {
    const { documents } = captureDocuments();
    await wrap(sqs(), metrics({ ...shop, ...QUIET }), () => {})(messages("a"), context);

    expect(documents).toEqual([]);
  });

  it("leave the console what no layer reports", async () => {
    captureDocuments();
    await wrap(sqs({ whenAllFail: "report" }), counted, () => Promise.reject(new Error("no")))(messages("a"), context);

    expect(console.error).toHaveBeenCalledExactlyOnceWith("[lamella] sqs a failed (retry):", new Error("no"));
  });
});

describe("requests", () => {
  const counted = metrics({ ...shop, captureColdStartMetric: false });
  const routes = router(needs<{ readonly metric: Metric }>(), {
    "GET /orders/{id}": async ({ params }, { metric }) => {
      metric.addMetric("Looked", "Count", 1);
      if (params.id === "gone") throw new HttpError(404);
      if (params.id === "boom") throw new Error("boom");
      return params.id;
    },
  });

  it.for([
    { path: "/orders/1", client: 0, server: 0, route: "GET /orders/{id}" },
    { path: "/orders/gone", client: 1, server: 0, route: "GET /orders/{id}" },
    { path: "/orders/boom", client: 0, server: 1, route: "GET /orders/{id}" },
    { path: "/nowhere/1", client: 1, server: 0, route: "none" },
  ])("have latency and errors by route: $path", async ({ path, client, server, route: by }) => {
    const { documents } = captureDocuments();
    await wrap(httpApi(), counted, routes)(httpApiEvent({ path }), context);

    expect(documents[0]).toMatchObject({ route: by, "4XXError": client, "5XXError": server, Latency: expect.any(Number) });
    expect(documents[0]?._aws.CloudWatchMetrics[0]?.Dimensions).toEqual([["service", "route"]]);
  });

  it("tell of a layer's init that failed, which is answered with 503", async () => {
    const { documents } = captureDocuments();
    const life: Layer<unknown, {}, {}> = {
      name: "life",
      hooks: { lifecycle: lifecycle("life", { init: () => Promise.reject(new Error("no")) }) },
    };
    expect(await wrap(httpApi(), counted, life, () => "")(httpApiEvent(), context)).toMatchObject({ statusCode: 503 });

    expect(documents).toMatchObject([{ route: "none", "4XXError": 0, "5XXError": 1 }]);
  });

  it("are told once where a layer repeats, and not where the option says so", async () => {
    const { documents } = captureDocuments();
    let tries = 0;
    const flaky = (): string => {
      if (++tries < 3) throw new Error("again");
      return "";
    };
    await wrap(httpApi(), retry({ backoffMs: 0 }), counted, flaky)(httpApiEvent(), context);
    await wrap(httpApi(), metrics({ ...shop, ...QUIET }), () => "")(httpApiEvent(), context);

    expect(documents).toMatchObject([{ "5XXError": 0 }]);
  });

  it("come through a layer in a router only where their route has it", async () => {
    const { documents } = captureDocuments();
    const handler = wrap(
      httpApi(),
      router({ "GET /a": route({}, counted, (_request, { metric }) => metric.addMetric("A", "Count", 1) && "a"), "GET /b": () => "b" }),
    );
    await handler(httpApiEvent({ path: "/a" }), context);
    await handler(httpApiEvent({ path: "/b" }), context);

    expect(documents).toMatchObject([{ route: "GET /a" }, { A: 1 }]);
  });
});
