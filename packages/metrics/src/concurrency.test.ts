import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { lambdaContext, sqsEvent } from "@lamella/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { captureDocuments, type EmfDocument } from "../test/emf.ts";
import { metrics } from "./metrics.ts";

const context = lambdaContext({ remainingMs: 900_000 });

/** Makes this process one of Managed Instances, and gives what runs an invocation as their runtime does. */
function managed(): (run: () => Promise<unknown>) => Promise<unknown> {
  const storage = new AsyncLocalStorage<Record<PropertyKey, unknown>>();
  onTestFinished(() => void vi.unstubAllGlobals());
  vi.stubEnv("AWS_LAMBDA_MAX_CONCURRENCY", "64");
  vi.stubGlobal("awslambda", {
    InvokeStore: {
      hasContext: () => storage.getStore() !== undefined,
      get: (key: symbol) => storage.getStore()?.[key],
      set: (key: symbol, value: unknown) => Object.assign(storage.getStore() ?? {}, { [key]: value }),
      getXRayTraceId: () => undefined,
    },
  });
  return (run) => storage.run({}, run);
}

const alone = (run: () => Promise<unknown>): Promise<unknown> => run();

describe.for([
  { mode: "one invocation at a time", isManaged: false },
  { mode: "Managed Instances", isManaged: true },
])("with $mode", ({ isManaged }) => {
  it.for([
    { invocations: 1_000, items: 10, by: "ctx.metric", ofInstance: false },
    { invocations: 1_000, items: 10, by: "an instance that other code calls", ofInstance: true },
    { invocations: 100, items: 100, by: "ctx.metric", ofInstance: false },
    { invocations: 100, items: 100, by: "an instance that other code calls", ofInstance: true },
  ])(
    "$invocations overlapping invocations of $items parallel items keep their metrics apart, by $by",
    { timeout: 60_000 },
    async ({ invocations, items, ofInstance }) => {
      const run = isManaged ? managed() : alone;
      const { documents } = captureDocuments();
      const options = { namespace: "shop", serviceName: "orders" };
      const instance = new Metrics(options);
      const quiet = { captureColdStartMetric: false } as const;
      const layer = ofInstance ? metrics({ instance, ...quiet }) : metrics({ ...options, ...quiet });

      const handler = wrap(sqs({ concurrency: "unbounded" }), layer, async ({ body, id }, { metric }) => {
        const to = ofInstance ? instance : metric;
        const [invocation, index] = body.split(":").map(Number) as [number, number];
        to.addMetric("Started", "Count", invocation * items + index);
        // One in ten has labels of its own, set before and after the wait.
        if (index % 10 === 0) to.addDimension("item", id);
        if (Math.random() < 0.5) await wait(Math.random() * 20);
        else await Promise.resolve();
        if (index % 10 === 0) to.addMetadata("order", id);
        to.addMetric("Ended", "Count", invocation * items + index);
      });
      const bodies = Array.from({ length: items }, (_none, index) => index);
      await Promise.all(
        Array.from({ length: invocations }, (_none, invocation) =>
          run(() => handler(sqsEvent(bodies.map((index) => ({ id: `${invocation}:${index}`, body: `${invocation}:${index}` }))), context)),
        ),
      );

      // A line for the batch and the items without labels, and one for each with.
      expect(documents).toHaveLength(invocations * (1 + items / 10));
      const seen = new Set<number>();
      for (const document of documents) {
        const started = numbers(document, "Started");
        expect(numbers(document, "Ended").toSorted(byNumber)).toEqual(started.toSorted(byNumber));
        expect(new Set(started.map((value) => Math.floor(value / items))).size, "invocations in one line").toBe(1);
        for (const value of started) seen.add(value);
        const names = started.map((value) => `${Math.floor(value / items)}:${value % items}`);
        if (document["item"] === undefined) {
          expect(document).toMatchObject({ ItemsReceived: items, ItemsFailed: 0 });
          expect(document).not.toHaveProperty("order");
          expect(started).toHaveLength(items - items / 10);
        } else {
          expect(names).toEqual([document["item"]]);
          expect(document["order"]).toBe(document["item"]);
        }
      }
      expect(seen.size, "items in all lines").toBe(invocations * items);
      expect(instance.hasStoredMetrics()).toBe(false);
    },
  );
});

function numbers(document: EmfDocument, name: string): number[] {
  return [document[name] as number | number[]].flat();
}

function byNumber(a: number, b: number): number {
  return a - b;
}
