import { type BatchSource, type Kind, type Lambda, layer, retryLater, type Whole, whole, wrap } from "@lamella/core";
import { dynamodb } from "@lamella/events/dynamodb";
import { type KafkaOptions, kafka } from "@lamella/events/kafka";
import { type KinesisKind, type KinesisOptions, kinesis } from "@lamella/events/kinesis";
import type { DynamoDBStreamEvent, KinesisStreamEvent, MSKEvent } from "aws-lambda";
import * as fc from "fast-check";
import { z } from "zod";
import {
  type ShardSimulationOptions,
  type SimulatedKinesisInput,
  simulateDynamodbStream,
  simulateKafka,
  simulateKinesis,
} from "../src/simulators/index.ts";
import { faultsOf, mustHold, type Sends, sends, type Terms, verdictOf } from "./check.ts";
import { type Planned, plan, Work } from "./work.ts";

const Data = z.object({ n: z.number() });
type Data = z.infer<typeof Data>;

/** Makes the source of a scenario; a mutation makes another one of the same options. */
export type MakeSource = (options: KinesisOptions<Data>) => BatchSource<KinesisKind<Data>>;
export type MakeKafka = (options: KafkaOptions<Data, Uint8Array>) => unknown;

const timeoutMs = fc.integer({ min: 1_000, max: 20_000 });

type Form = "bare" | "layered" | "whole";

interface Signalled {
  readonly signal: AbortSignal;
}

export interface StreamScenario {
  readonly count: number;
  readonly seed: number;
  readonly keys: number;
  readonly spreadMs: number;
  readonly form: Form;
  readonly sends: Sends;
  /** How many records of Kinesis are packed into one. */
  readonly packs: number;
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
  form: fc.constantFrom("bare", "layered", "whole"),
  sends,
  packs: fc.constantFrom(1, 1, 3, 10),
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
    faults: faultsOf(["throw", "poison", "hang", "crash", "lose-reply", "throttle", "duplicate", "refuse-call"], timeoutMs),
  }),
});

const around = layer("around", async (_item, _ctx, next) => next());

interface Parts<Item> {
  readonly numberOf: (item: Item) => number;
  /** What starts again as one. */
  readonly shardOf: (item: Item) => string;
}

/** The handler of a scenario, in its form. */
function toHandler<Event, Item>(
  source: unknown,
  { numberOf, shardOf: shardOfItem }: Parts<Item>,
  form: Form,
  work: Work,
): Lambda<Event, unknown> {
  // One handler for sources of three services, whose kinds differ in their items alone.
  const build = wrap as (...parts: readonly unknown[]) => Lambda<Event, unknown>;
  const handle = (item: Item, ctx: Signalled) => work.handle(numberOf(item), () => ctx.signal);
  if (form === "bare") return build(source, handle);
  if (form === "layered") return build(source, around, handle);
  return build(whole(source as BatchSource<Kind>), async ({ items, fail }: Whole<Item>, ctx: Signalled) => {
    const failed = new Set<string>();
    for (const item of items) {
      const shard = shardOfItem(item);
      try {
        if (failed.has(shard)) throw retryLater();
        await work.handle(numberOf(item), () => ctx.signal);
      } catch (error) {
        failed.add(shard);
        fail(item, error);
      }
    }
  });
}

function termsOf({ form, sends: sent }: StreamScenario): Terms {
  return { isOrdered: true, isWhole: form === "whole", sends: sent };
}

/** Runs one scenario of a Kinesis stream, and throws where something does not hold. */
export async function checkKinesis(scenario: StreamScenario, make: MakeSource = kinesis): Promise<void> {
  const { form, engine, mapping, sends: sent } = scenario;
  const { planned, groups } = aggregated(scenario);
  const work = new Work(planned, mapping.timeoutMs);
  const source = make({ data: Data, ...engine, onFailure: verdictOf(sent) });
  const handler = toHandler<KinesisStreamEvent, { readonly data: Data }>(
    source,
    { numberOf: ({ data }) => data.n, shardOf: () => "" },
    form,
    work,
  );
  const toRecord = ({ n, key, ends }: Planned) => ({ data: ends === "invalid" ? "no JSON" : { n }, partitionKey: key });
  const records = groups.map(([first, ...others]): SimulatedKinesisInput => {
    const { afterMs } = first;
    return others.length === 0 ? { ...toRecord(first), afterMs } : { aggregate: [first, ...others].map(toRecord), afterMs };
  });
  mustHold(await simulateKinesis(handler, { ...mapping, records }), planned, work, termsOf(scenario));
}

type Group = readonly [Planned, ...Planned[]];

/**
 * Packs some of the records as the Kinesis Producer Library does. Those of one pack arrive together, and where there is
 * more than one shard or lane they have one key, because the pack has one place.
 */
function aggregated({ count, seed, keys, spreadMs, packs, mapping }: StreamScenario): {
  readonly planned: readonly Planned[];
  readonly groups: readonly Group[];
} {
  const made = plan(seed, count, keys, spreadMs);
  if (packs === 1) return { planned: made, groups: made.map((one) => [one]) };
  const isNarrow = mapping.shards === 1 && mapping.parallelizationFactor === 1;
  const isPacked = (n: number) => Math.floor(n / packs) % 3 !== 2;
  const planned = made.map((one, n): Planned => {
    const first = made[n - (n % packs)] as Planned;
    if (!isPacked(n)) return one;
    return { ...one, afterMs: first.afterMs, key: isNarrow ? one.key : first.key };
  });
  const groups = Map.groupBy(planned, ({ n }) => (isPacked(n) ? `pack ${Math.floor(n / packs)}` : n));
  return { planned, groups: [...groups.values()] as unknown as Group[] };
}

/** Runs one scenario of a DynamoDB stream, and throws where something does not hold. */
export async function checkDynamodb(scenario: StreamScenario): Promise<void> {
  const { count, seed, keys, spreadMs, form, engine, mapping, sends: sent } = scenario;
  const planned = plan(seed, count, keys, spreadMs);
  const work = new Work(planned, mapping.timeoutMs);
  const source = dynamodb({ image: z.object({ id: z.string(), n: z.number() }), ...engine, onFailure: verdictOf(sent) });
  const handler = toHandler<DynamoDBStreamEvent, { readonly newImage?: { readonly n: number } | undefined }>(
    source,
    { numberOf: ({ newImage }) => newImage?.n as number, shardOf: () => "" },
    form,
    work,
  );
  const changes = planned.map(({ n, key, afterMs, ends }) => ({
    newImage: { id: key, n: ends === "invalid" ? "none" : n },
    afterMs,
  }));
  mustHold(await simulateDynamodbStream(handler, { ...mapping, changes }), planned, work, termsOf(scenario));
}

/** Runs one scenario of a Kafka topic, and throws where something does not hold. */
export async function checkKafka(scenario: StreamScenario, make: MakeKafka = kafka): Promise<void> {
  const { count, seed, keys, spreadMs, form, engine, mapping, sends: sent } = scenario;
  const { shards = 1, parallelizationFactor: _, ...rest } = mapping;
  const planned = plan(seed, count, keys, spreadMs);
  const work = new Work(planned, mapping.timeoutMs);
  const source = make({ value: Data, ...engine, onFailure: verdictOf(sent) });
  const handler = toHandler<MSKEvent, { readonly value: Data; readonly partition: number }>(
    source,
    { numberOf: ({ value }) => value.n, shardOf: ({ partition }) => String(partition) },
    form,
    work,
  );
  const records = planned.map(({ n, key, afterMs, ends }) => ({
    value: ends === "invalid" ? "no JSON" : { n },
    partition: Number(key.slice(1)),
    afterMs,
  }));
  mustHold(await simulateKafka(handler, { ...rest, records, consumers: shards }), planned, work, termsOf(scenario));
}
