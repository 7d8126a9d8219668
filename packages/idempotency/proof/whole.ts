import { setTimeout as sleep } from "node:timers/promises";
import { type Base, type Layer, wrap } from "@lamella/core";
import { kinesis } from "@lamella/events/kinesis";
import { sqs } from "@lamella/events/sqs";
import { type SimulationRun, simulateKinesis, simulateSqs, simulateSqsFifo } from "@lamella/testing/simulators";
import * as fc from "fast-check";
import { z } from "zod";
import { faultsOf } from "../../testing/proof/check.ts";
import type { IdempotencyStore } from "../src/index.ts";
import { Effects, mustBeDoneOnce } from "./effects.ts";
import { perProcess } from "./processes.ts";

const Order = z.object({ order: z.string(), n: z.number() });

/** How one message is handled. */
interface Planned {
  readonly order: number;
  readonly group: number;
  readonly afterMs: number;
  /** How long it takes until the effect. */
  readonly ms: number;
  /** How often it fails first, before its effect; or takes longer than the function may. */
  readonly fails: number;
  readonly isStuck: boolean;
}

export interface Scenario {
  readonly source: "sqs" | "fifo" | "kinesis";
  /** Whether time passes between an effect and its record, in which a process may die. */
  readonly hasHole: boolean;
  readonly planned: readonly Planned[];
  readonly mapping: {
    readonly seed: number;
    readonly timeoutMs: number;
    readonly batchSize: number;
    readonly reservedConcurrency: number | undefined;
    readonly strict: boolean;
    readonly faults: Parameters<typeof simulateSqs>[1]["faults"];
  };
  readonly maximumConcurrency: number;
  readonly shards: number;
  readonly bisects: boolean;
  readonly visibleAfterMs: number;
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly waits: boolean;
  readonly caches: boolean;
  readonly storeMs: readonly number[];
}

const timeoutMs = fc.integer({ min: 1_000, max: 20_000 });
const KINDS = ["throw", "hang", "lose-reply", "throttle"] as const;

/** How long the store takes at most, there and back each, in milliseconds. */
const STORE_MS = 20;

export function scenarios(source: Scenario["source"], hasHole: boolean): fc.Arbitrary<Scenario> {
  const kinds = [...KINDS, ...(source === "fifo" ? [] : (["duplicate"] as const)), ...(hasHole ? (["crash"] as const) : [])];
  return fc.record({
    source: fc.constant(source),
    hasHole: fc.constant(hasHole),
    planned: fc.array(
      fc.record({
        order: fc.nat(14),
        group: fc.nat(5),
        afterMs: fc.oneof(fc.constant(0), fc.nat(60_000)),
        ms: fc.oneof({ weight: 3, arbitrary: fc.nat(50) }, { weight: 1, arbitrary: fc.nat(3_000) }),
        fails: fc.constantFrom(0, 0, 0, 1, 2),
        isStuck: fc.boolean(),
      }),
      { minLength: 1, maxLength: 40 },
    ),
    mapping: fc.record({
      seed: fc.nat(1_000_000),
      timeoutMs,
      batchSize: fc.integer({ min: 1, max: 10 }),
      reservedConcurrency: fc.constantFrom(undefined, undefined, 1, 3),
      strict: source === "fifo" ? fc.constant(false) : fc.boolean(),
      faults: faultsOf(kinds, timeoutMs),
    }),
    maximumConcurrency: fc.integer({ min: 1, max: 8 }),
    shards: fc.integer({ min: 1, max: 4 }),
    bisects: fc.boolean(),
    visibleAfterMs: fc.constantFrom(1, 5_000, 60_000),
    concurrency: fc.constantFrom(1, 3, 10),
    leaseMs: fc.constantFrom(2_000, 10_000, 60_000),
    waits: fc.boolean(),
    caches: fc.boolean(),
    storeMs: fc.array(fc.nat(STORE_MS), { minLength: 1, maxLength: 12 }),
  });
}

/** A store some way off. Where there is no hole, a record is completed in the moment of its effect. */
function distant(store: IdempotencyStore, storeMs: readonly number[], hasHole: boolean): IdempotencyStore {
  let calls = 0;
  const call =
    <Input, Result>(method: (input: Input) => Promise<Result>, isAtOnce = false) =>
    async (input: Input): Promise<Result> => {
      const ms = () => storeMs[calls++ % storeMs.length] as number;
      if (!isAtOnce) await sleep(ms());
      const result = await method(input);
      await sleep(ms());
      return result;
    };
  return {
    ...store,
    begin: call(store.begin),
    renew: call(store.renew),
    complete: call(store.complete, !hasHole),
    release: call(store.release),
  };
}

interface Item {
  readonly payload: z.infer<typeof Order>;
}

/** What a broken variant puts in the place of the layer. */
export type Replace = (layer: Layer<never, {}, {}>) => Layer<never, {}, {}>;

/** Runs one scenario over a store, and throws where an order was not charged exactly once. */
export async function check(scenario: Scenario, store: IdempotencyStore, replace?: Replace): Promise<{ readonly holes: number }> {
  const { source, planned, mapping, concurrency, leaseMs, waits, caches, storeMs, hasHole } = scenario;
  const effects = new Effects();
  const calls: number[] = [];
  const work = async ({ order, n }: z.infer<typeof Order>, { signal, lambda }: Base): Promise<void> => {
    const { ms, fails, isStuck } = planned[n] as Planned;
    calls[n] = (calls[n] ?? 0) + 1;
    const isBad = calls[n] <= fails;
    // In time, or much too late.
    const inTimeMs = Math.min(ms, mapping.timeoutMs / 4);
    await sleep(isBad && isStuck ? mapping.timeoutMs + ms : inTimeMs);
    if (isBad) throw new Error("not yet");
    // As a function does that knows of a deadline: what it is late for, others do.
    signal.throwIfAborted();
    effects.charge(order, lambda.logStreamName);
  };
  const toLayer = (keyOf: (item: never) => string): Layer<never, {}, {}> => {
    const layer = perProcess<never>((logStreamName) => ({
      store: distant(effects.watch(store, logStreamName), storeMs, hasHole),
      key: keyOf,
      leaseMs,
      onInProgress: waits ? "wait" : "fail",
      localCache: caches,
    }));
    return replace === undefined ? layer : replace(layer);
  };
  const limits = { maxInvocations: 20_000 };
  let run: SimulationRun;
  if (source === "kinesis") {
    const handler = wrap(
      kinesis({ data: Order, concurrency }),
      toLayer(({ data }: { readonly data: Item["payload"] }) => data.order) as never,
      ({ data }: { readonly data: Item["payload"] }, ctx: Base) => work(data, ctx),
    );
    const records = planned.map(({ order, group, afterMs }, n) => ({
      data: { order: `o${order}`, n },
      partitionKey: `g${group}`,
      afterMs,
    }));
    const { shards, bisects: bisectBatchOnFunctionError } = scenario;
    run = await simulateKinesis(handler, { ...mapping, ...limits, shards, bisectBatchOnFunctionError, records });
  } else {
    const handler = wrap(
      sqs({ body: Order, concurrency }),
      toLayer(({ body }: { readonly body: Item["payload"] }) => body.order) as never,
      ({ body }: { readonly body: Item["payload"] }, ctx: Base) => work(body, ctx),
    );
    const { maximumConcurrency, visibleAfterMs } = scenario;
    const messages = planned.map(({ order, group, afterMs }, n) => ({
      id: `m${n}`,
      body: { order: `o${order}`, n },
      groupId: `g${group}`,
      deduplicationId: String(n),
      afterMs,
    }));
    const options = { ...mapping, ...limits, messages, maximumConcurrency, visibilityTimeoutMs: mapping.timeoutMs + visibleAfterMs };
    run = await (source === "fifo" ? simulateSqsFifo(handler, options) : simulateSqs(handler, options));
  }
  const orders = new Set(planned.map(({ order }) => `o${order}`));
  return { holes: mustBeDoneOnce(run, effects, orders, hasHole ? STORE_MS : 0) };
}
