import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { direct, layer, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { expectTypeOf, it } from "vitest";
import type { Metric } from "./metric.ts";
import { metrics } from "./metrics.ts";

it("adds ctx.metric around every kind of item", () => {
  wrap(sqs(), metrics({ namespace: "shop", service: "orders" }), (_message, { metric }) => {
    expectTypeOf(metric).toEqualTypeOf<Metric>();
    metric.addMetric("Ordered", "Count", 1).addMetric("Bytes", MetricUnit.Bytes, 2, 1).addDimension("kind", "new");
  });
  wrap(direct(), metrics({ instance: new Metrics(), items: false }), (_event, { metric }) => metric.addMetadata("order", "o-1"));
});

it("takes a Powertools Metrics where a Metric is asked for", () => {
  const count = (metric: Metric): Metric => metric.addMetric("A", "Count", 1);
  count(new Metrics());
  count(new Metrics().singleMetric());
});

it("rejects a layer that needs ctx.metric and stands before it", () => {
  const counted = layer("counted", async (_item, { metric }: { readonly metric: Metric }, next) => {
    metric.addMetric("A", "Count", 1);
    return next();
  });
  wrap(sqs(), metrics(), counted, () => {});
  // @ts-expect-error metrics() adds ctx.metric only after it
  wrap(sqs(), counted, metrics(), () => {});
});

it("rejects an unknown unit, and metadata that is no text", () => {
  wrap(sqs(), metrics(), (_message, { metric }) => {
    // @ts-expect-error CloudWatch knows no such unit
    metric.addMetric("A", "Pieces", 1);
    // @ts-expect-error as with Powertools
    metric.addMetadata("a", 1);
  });
});

it("rejects options of an instance beside it", () => {
  // @ts-expect-error they are set where the instance is made
  metrics({ instance: new Metrics(), namespace: "shop" });
  // @ts-expect-error there is no such option
  metrics({ name: "shop" });
});
