import type { Metrics } from "@aws-lambda-powertools/metrics";
import type { MetricsOptions as PowertoolsOptions } from "@aws-lambda-powertools/metrics/types";

/** What `metrics` takes however the Powertools `Metrics` comes about. */
export interface CommonOptions {
  /** Whether the first invocation of an environment has the metric `ColdStart`, as Powertools writes it. @default true */
  readonly captureColdStartMetric?: boolean | undefined;
  /**
   * Whether each batch has the metrics `ItemsReceived`, `ItemsFailed`, and, where there is something to tell,
   * `ItemsInvalid`, `ItemsIgnored`, `ItemsUnrun` and `OldestItemAge`.
   * @default true
   */
  readonly items?: boolean | undefined;
  /** Whether each request has the metrics `Latency`, `4XXError` and `5XXError`, by the dimension `route`. @default true */
  readonly requests?: boolean | undefined;
}

/**
 * The options of `metrics`: those of Powertools' `Metrics`, under their names there, a shorter name for the one that
 * everybody sets, and what is counted without being asked.
 */
export interface MetricsOptions extends CommonOptions {
  readonly instance?: undefined;
  /** What the metrics stand under in CloudWatch. @default `POWERTOOLS_METRICS_NAMESPACE`, or else "default_namespace" */
  readonly namespace?: string | undefined;
  /** The service's name, as dimension `service`. @default `POWERTOOLS_SERVICE_NAME`, or else "service_undefined" */
  readonly service?: string | undefined;
  /** As `service`. */
  readonly serviceName?: string | undefined;
  /** Dimensions of all metrics, at most 28 beside `service`. */
  readonly defaultDimensions?: Readonly<Record<string, string>> | undefined;
  /** The dimension `function_name` of `ColdStart`. @default `POWERTOOLS_METRICS_FUNCTION_NAME`, or else the function's name */
  readonly functionName?: string | undefined;
  /** Writes each value at once and by itself, with the dimensions that were added just before it. @default false */
  readonly singleMetric?: boolean | undefined;
  /** What Powertools warns with. @default the console */
  readonly logger?: PowertoolsOptions["logger"] | undefined;
  /** @deprecated By Powertools. Use the other options, or `POWERTOOLS_…` environment variables. */
  readonly customConfigService?: PowertoolsOptions["customConfigService"] | undefined;
}

type OwnOptions = Exclude<keyof MetricsOptions, keyof CommonOptions | "instance">;

/** The options of `metrics` for a `Metrics` that is there already, and has its own. */
export interface InstanceOptions extends CommonOptions, Readonly<Partial<Record<OwnOptions, undefined>>> {
  /** A Powertools `Metrics` of your own, the one that the rest of your code imports. */
  readonly instance: Metrics;
}
