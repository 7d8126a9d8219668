import { Metrics } from "@aws-lambda-powertools/metrics";
import { direct, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { lambdaContext, sqsEvent } from "@lamella/testing";
import { describe, expect, it } from "vitest";
import { captureDocuments } from "../test/emf.ts";
import { metrics } from "./metrics.ts";

const QUIET = { captureColdStartMetric: false, items: false, requests: false } as const;
const context = lambdaContext();
const messages = (...ids: string[]) => sqsEvent(ids.map((id) => ({ id, body: id })));

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

  it("has the default dimensions that it has when the metrics are written", async () => {
    const { documents } = captureDocuments();
    const instance = new Metrics({ namespace: "shop", serviceName: "orders" });
    instance.setThrowOnEmptyMetrics(true);
    instance.addDimension("left", "over");
    const handler = wrap(direct(), metrics({ instance, ...QUIET }), () => void instance.addMetric("A", "Count", 1));
    await handler("event", context);
    instance.setDefaultDimensions({ stage: "prod" });
    await handler("event", context);
    instance.clearDefaultDimensions();
    await handler("event", context);

    expect(documents.map(({ _aws, ...rest }) => rest)).toEqual([
      { service: "orders", A: 1 },
      { service: "orders", stage: "prod", A: 1 },
      { A: 1 },
    ]);
    expect(documents[2]?._aws.CloudWatchMetrics[0]?.Dimensions).toEqual([[]]);
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
