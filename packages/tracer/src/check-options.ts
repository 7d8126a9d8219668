import { checkInstanceOptions, type Expectation } from "@lamella/core/extend";
import type { TracerInstanceOptions, TracerOptions } from "./tracer-options.ts";

const has = (value: unknown, names: readonly string[]): boolean =>
  typeof value === "object" &&
  value !== null &&
  names.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === "function");

const TEXT: Expectation = {
  expected: "a text that is not empty",
  fits: (value: unknown) => typeof value === "string" && value.trim() !== "",
};
const FLAG: Expectation = { expected: "true or false", fits: (value: unknown) => typeof value === "boolean" };

// One entry an option, so that the compiler tells when one is missing here.
const EXPECTATIONS: Readonly<Record<keyof TracerOptions, Expectation>> = {
  instance: {
    expected: "a Powertools Tracer",
    // By what it can do: it may be of another copy of the package.
    fits: (value: unknown) =>
      has(value, ["setSegment", "isTracingEnabled", "addErrorAsMetadata", "putMetadata", "captureAWSv3Client"]) &&
      has((value as { readonly provider?: unknown }).provider, ["getNamespace", "getSegment"]),
  },
  service: TEXT,
  serviceName: TEXT,
  enabled: FLAG,
  captureHTTPsRequests: FLAG,
  captureResponse: FLAG,
  customConfigService: { expected: "a Powertools ConfigService", fits: (value: unknown) => has(value, ["getServiceName"]) },
};

/** @throws {TypeError} When an option is unknown, of the wrong kind, or may not stand beside another. */
export function checkOptions(options: TracerOptions | TracerInstanceOptions): void {
  checkInstanceOptions("tracer", options, { expectations: EXPECTATIONS, beside: ["captureResponse"] });
}
