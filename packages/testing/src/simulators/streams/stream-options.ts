import { mustBe } from "@lamella/core/extend";
import type { FilterPattern } from "../kernel/filter.ts";
import { checkNumber, checkSimulation, type SimulationOptions } from "../kernel/options.ts";

/** What the simulators of streams take, Kafka's topics included. */
export interface StreamSimulationOptions extends SimulationOptions {
  /** How many records an invocation gets at most: 1 to 10,000. @default 100 */
  readonly batchSize?: number | undefined;
  /** How long the mapping gathers records before it invokes, in milliseconds: 0 to 300,000. @default 0 */
  readonly batchingWindowMs?: number | undefined;
  /** Whether a batch that failed is split in two: `BisectBatchOnFunctionError`. @default false */
  readonly bisectBatchOnFunctionError?: boolean | undefined;
  /** How often a batch is tried again: 0 to 10,000. @default until its records expire */
  readonly maximumRetryAttempts?: number | undefined;
  /** How old a record may be that is sent to the function, in milliseconds: 60,000 to 604,800,000. @default as long as it is kept */
  readonly maximumRecordAgeMs?: number | undefined;
  /** Whether records that are given up go to an on-failure destination. @default false */
  readonly onFailureDestination?: boolean | undefined;
  /** How long the stream keeps a record, in milliseconds. @default a day; 7 days for Kafka */
  readonly retentionMs?: number | undefined;
  /** The mapping's filter patterns. What none of them matches counts as done. */
  readonly filters?: readonly FilterPattern[] | undefined;
}

/** What the simulators of Kinesis and DynamoDB streams take. */
export interface ShardSimulationOptions extends StreamSimulationOptions {
  /** How many shards the stream has. @default 1 */
  readonly shards?: number | undefined;
  /** How many batches of one shard are under way at the same time, each of other keys: 1 to 10. @default 1 */
  readonly parallelizationFactor?: number | undefined;
  /** How long a tumbling window is, in milliseconds: up to 900,000. @default none */
  readonly tumblingWindowMs?: number | undefined;
}

export const DAY_MS = 86_400_000;

/**
 * @throws {RangeError} When a number is out of the range that AWS gives it.
 * @throws {TypeError} When an option is of the wrong kind.
 */
export function checkStream(where: string, handler: unknown, options: ShardSimulationOptions, records: unknown, name = "records"): void {
  checkSimulation(where, handler, options);
  checkNumber(where, options, "batchSize", 1, 10_000);
  checkNumber(where, options, "batchingWindowMs", 0, 300_000);
  checkNumber(where, options, "maximumRetryAttempts", 0, 10_000);
  checkNumber(where, options, "maximumRecordAgeMs", 60_000, 604_800_000);
  checkNumber(where, options, "retentionMs", 60_000, Infinity);
  checkNumber(where, options, "shards", 1, 10_000);
  checkNumber(where, options, "parallelizationFactor", 1, 10);
  checkNumber(where, options, "tumblingWindowMs", 1, 900_000);
  for (const flag of ["bisectBatchOnFunctionError", "onFailureDestination"] as const)
    mustBe(options[flag] === undefined || typeof options[flag] === "boolean", `${where}({ ${flag} })`, "true or false", options[flag]);
  const { tumblingWindowMs, parallelizationFactor = 1 } = options;
  mustBe(
    tumblingWindowMs === undefined || parallelizationFactor === 1,
    `${where}({ parallelizationFactor })`,
    "1 where there is a tumbling window, whose state is that of a shard",
    parallelizationFactor,
    RangeError,
  );
  mustBe(Array.isArray(records), `${where}({ ${name} })`, "a list", records);
  for (const [index, record] of (records as readonly unknown[]).entries()) {
    const at = `${where}({ ${name} }), number ${index + 1}`;
    mustBe(typeof record === "object" && record !== null, at, "an object", record);
    checkNumber(at, record as object, "afterMs", 0, Infinity);
  }
}
