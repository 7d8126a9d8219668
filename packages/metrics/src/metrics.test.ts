import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { direct, json, type Layer, layers, lifecycle, needs, retry, timeout, whole, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { HttpError, httpApi, route, router } from "@lamella/http";
import { httpApiEvent, lambdaContext, sqsEvent, testing } from "@lamella/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { captureDocuments, valuesOf } from "../test/emf.ts";
import type { Metric } from "./metric.ts";
import { metrics } from "./metrics.ts";

const QUIET = { captureColdStartMetric: false, items: false, requests: false } as const;
const shop = { namespace: "shop", service: "orders" } as const;
const context = lambdaContext({ functionName: "reserve" });
const messages = (...ids: string[]) => sqsEvent(ids.map((id) => ({ id, body: id })));

beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
});

/** What the same calls give with Powertools itself. */
type Calls = (metric: Pick<Metric, "addMetric" | "addDimension" | "addDimensions" | "addMetadata" | "setTimestamp">) => void;

describe("what is written", () => {
  const at = Date.now() - 60_000;
  it.for<{ what: string; calls: Calls }>([
    { what: "a value", calls: (metric) => metric.addMetric("Ordered", "Count", 1) },
    { what: "values of one name", calls: (metric) => metric.addMetric("Ordered", "Count", 1).addMetric("Ordered", "Count", 2) },
    {
      what: "two metrics, one of high resolution",
      calls: (metric) => metric.addMetric("A", "Count", 1).addMetric("B", MetricUnit.Bytes, 0.5, 1),
    },
    { what: "a dimension", calls: (metric) => metric.addMetric("A", "Count", 1).addDimension("region", "eu") },
    {
      what: "a set of dimensions",
      calls: (metric) => metric.addDimensions({ a: "1", b: "2" }).addDimension("c", "3").addMetric("A", "Count", 1),
    },
    { what: "two sets", calls: (metric) => metric.addDimensions({ a: "1" }).addDimensions({ b: "2" }).addMetric("A", "Count", 1) },
    { what: "metadata", calls: (metric) => metric.addMetadata("order", "o-1").addMetric("A", "Count", 1) },
    { what: "a time of its own", calls: (metric) => metric.setTimestamp(new Date(at)).addMetric("A", "Count", 1) },
    { what: "100 values", calls: (metric) => Array.from({ length: 100 }, (_none, value) => metric.addMetric("A", "Count", value)) },
    {
      what: "100 metrics",
      calls: (metric) => Array.from({ length: 100 }, (_none, index) => metric.addMetric(`A${index}`, "Count", index)),
    },
    { what: "a default dimension overwritten", calls: (metric) => metric.addDimension("stage", "test").addMetric("A", "Count", 1) },
  ])("is what Powertools writes for the same calls: $what", async ({ calls }) => {
    vi.useFakeTimers();
    const { documents } = captureDocuments();
    const options = { namespace: "shop", serviceName: "orders", defaultDimensions: { stage: "prod" } };
    const theirs = new Metrics(options);
    calls(theirs);
    // With the hundredth value it has published already.
    if (theirs.hasStoredMetrics()) theirs.publishStoredMetrics();
    await wrap(direct(), metrics({ ...options, ...QUIET }), (_event, { metric }) => calls(metric))("event", context);

    expect(documents).toHaveLength(2);
    expect(JSON.stringify(documents[1])).toBe(JSON.stringify(documents[0]));
  });

  it("keeps within the limits of a document, with the dimensions in each", async () => {
    const { documents } = captureDocuments();
    await wrap(direct(), metrics({ ...shop, ...QUIET }), (_event, { metric }) => {
      metric.addDimension("region", "eu").addMetadata("order", "o-1");
      for (let index = 0; index < 101; index++) for (let value = 0; value < 101; value++) metric.addMetric(`M${index}`, "Count", value);
    })("event", context);

    // 100 metrics and 1, with 100 values and 1.
    expect(documents).toHaveLength(4);
    for (let index = 0; index < 101; index++) expect(valuesOf(documents, `M${index}`)).toHaveLength(101);
    for (const document of documents) expect(document).toMatchObject({ region: "eu", order: "o-1", service: "orders" });
  });

  it("is one line for all items of a batch that have no dimensions of their own", async () => {
    const { documents } = captureDocuments();
    await wrap(sqs(), metrics(shop), ({ body }, { metric }) => metric.addMetric("Ordered", "Count", Number(body)))(
      messages("1", "2", "3"),
      context,
    );

    const [first] = documents.filter((document) => !("ColdStart" in document));
    expect(documents.filter((document) => !("ColdStart" in document))).toHaveLength(1);
    expect(first).toMatchObject({ service: "orders", ItemsReceived: 3, ItemsFailed: 0, Ordered: [1, 2, 3] });
  });

  it("is a line for each set of dimensions, and each metadata", async () => {
    const { documents } = captureDocuments();
    const handler = wrap(sqs(), metrics({ ...shop, ...QUIET }), ({ body }, { metric }) => {
      if (body !== "none") metric.addDimension("kind", body.slice(0, 1));
      if (body.endsWith("!")) metric.addMetadata("body", body);
      metric.addMetric("Ordered", "Count", 1);
    });
    await handler(messages("a1", "b1", "a2", "none", "a!"), context);

    expect(documents.map(({ kind, body, Ordered }) => [kind, body, Ordered])).toEqual([
      ["a", undefined, [1, 1]],
      ["b", undefined, 1],
      [undefined, undefined, 1],
      ["a", "a!", 1],
    ]);
  });

  it.for([
    { env: "POWERTOOLS_METRICS_DISABLED", value: "true", lines: 0 },
    { env: "POWERTOOLS_METRICS_DISABLED", value: "false", lines: 1 },
    { env: "POWERTOOLS_DEV", value: "true", lines: 0 },
  ])("is $lines lines with $env=$value, as Powertools does it", async ({ env, value, lines }) => {
    vi.stubEnv(env, value);
    const { documents } = captureDocuments();
    await wrap(direct(), metrics({ ...shop, ...QUIET }), (_event, { metric }) => metric.addMetric("A", "Count", 1))("event", context);

    expect(documents).toHaveLength(lines);
  });

  it("takes namespace and service from the environment", async () => {
    vi.stubEnv("POWERTOOLS_METRICS_NAMESPACE", "from-env");
    vi.stubEnv("POWERTOOLS_SERVICE_NAME", "service-env");
    const { documents } = captureDocuments();
    await wrap(direct(), metrics(QUIET), (_event, { metric }) => metric.addMetric("A", "Count", 1))("event", context);

    expect(documents).toMatchObject([{ service: "service-env", _aws: { CloudWatchMetrics: [{ Namespace: "from-env" }] } }]);
  });

  it("is nothing where nothing is counted, and no warning", async () => {
    const { documents } = captureDocuments();
    await wrap(direct(), metrics({ ...shop, ...QUIET }), () => {})("event", context);

    expect(documents).toEqual([]);
    expect(console.warn).not.toHaveBeenCalled();
  });

  it("is written for an item that fails as well, before the reply", async () => {
    const { documents } = captureDocuments();
    const handler = wrap(direct(), metrics({ ...shop, ...QUIET }), async (_event, { metric }) => {
      metric.addMetric("Tried", "Count", 1);
      throw new Error("no");
    });
    await expect(handler("event", context)).rejects.toThrow("no");

    expect(documents).toMatchObject([{ Tried: 1 }]);
  });

  it("is written for what an item adds after it was given up, with its own dimensions, and in no other's line", async () => {
    vi.useFakeTimers();
    const { documents } = captureDocuments();
    const handler = wrap(direct(), metrics({ ...shop, ...QUIET }), timeout(10), async (_event, { metric }) => {
      metric.addDimension("kind", "slow").addMetric("Before", "Count", 1);
      await new Promise((resolve) => setTimeout(resolve, 100));
      metric.addMetric("After", "Count", 1).addMetric("After", "Count", 2);
    });
    const reply = handler("event", context).catch((error: { code: string }) => error.code);
    await vi.advanceTimersByTimeAsync(50);
    expect(await reply).toBe("LAMELLA_TIMEOUT");
    await vi.advanceTimersByTimeAsync(100);

    expect(documents).toMatchObject([
      { kind: "slow", Before: 1 },
      { kind: "slow", After: 1 },
      { kind: "slow", After: 2 },
    ]);
  });

  it("is written at once and by itself from singleMetric()", async () => {
    const { documents } = captureDocuments();
    const handler = wrap(direct(), metrics({ ...shop, ...QUIET }), (_event, { metric }) => {
      metric.addDimension("kind", "item");
      const single = metric.singleMetric();
      single.addDimension("kind", "single").addMetric("One", "Count", 1).addMetric("Two", "Count", 1);
      expect(documents).toHaveLength(2);
      metric.addMetric("Three", "Count", 1);
    });
    await handler("event", context);

    expect(documents.map(({ kind, One, Two, Three }) => [kind, One, Two, Three])).toEqual([
      ["single", 1, undefined, undefined],
      [undefined, undefined, 1, undefined],
      ["item", undefined, undefined, 1],
    ]);
  });

  it("is a line for each value with the option singleMetric", async () => {
    const { documents } = captureDocuments();
    await wrap(direct(), metrics({ ...shop, ...QUIET, singleMetric: true }), (_event, { metric }) => {
      metric.addDimension("a", "1").addMetric("One", "Count", 1).addMetric("Two", "Count", 1);
    })("event", context);

    expect(documents.map(({ a, One, Two }) => [a, One, Two])).toEqual([
      ["1", 1, undefined],
      [undefined, undefined, 1],
    ]);
  });
});

describe("what CloudWatch would not take", () => {
  it.for<{ what: string; add: (metric: Metric) => void }>([
    { what: "an empty name", add: (metric) => metric.addMetric("", "Count", 1) },
    { what: "a name of 256 characters", add: (metric) => metric.addMetric("x".repeat(256), "Count", 1) },
    { what: "an unknown unit", add: (metric) => metric.addMetric("B", "Pieces" as never, 1) },
    { what: "text for a value", add: (metric) => metric.addMetric("B", "Count", "1" as never) },
    { what: "an unknown resolution", add: (metric) => metric.addMetric("B", "Count", 1, 30 as never) },
    { what: "another unit for the same name", add: (metric) => metric.addMetric("A", "Bytes", 1) },
    { what: "an empty dimension", add: (metric) => metric.addDimension("B", "") },
    {
      what: "more dimensions than 29",
      add: (metric) => metric.addDimensions(Object.fromEntries(Array.from({ length: 30 }, (_none, index) => [`d${index}`, "x"]))),
    },
    { what: "metadata that is no JSON", add: (metric) => metric.addMetadata("B", 1n as never) },
  ])("is left out with a warning, and nothing else: $what", async ({ add }) => {
    const { documents } = captureDocuments();
    const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const handler = wrap(direct(), metrics({ ...shop, ...QUIET, logger }), (_event, { metric }) => {
      metric.addMetric("A", "Count", 7);
      add(metric);
      return "done";
    });

    expect(await handler("event", context)).toBe("done");
    expect(documents).toMatchObject([{ A: 7 }]);
    expect(documents[0]).not.toHaveProperty("B");
    expect(vi.mocked(console.warn).mock.calls.length + logger.warn.mock.calls.length).toBeGreaterThan(0);
  });

  it("never fails the work, also where stdout does", async () => {
    vi.spyOn(process.stdout, "write").mockImplementation(() => {
      throw new Error("EPIPE");
    });
    const handler = wrap(direct(), metrics({ ...shop, ...QUIET }), (_event, { metric }) => {
      metric.addMetric("A", "Count", 1);
      return "done";
    });

    expect(await handler("event", context)).toBe("done");
  });

  it("never fails the work where Powertools cannot be made", async () => {
    const customConfigService = { getNamespace: () => "", getServiceName: () => "" };
    const handler = wrap(
      direct(),
      metrics({
        ...QUIET,
        customConfigService: {
          ...customConfigService,
          getNamespace: () => {
            throw new Error("no");
          },
        } as never,
      }),
      (_event, { metric }) => {
        metric.addMetric("A", "Count", 1);
        return "done";
      },
    );

    expect(await handler("event", context)).toBe("done");
    expect(console.error).toHaveBeenCalledOnce();
  });
});

describe("cold starts", () => {
  it.for([
    { by: "default", options: {}, name: "reserve" },
    { by: "functionName", options: { functionName: "own" }, name: "own" },
  ])("are counted once an environment, as Powertools does it, under the name by $by", async ({ options, name }) => {
    vi.resetModules();
    vi.stubEnv("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    const fresh = await import("@lamella/core");
    const { metrics: own } = await import("./metrics.ts");
    vi.useFakeTimers();
    const { documents } = captureDocuments();
    const theirs = new Metrics({ namespace: "shop", serviceName: "orders", ...options });
    theirs.captureColdStartMetric("reserve");
    const handler = fresh.wrap(fresh.direct(), own({ ...shop, ...options }), () => {});
    await handler("event", context);
    await handler("event", context);

    expect(documents).toHaveLength(2);
    expect(documents[1]).toEqual(documents[0]);
    expect(documents[1]).toMatchObject({ ColdStart: 1, function_name: name, service: "orders" });
  });

  it("are not counted where the option says so", async () => {
    vi.resetModules();
    const fresh = await import("@lamella/core");
    const { metrics: own } = await import("./metrics.ts");
    const { documents } = captureDocuments();
    await fresh.wrap(fresh.direct(), own({ ...shop, captureColdStartMetric: false }), () => {})("event", context);

    expect(documents).toEqual([]);
  });
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

describe("an instance", () => {
  it("adds to the item in whose course it is called, from wherever", async () => {
    const { documents } = captureDocuments();
    const instance = new Metrics({ namespace: "shop", serviceName: "orders" });
    // Elsewhere, and later.
    const reserve = async (id: string): Promise<void> => {
      await Promise.resolve();
      instance.addDimension("kind", id).addMetric("Reserved", "Count", 1);
    };
    const handler = wrap(sqs(), metrics({ instance, ...QUIET }), async ({ body }, { metric }) => {
      metric.addMetric("Ordered", "Count", 1);
      await reserve(body);
    });
    await handler(messages("a", "b", "a"), context);

    expect(documents.map(({ kind, Reserved, Ordered }) => [kind, Reserved, Ordered])).toEqual([
      ["a", [1, 1], [1, 1]],
      ["b", 1, 1],
    ]);
  });

  it("is what it was outside of items, and what it holds is written apart", async () => {
    const { documents } = captureDocuments();
    const instance = new Metrics({ namespace: "shop", serviceName: "orders" });
    const handler = wrap(direct(), metrics({ instance, ...QUIET }), (_event, { metric }) => metric.addMetric("Inside", "Count", 1));
    instance.addDimension("where", "outside").addMetric("Outside", "Count", 1);
    await handler("event", context);
    instance.addMetric("After", "Count", 1);
    expect(instance.hasStoredMetrics()).toBe(true);
    instance.publishStoredMetrics();

    expect(documents.map(({ where, Outside, Inside, After }) => [where, Outside, Inside, After])).toEqual([
      ["outside", 1, undefined, undefined],
      [undefined, undefined, 1, undefined],
      [undefined, undefined, undefined, 1],
    ]);
  });

  it("publishes, clears and tells of the item alone, when code asks it to", async () => {
    const { documents } = captureDocuments();
    const instance = new Metrics({ namespace: "shop", serviceName: "orders" });
    const handler = wrap(direct(), metrics({ instance, ...QUIET }), () => {
      instance.addDimension("a", "1").addMetric("First", "Count", 1);
      expect(instance.hasStoredMetrics()).toBe(true);
      instance.publishStoredMetrics();
      expect(documents).toHaveLength(1);
      expect(instance.hasStoredMetrics()).toBe(false);
      instance.addMetadata("b", "2").addDimension("c", "3").addMetric("Second", "Count", 1);
      instance.clearMetadata();
      instance.clearDimensions();
      instance.addMetric("Third", "Count", 1);
    });
    await handler("event", context);

    expect(documents.map(({ _aws, ...rest }) => rest)).toEqual([
      { service: "orders", a: "1", First: 1 },
      { service: "orders", Second: 1, Third: 1 },
    ]);
  });

  it("is bound once, by two layers as well", async () => {
    const { documents } = captureDocuments();
    const instance = new Metrics({ namespace: "shop", serviceName: "orders" });
    const one = wrap(direct(), metrics({ instance, ...QUIET }), () => void instance.addMetric("A", "Count", 1));
    const other = wrap(direct(), metrics({ instance, ...QUIET }), () => void instance.addMetric("B", "Count", 1));
    await Promise.all([one("event", context), other("event", context)]);

    expect(documents).toHaveLength(2);
  });
});

describe("in tests", () => {
  it("what is written goes to the logs of testing(), and nowhere else", async () => {
    const { documents } = captureDocuments();
    const handler = wrap(sqs(), layers(metrics({ ...shop, captureColdStartMetric: false })), (_item, { metric }) =>
      metric.addMetric("A", "Count", 1),
    );
    const { logs } = await testing(handler).send(messages("a"));

    expect(logs).toMatchObject([{ service: "orders", ItemsReceived: 1, A: 1 }]);
    expect(documents).toEqual([]);
  });
});

describe("the options", () => {
  it.for([
    { options: null, says: "metrics(options) must be an object, got null" },
    { options: { name: "x" }, says: "metrics() has no option name" },
    { options: { namespace: "" }, says: "metrics({ namespace }) must be a text of 1 to 255 characters" },
    { options: { namespace: ":x" }, says: "that does not start with a colon" },
    { options: { service: 1 }, says: "metrics({ service }) must be a text that is not empty, got 1" },
    { options: { service: "a", serviceName: "b" }, says: "must have only one of the two" },
    { options: { defaultDimensions: { a: "" } }, says: "metrics({ defaultDimensions }) must be an object of texts" },
    { options: { items: "yes" }, says: "metrics({ items }) must be true or false" },
    { options: { instance: {} }, says: "metrics({ instance }) must be a Powertools Metrics" },
    { options: { instance: new Metrics(), namespace: "x" }, says: "metrics({ instance, namespace }) must not have both" },
    { options: { logger: {} }, says: "metrics({ logger }) must be an object with debug" },
  ])("throw at load with $options", ({ options, says }) => {
    expect(() => metrics(options as never)).toThrow(TypeError);
    expect(() => metrics(options as never)).toThrow(says);
  });

  it.for([
    { count: 28, fits: true },
    { count: 29, fits: false },
  ])("take $count default dimensions: $fits", ({ count, fits }) => {
    const defaultDimensions = Object.fromEntries(Array.from({ length: count }, (_none, index) => [`d${index}`, "x"]));
    if (fits) expect(() => new Metrics({ defaultDimensions })).not.toThrow();
    if (fits) expect(() => metrics({ defaultDimensions })).not.toThrow();
    else expect(() => metrics({ defaultDimensions })).toThrow(RangeError);
  });
});
