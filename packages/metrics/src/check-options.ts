import { mustBe } from "@lamella/core/extend";
import type { InstanceOptions, MetricsOptions } from "./metrics-options.ts";
import { isMetrics } from "./open-metrics.ts";

interface Expectation {
  /** In words, to stand after "must be ". */
  readonly expected: string;
  readonly fits: (value: never) => boolean;
}

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

const BESIDE_INSTANCE: ReadonlySet<string> = new Set(["instance", "captureColdStartMetric", "items", "requests"]);

/**
 * @throws {TypeError} When an option is unknown, of the wrong kind, or may not stand beside another.
 * @throws {RangeError} When there are too many default dimensions.
 */
export function checkOptions(options: MetricsOptions | InstanceOptions): void {
  mustBe(isObject(options), "metrics(options)", "an object", options);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (!Object.hasOwn(EXPECTATIONS, name)) {
      throw new TypeError(`metrics() has no option ${name}. It takes ${Object.keys(EXPECTATIONS).join(", ")}.`);
    }
    const { expected, fits } = EXPECTATIONS[name as keyof MetricsOptions];
    mustBe(fits(value as never), `metrics({ ${name} })`, expected, value);
  }
  const names = given.map(([name]) => name);
  const beside = names.find((name) => !BESIDE_INSTANCE.has(name));
  if (names.includes("instance") && beside !== undefined)
    throw new TypeError(`metrics({ instance, ${beside} }) must not have both: set ${beside} where the instance is made`);
  if (names.includes("service") && names.includes("serviceName"))
    throw new TypeError("metrics({ service, serviceName }) must have only one of the two");
  const { length } = Object.keys(options.defaultDimensions ?? {});
  mustBe(length <= MOST_DIMENSIONS, "the number of metrics({ defaultDimensions })", `${MOST_DIMENSIONS} at most`, length, RangeError);
}
