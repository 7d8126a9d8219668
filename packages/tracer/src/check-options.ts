import { mustBe } from "@lamella/core/extend";
import type { TracerInstanceOptions, TracerOptions } from "./tracer-options.ts";

type Name = keyof TracerOptions;

interface Expectation {
  /** In words, to stand after "must be ". */
  readonly expected: string;
  readonly fits: (value: unknown) => boolean;
}

const has = (value: unknown, names: readonly string[]): boolean =>
  typeof value === "object" &&
  value !== null &&
  names.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === "function");

const TEXT: Expectation = {
  expected: "a text that is not empty",
  fits: (value) => typeof value === "string" && value.trim() !== "",
};
const FLAG: Expectation = { expected: "true or false", fits: (value) => typeof value === "boolean" };

// One entry an option, so that the compiler tells when one is missing here.
const EXPECTATIONS: Readonly<Record<Name, Expectation>> = {
  instance: {
    expected: "a Powertools Tracer",
    // By what it can do: it may be of another copy of the package.
    fits: (value) =>
      has(value, ["setSegment", "isTracingEnabled", "addErrorAsMetadata", "putMetadata", "captureAWSv3Client"]) &&
      has((value as { readonly provider?: unknown }).provider, ["getNamespace", "getSegment"]),
  },
  service: TEXT,
  serviceName: TEXT,
  enabled: FLAG,
  captureHTTPsRequests: FLAG,
  captureResponse: FLAG,
  customConfigService: { expected: "a Powertools ConfigService", fits: (value) => has(value, ["getServiceName"]) },
};

/** @throws {TypeError} When an option is unknown, of the wrong kind, or may not stand beside another. */
export function checkOptions(options: TracerOptions | TracerInstanceOptions): void {
  mustBe(typeof options === "object" && options !== null && !Array.isArray(options), "tracer(options)", "an object", options);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (!Object.hasOwn(EXPECTATIONS, name)) {
      throw new TypeError(`tracer() has no option ${name}. It takes ${Object.keys(EXPECTATIONS).join(", ")}.`);
    }
    const { expected, fits } = EXPECTATIONS[name as Name];
    mustBe(fits(value), `tracer({ ${name} })`, expected, value);
  }
  const names = given.map(([name]) => name);
  const beside = names.find((name) => name !== "instance" && name !== "captureResponse");
  if (names.includes("instance") && beside !== undefined) {
    throw new TypeError(`tracer({ instance, ${beside} }) must not have both: set ${beside} where the instance is made`);
  }
  if (names.includes("service") && names.includes("serviceName")) {
    throw new TypeError("tracer({ service, serviceName }) must have only one of the two");
  }
}
