import { Metrics } from "@aws-lambda-powertools/metrics";
import { layers, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { sqsEvent, testing } from "@lamella/testing";
import { describe, expect, it } from "vitest";
import { captureDocuments } from "../test/emf.ts";
import { metrics } from "./metrics.ts";

const shop = { namespace: "shop", service: "orders" } as const;
const messages = (...ids: string[]) => sqsEvent(ids.map((id) => ({ id, body: id })));

describe("in tests", () => {
  it("what is written goes to the metrics of testing(), and nowhere else", async () => {
    const { documents } = captureDocuments();
    const handler = wrap(sqs(), layers(metrics({ ...shop, captureColdStartMetric: false })), (_item, { metric }) =>
      metric.addMetric("A", "Count", 1),
    );
    const { logs, metrics: written } = await testing(handler).send(messages("a"));

    expect(written).toMatchObject([{ service: "orders", ItemsReceived: 1, A: 1 }]);
    expect(logs).toEqual([]);
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
