import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { direct, timeout, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { lambdaContext, sqsEvent } from "@lamella/testing";
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

    expect(documents.filter((document) => !("ColdStart" in document))).toMatchObject([
      { service: "orders", ItemsReceived: 3, ItemsFailed: 0, Ordered: [1, 2, 3] },
    ]);
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
    { what: "no finite number", add: (metric) => metric.addMetric("B", "Count", Number.NaN) },
    { what: "a name that a dimension has", add: (metric) => metric.addDimension("C", "x").addMetric("C", "Count", 1) },
    { what: "metadata that is CloudWatch's own", add: (metric) => metric.addMetadata("_aws", "x") },
    { what: "a time of 15 days ago", add: (metric) => metric.setTimestamp(Date.now() - 15 * 24 * 3_600_000) },
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
