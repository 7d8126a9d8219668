import { type BatchSource, layer, type Source, wrap } from "@lamella/core";
import { dynamodb } from "@lamella/events/dynamodb";
import { type KinesisKind, type KinesisOptions, kinesis } from "@lamella/events/kinesis";
import type { MSKEvent } from "aws-lambda";
import * as fc from "fast-check";
import { z } from "zod";
import { effects, type ShardSimulationOptions, simulateDynamodbStream, simulateKafka, simulateKinesis } from "../src/simulators/index.ts";
import { faultsOf, mustHold } from "./check.ts";
import { plan, Work } from "./work.ts";

const Data = z.object({ n: z.number() });
type Data = z.infer<typeof Data>;

/** Makes the source of a scenario; a mutation makes another one of the same options. */
export type MakeSource = (options: KinesisOptions<Data>) => BatchSource<KinesisKind<Data>>;

const timeoutMs = fc.integer({ min: 1_000, max: 20_000 });

export interface StreamScenario {
  readonly count: number;
  readonly seed: number;
  readonly keys: number;
  readonly spreadMs: number;
  readonly isLayered: boolean;
  readonly engine: {
    readonly concurrency: number | "unbounded";
    readonly whenAllFail: "throw" | "report";
    readonly softMs: number | undefined;
  };
  readonly mapping: ShardSimulationOptions & { readonly timeoutMs: number };
}

export const streamScenarios: fc.Arbitrary<StreamScenario> = fc.record({
  count: fc.integer({ min: 1, max: 200 }),
  seed: fc.nat(1_000_000),
  keys: fc.integer({ min: 1, max: 20 }),
  spreadMs: fc.constantFrom(0, 1_000, 60_000),
  isLayered: fc.boolean(),
  engine: fc.record({
    concurrency: fc.constantFrom(1, 1, 3, 8, "unbounded" as const),
    whenAllFail: fc.constantFrom("throw" as const, "report" as const),
    softMs: fc.constantFrom(undefined, undefined, 400, 900),
  }),
  mapping: fc.record({
    seed: fc.nat(1_000_000),
    timeoutMs,
    batchSize: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 20, max: 200 })),
    batchingWindowMs: fc.constantFrom(0, 0, 1_500),
    shards: fc.integer({ min: 1, max: 4 }),
    parallelizationFactor: fc.constantFrom(1, 1, 2, 5),
    bisectBatchOnFunctionError: fc.boolean(),
    maximumRetryAttempts: fc.integer({ min: 0, max: 6 }),
    maximumRecordAgeMs: fc.constantFrom(undefined, undefined, 60_000, 600_000),
    onFailureDestination: fc.constant(true),
    reservedConcurrency: fc.constantFrom(undefined, undefined, 1, 3),
    strict: fc.boolean(),
    faults: faultsOf(["throw", "poison", "hang", "crash", "lose-reply", "throttle", "duplicate"], timeoutMs),
  }),
});

const around = layer("around", async (_item, _ctx, next) => next());

/** Runs one scenario of a Kinesis stream, and throws where something does not hold. */
export async function checkKinesis(scenario: StreamScenario, make: MakeSource = kinesis): Promise<void> {
  const { count, seed, keys, spreadMs, isLayered, engine, mapping } = scenario;
  const planned = plan(seed, count, keys, spreadMs);
  const work = new Work(planned, mapping.timeoutMs);
  const source = make({ data: Data, ...engine }) as Source<KinesisKind<Data>>;
  const handle = ({ data }: { readonly data: Data }, ctx: { readonly signal: AbortSignal }) => work.handle(data.n, () => ctx.signal);
  const handler = isLayered ? wrap(source, around, handle) : wrap(source, handle);
  const records = planned.map(({ n, key, afterMs, ends }) => ({
    data: ends === "invalid" ? "no JSON" : { n },
    partitionKey: key,
    afterMs,
  }));
  mustHold(await simulateKinesis(handler, { ...mapping, records }), planned, work, true, false);
}

/** Runs one scenario of a DynamoDB stream, and throws where something does not hold. */
export async function checkDynamodb(scenario: StreamScenario): Promise<void> {
  const { count, seed, keys, spreadMs, isLayered, engine, mapping } = scenario;
  const planned = plan(seed, count, keys, spreadMs);
  const work = new Work(planned, mapping.timeoutMs);
  const source = dynamodb({ image: z.object({ id: z.string(), n: z.number() }), ...engine });
  const handle = (change: { readonly newImage?: { readonly n: number } | undefined }, ctx: { readonly signal: AbortSignal }) =>
    work.handle(change.newImage?.n as number, () => ctx.signal);
  const handler = isLayered ? wrap(source, around, handle) : wrap(source, handle);
  const changes = planned.map(({ n, key, afterMs, ends }) => ({
    newImage: { id: key, n: ends === "invalid" ? "none" : n },
    afterMs,
  }));
  mustHold(await simulateDynamodbStream(handler, { ...mapping, changes }), planned, work, true, false);
}

/** Runs one scenario of a Kafka topic against a function written by hand, which tells what it completes. */
export async function checkKafka({ count, seed, keys, spreadMs, mapping }: StreamScenario): Promise<void> {
  const { shards = 1, parallelizationFactor: _, ...rest } = mapping;
  const planned = plan(seed, count, keys, spreadMs);
  const work = new Work(planned, mapping.timeoutMs);
  const done = effects();
  const handler = async ({ records }: MSKEvent) => {
    const signal = AbortSignal.timeout(mapping.timeoutMs * 0.8);
    const failures = await Promise.all(
      Object.entries(records).map(async ([partition, list]) => {
        for (const { value, offset } of list) {
          try {
            const { n } = JSON.parse(Buffer.from(value, "base64").toString()) as { readonly n: number };
            await work.handle(n, () => signal);
            done.record(`${partition}-${offset}`);
          } catch {
            return [{ itemIdentifier: { partition, offset } }];
          }
        }
        return [];
      }),
    );
    return { batchItemFailures: failures.flat() };
  };
  const produced = planned.map(({ n, key, afterMs, ends }) => ({
    value: ends === "invalid" ? "no JSON" : { n },
    partition: Number(key.slice(1)),
    afterMs,
  }));
  const run = await simulateKafka(handler, { ...rest, records: produced, consumers: shards, effects: done });
  mustHold(run, planned, work, true, false);
}
