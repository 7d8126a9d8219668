import { Metrics } from "@aws-lambda-powertools/metrics";
import type { MetricsOptions as PowertoolsOptions } from "@aws-lambda-powertools/metrics/types";
import type { Layer } from "@lamella/core";
import { checkOptions } from "./check-options.ts";
import type { Metric } from "./metric.ts";
import { type MetricsParts, metricsLayer } from "./metrics-layer.ts";
import type { InstanceOptions, MetricsOptions } from "./metrics-options.ts";
import { Writer } from "./writer.ts";
import { writerOf } from "./writer-of.ts";

/**
 * Adds `ctx.metric`, metrics of each item's own, in the shape of Powertools: values, dimensions and metadata never come to
 * another item, however many run at once. All are written once an invocation, in as few lines as CloudWatch takes, beside
 * cold starts, the counts of batches, and the latency and errors of requests by route. Metrics that cannot be written never
 * fail the work.
 *
 * With `instance` they are written by a Powertools `Metrics` of your own, and code that calls that instance itself adds to
 * the item in whose course it runs.
 *
 * AWS: "Specification: Embedded metric format".
 *
 * @throws {TypeError} At load, when an option is unknown, of the wrong kind, or may not stand beside another.
 * @throws {RangeError} At load, when there are more than 28 default dimensions.
 * @example
 * export const handler = wrap(sqs({ body: Order }), metrics({ namespace: "shop", service: "orders" }), async ({ body }, { metric }) => {
 *   metric.addMetric("OrderedItems", "Count", body.quantity);
 * });
 */
export function metrics(options: MetricsOptions | InstanceOptions = {}): Layer<unknown, {}, { readonly metric: Metric }> {
  checkOptions(options);
  const { instance, captureColdStartMetric = true, items = true, requests = true, singleMetric = false } = options;
  const counts: MetricsParts["counts"] = { captureColdStartMetric, items, requests };
  if (instance !== undefined) {
    const writer = writerOf(instance);
    return metricsLayer({ writer: () => writer, storage: writer.storage, isSingle: writer.isSingleMetric, counts });
  }
  // Made at the first use: it costs some 2 ms, mostly for the console.
  let made: Writer | undefined;
  const writer = (): Writer => (made ??= new Writer(new Metrics(toPowertools(options)), { logger: options.logger }));
  return metricsLayer({ writer, storage: undefined, isSingle: singleMetric, counts });
}

function toPowertools(options: MetricsOptions): PowertoolsOptions {
  const { namespace, service, serviceName = service, defaultDimensions, functionName, logger, customConfigService } = options;
  const all = { namespace, serviceName, defaultDimensions, functionName, logger, customConfigService };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as PowertoolsOptions;
}
