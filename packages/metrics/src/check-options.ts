import { checkInstanceOptions, type Expectation, mustBe } from "@lamella/core/extend";
import type { InstanceOptions, MetricsOptions } from "./metrics-options.ts";
import { isMetrics } from "./open-metrics.ts";

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === "string" && value.trim() !== "";

const SWITCH: Expectation = { expected: "true or false", fits: (value: unknown) => typeof value === "boolean" };
const TEXT: Expectation = { expected: "a text that is not empty", fits: isText };

/** CloudWatch takes 30; Powertools leaves one free, and one is `service`. */
const MOST_DIMENSIONS = 28;

// One entry an option, so that the compiler tells when one is missing here.
const EXPECTATIONS: Readonly<Record<keyof MetricsOptions, Expectation>> = {
  instance: { expected: "a Powertools Metrics", fits: isMetrics },
  captureColdStartMetric: SWITCH,
  items: SWITCH,
  requests: SWITCH,
  namespace: {
    expected: "a text of 1 to 255 characters that does not start with a colon",
    fits: (value: unknown) => isText(value) && (value as string).length <= 255 && !(value as string).startsWith(":"),
  },
  service: TEXT,
  serviceName: TEXT,
  defaultDimensions: {
    expected: "an object of texts that are not empty",
    fits: (value: object) => isObject(value) && Object.entries(value).every((entry) => entry.every(isText)),
  },
  functionName: TEXT,
  singleMetric: SWITCH,
  logger: {
    expected: "an object with debug, info, warn and error",
    fits: (value: Readonly<Record<string, unknown>>) =>
      isObject(value) && ["debug", "info", "warn", "error"].every((name) => typeof value[name] === "function"),
  },
  customConfigService: {
    expected: "a Powertools ConfigService",
    fits: (value: Readonly<Record<string, unknown>>) => isObject(value) && typeof value["getNamespace"] === "function",
  },
};

const BESIDE_INSTANCE = ["captureColdStartMetric", "items", "requests"] as const;

/**
 * @throws {TypeError} When an option is unknown, of the wrong kind, or may not stand beside another.
 * @throws {RangeError} When there are too many default dimensions.
 */
export function checkOptions(options: MetricsOptions | InstanceOptions): void {
  checkInstanceOptions("metrics", options, { expectations: EXPECTATIONS, beside: BESIDE_INSTANCE });
  const { length } = Object.keys(options.defaultDimensions ?? {});
  mustBe(length <= MOST_DIMENSIONS, "the number of metrics({ defaultDimensions })", `${MOST_DIMENSIONS} at most`, length, RangeError);
}
