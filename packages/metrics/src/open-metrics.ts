import type { Metrics } from "@aws-lambda-powertools/metrics";

/** The methods of a Powertools `Metrics` that collect, or write what was collected. */
const NAMES = [
  "addDimension",
  "addDimensions",
  "addMetadata",
  "addMetric",
  "clearDefaultDimensions",
  "clearDimensions",
  "clearMetadata",
  "clearMetrics",
  "hasStoredMetrics",
  "publishStoredMetrics",
  "serializeMetrics",
  "setDefaultDimensions",
  "setTimestamp",
] as const;

export type Replaceable = Pick<Metrics, (typeof NAMES)[number]>;

/** Where lines are written to. */
export interface MetricConsole {
  readonly log: (line: string) => void;
}

/** A Powertools `Metrics` with what its types close. */
export interface OpenMetrics extends Replaceable {
  console: MetricConsole;
  shouldThrowOnEmptyMetrics: boolean;
  readonly disabled: boolean;
  readonly namespace: string | undefined;
  readonly functionName: string | undefined;
  readonly isSingleMetric: boolean;
}

/** Whether `value` is a Powertools `Metrics`, from whichever copy of the package. */
export function isMetrics(value: unknown): value is Metrics {
  return typeof value === "object" && value !== null && NAMES.every((name) => typeof (value as Partial<Replaceable>)[name] === "function");
}

/** Its methods as they are, to be called once they are replaced. */
export function originalsOf(metrics: OpenMetrics): Replaceable {
  return Object.fromEntries(NAMES.map((name) => [name, metrics[name].bind(metrics)])) as unknown as Replaceable;
}
