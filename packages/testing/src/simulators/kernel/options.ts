import { mustBe } from "@lamella/core/extend";
import type { Effects } from "./effects.ts";
import { checkFaults, type Fault, type FaultKind } from "./faults.ts";

/** What every simulator takes. */
export interface SimulationOptions {
  /** Decides everything that is left to chance; one seed gives the same run always. @default 1 */
  readonly seed?: number | undefined;
  /** Where AWS's documentation is silent, take the worse reading. @default false */
  readonly strict?: boolean | undefined;
  /** What goes wrong. @default nothing */
  readonly faults?: readonly Fault[] | undefined;
  /** The function's timeout, in milliseconds: 1 to 900,000. @default 3,000, which is Lambda's */
  readonly timeoutMs?: number | undefined;
  /** How many invocations of the function may run at the same time; more are throttled. @default no limit */
  readonly reservedConcurrency?: number | undefined;
  /** Whether the mapping has `ReportBatchItemFailures`. Without it the reply is not read. @default true */
  readonly reportBatchItemFailures?: boolean | undefined;
  /** Ends the simulation after so many milliseconds of virtual time. @default no limit but what the service keeps */
  readonly stopAfterMs?: number | undefined;
  /** Ends the simulation after so many invocations. @default 100,000 */
  readonly maxInvocations?: number | undefined;
  /**
   * How long to wait, in real milliseconds, for work that is not on the clock (sockets, files, `crypto.subtle`), before
   * virtual time moves on. Handlers whose outside is replaced by promises and timers need none of it. @default 0
   */
  readonly waitForIoMs?: number | undefined;
  /** What a function that `wrap` did not make tells of its work. */
  readonly effects?: Effects | undefined;
}

/** Checks a whole number. @throws {RangeError} */
export function checkNumber(where: string, options: object, name: string, least: number, most: number): void {
  const value = (options as Readonly<Record<string, unknown>>)[name];
  if (value === undefined) return;
  const isRight = typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
  const range = most === Infinity ? `a whole number of ${least} or more` : `a whole number from ${least} to ${most}`;
  mustBe(isRight, `${where}({ ${name} })`, range, value, RangeError);
}

/**
 * @throws {RangeError} When a number is out of its range.
 * @throws {TypeError} When an option is of the wrong kind.
 */
export function checkSimulation(where: string, handler: unknown, options: SimulationOptions, faults?: readonly FaultKind[]): void {
  mustBe(typeof handler === "function", `${where}'s first argument`, "the handler", handler);
  // Node.js 24 refuses it as well.
  mustBe((handler as Function).length < 3, `${where}'s handler`, "a function of two parameters: callbacks are no more", handler);
  mustBe(typeof options === "object" && options !== null, `${where}'s second argument`, "the options", options);
  const { seed = 1, effects } = options;
  mustBe(Number.isFinite(seed), `${where}({ seed })`, "a number", seed);
  checkNumber(where, options, "timeoutMs", 1, 900_000);
  checkNumber(where, options, "reservedConcurrency", 1, Infinity);
  checkNumber(where, options, "stopAfterMs", 1, Infinity);
  checkNumber(where, options, "maxInvocations", 1, Infinity);
  checkNumber(where, options, "waitForIoMs", 0, Infinity);
  for (const name of ["strict", "reportBatchItemFailures"] as const)
    mustBe(options[name] === undefined || typeof options[name] === "boolean", `${where}({ ${name} })`, "true or false", options[name]);
  mustBe(effects === undefined || typeof effects?.record === "function", `${where}({ effects })`, "what effects() made", effects);
  if (options.faults !== undefined) checkFaults(where, options.faults, faults);
}
