import type { ConstructorOptions } from "@aws-lambda-powertools/logger/types";
import type { EventLogOptions, InstanceOptions, LoggerOptions } from "./logger-options.ts";
import { isLogger } from "./open-logger.ts";
import { RESERVED_KEYS } from "./reserved-keys.ts";

type Options = LoggerOptions<never> | InstanceOptions<never>;

interface Expectation {
  /** In words, to stand after "must be ". */
  readonly expected: string;
  readonly fits: (value: never) => boolean;
}

const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "CRITICAL", "SILENT"];

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
const hasMethod = (name: string) => (value: Readonly<Record<string, unknown>>) => isObject(value) && typeof value[name] === "function";

const isPath = (value: unknown): boolean => typeof value === "string" && value.split(".").every((name) => name !== "");
const isEventLog = (value: unknown): boolean => {
  if (!isObject(value) || !Object.keys(value as object).every((name) => name === "redact")) return false;
  const { redact = [] } = value as EventLogOptions;
  return Array.isArray(redact) && redact.every(isPath);
};

const TEXT: Expectation = {
  expected: "a text that is not empty",
  fits: (value: unknown) => typeof value === "string" && value.trim() !== "",
};
const CALLABLE: Expectation = { expected: "a function", fits: (value: unknown) => typeof value === "function" };
const LEVEL: Expectation = {
  expected: `one of ${LEVELS.join(", ")}`,
  fits: (value: unknown) => typeof value === "string" && LEVELS.includes(value.toUpperCase()),
};
const KEYS: Expectation = {
  expected: `an object without ${RESERVED_KEYS.join(", ")}, which the logger writes itself`,
  fits: (value: object) => isObject(value) && !Object.keys(value).some((name) => RESERVED_KEYS.includes(name)),
};

// One entry an option, so that the compiler tells when one is missing here.
const EXPECTATIONS: Readonly<Record<keyof LoggerOptions<never>, Expectation>> = {
  instance: { expected: "a Powertools Logger", fits: isLogger },
  correlationId: CALLABLE,
  logEvent: {
    expected: "true, false, or { redact } with paths such as Records.*.body",
    fits: (value: unknown) => typeof value === "boolean" || isEventLog(value),
  },
  summary: { expected: "true or false", fits: (value: unknown) => typeof value === "boolean" },
  service: TEXT,
  serviceName: TEXT,
  level: LEVEL,
  logLevel: LEVEL,
  persistentKeys: KEYS,
  persistentLogAttributes: KEYS,
  environment: TEXT,
  logFormatter: { expected: "a Powertools LogFormatter", fits: hasMethod("formatAttributes") },
  logRecordOrder: { expected: "an array or a Set of keys", fits: (value: unknown) => Array.isArray(value) || value instanceof Set },
  sampleRateValue: { expected: "from 0 to 1", fits: (value: unknown) => typeof value === "number" && value >= 0 && value <= 1 },
  jsonReplacerFn: CALLABLE,
  logBufferOptions: {
    expected: "an object of which maxBytes is more than 0 and bufferAtVerbosity DEBUG, INFO or WARN",
    fits: (value: NonNullable<ConstructorOptions["logBufferOptions"]>) =>
      isObject(value) &&
      !((value.maxBytes ?? 1) <= 0) &&
      ["DEBUG", "INFO", "WARN"].includes((value.bufferAtVerbosity ?? "DEBUG").toUpperCase()),
  },
  correlationIdSearchFn: CALLABLE,
  customConfigService: { expected: "a Powertools ConfigService", fits: hasMethod("getServiceName") },
};

const RIVALS = [
  ["service", "serviceName"],
  ["level", "logLevel"],
  ["logFormatter", "logRecordOrder"],
  ["persistentKeys", "persistentLogAttributes"],
] as const satisfies readonly (readonly [keyof LoggerOptions<never>, keyof LoggerOptions<never>])[];

/**
 * @throws {TypeError} When an option is unknown, of the wrong kind, or may not stand beside another.
 * @throws {RangeError} When a number is out of its range.
 */
export function checkOptions(options: Options): void {
  if (!isObject(options)) throw new TypeError(`logger(options) must have an object, got ${shown(options)}`);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (!Object.hasOwn(EXPECTATIONS, name)) {
      throw new TypeError(`logger() has no option ${name}. It takes ${Object.keys(EXPECTATIONS).join(", ")}.`);
    }
    const { expected, fits } = EXPECTATIONS[name as keyof Options];
    if (fits(value as never)) continue;
    const Wrong = name === "sampleRateValue" && typeof value === "number" ? RangeError : TypeError;
    throw new Wrong(`logger({ ${name} }) must be ${expected}, got ${shown(value)}`);
  }
  const names = given.map(([name]) => name);
  const beside = names.find((name) => !["instance", "correlationId", "logEvent", "summary"].includes(name));
  if (names.includes("instance") && beside !== undefined) {
    throw new TypeError(`logger({ instance, ${beside} }) must not have both: set ${beside} where the instance is made`);
  }
  for (const [one, other] of RIVALS) {
    if (names.includes(one) && names.includes(other)) throw new TypeError(`logger({ ${one}, ${other} }) must have only one of the two`);
  }
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (typeof value === "function") return "a function";
  if (typeof value !== "object") return `${value as number}`;
  if (value === null || Array.isArray(value)) return value === null ? "null" : "an array";
  // The names and not the values, which may be secret.
  const keys = Object.keys(value);
  return `an object with ${keys.length === 0 ? "no keys" : keys.slice(0, 6).join(", ")}`;
}
