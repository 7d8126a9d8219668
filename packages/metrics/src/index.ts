export type { Metric } from "./metric.ts";
export { metrics } from "./metrics.ts";
export type { CommonOptions, InstanceOptions, MetricsOptions } from "./metrics-options.ts";
