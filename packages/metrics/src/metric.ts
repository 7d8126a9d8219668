import type { Dimensions, MetricResolution, MetricUnit } from "@aws-lambda-powertools/metrics/types";

/**
 * One item's metrics, as `ctx.metric`. Its methods are those of a Powertools `Metrics`, and such an instance fits where a
 * `Metric` is asked for. What is set on it stays with the item, and it never throws into the work: what CloudWatch would not
 * take is left out, with a warning.
 *
 * AWS: "Specification: Embedded metric format".
 */
export interface Metric {
  /** Adds a value. Values of one name are one metric, with the unit of the first. */
  addMetric(name: string, unit: MetricUnit, value: number, resolution?: MetricResolution): Metric;
  /** Adds a dimension to all of this item's metrics, also those that were added before. At most 29, with the defaults. */
  addDimension(name: string, value: string): Metric;
  /** Adds a set of dimensions, by which CloudWatch keeps the item's metrics as well. */
  addDimensions(dimensions: Dimensions): Metric;
  /** Adds what is searched for in the logs and is no dimension, such as an id. */
  addMetadata(key: string, value: string): Metric;
  /** Sets when it was that the item's metrics tell of, at most 14 days back and 2 hours ahead. @default when they are written */
  setTimestamp(timestamp: number | Date): Metric;
  /** A metric with dimensions of its own, written as soon as its value is added. */
  singleMetric(): Metric;
}
