import { hasCode, type Lambda, retryLater, whole, wrap } from "@lamella/core";
import { dynamodb } from "@lamella/events/dynamodb";
import { type KinesisOptions, kinesis } from "@lamella/events/kinesis";
import * as fc from "fast-check";
import { z } from "zod";
import { type SimulationRun, simulateDynamodbStream, simulateKinesis } from "../src/simulators/index.ts";
import { EPOCH_MS } from "../src/simulators/kernel/world.ts";
import { shardOf } from "../src/simulators/streams/shards.ts";
import { mustHold } from "./check.ts";
import { type StreamScenario, streamScenarios } from "./streams.ts";
import { type Planned, plan, Work } from "./work.ts";

const Data = z.object({ n: z.number() });
/** What a window adds up: every record by its number, so that one that was added twice shows. */
const Sum = z.object({ added: z.array(z.number()) });
type Sum = z.infer<typeof Sum>;

export interface WindowScenario extends StreamScenario {
  readonly windowMs: number;
  readonly service: "kinesis" | "dynamodb";
}

export const windowScenarios: fc.Arbitrary<WindowScenario> = fc
  .tuple(streamScenarios, fc.constantFrom(5_000, 30_000), fc.constantFrom("kinesis" as const, "dynamodb" as const))
  .map(([scenario, windowMs, service]) => ({ ...scenario, windowMs, service }));

export type MakeWindow = (options: KinesisOptions<z.infer<typeof Data>, Sum>) => unknown;

interface Ended {
  readonly shardId: string;
  readonly startMs: number;
  readonly added: readonly number[];
}

interface Item {
  readonly data?: { readonly n: number };
  readonly newImage?: { readonly n: number };
}

interface Windowed {
  readonly items: readonly Item[];
  readonly fail: (item: Item, error: unknown) => void;
  readonly state: Sum;
  readonly window: { readonly start: Date };
  readonly shardId: string;
  readonly isFinal: boolean;
}

/**
 * Runs one scenario of a stream with tumbling windows, and throws where something does not hold: beside what holds of every
 * stream, what a window has added up at its end is each record of it that counts as done, once.
 */
export async function checkWindows(scenario: WindowScenario, make: MakeWindow = kinesis): Promise<void> {
  const { count, seed, keys, spreadMs, engine, mapping, windowMs, service } = scenario;
  const { parallelizationFactor: _, ...rest } = mapping;
  // A batch that is delivered once more by itself is added once more: AWS promises no state for it.
  const faults = (rest.faults ?? []).filter(({ kind }) => kind !== "duplicate");
  const planned = plan(seed, count, keys, spreadMs);
  const work = new Work(planned, mapping.timeoutMs);
  const ended: Ended[] = [];
  const options = { ...engine, state: Sum, initialState: (): Sum => ({ added: [] }) };
  const source =
    service === "kinesis" ? make({ ...options, data: Data }) : dynamodb({ ...options, image: z.object({ id: z.string(), n: z.number() }) });
  const build = wrap as (...parts: readonly unknown[]) => Lambda<any, unknown>;
  const handler = build(whole(source as never), async (batch: Windowed, ctx: { readonly signal: AbortSignal }): Promise<Sum> => {
    const { items, fail, state, window, shardId, isFinal } = batch;
    const added = [...state.added];
    let failed = false;
    for (const item of items) {
      const { n } = (item.data ?? item.newImage) as { readonly n: number };
      try {
        if (failed) throw retryLater();
        await work.handle(n, () => ctx.signal);
        added.push(n);
      } catch (error) {
        failed ||= !hasCode(error, "LAMELLA_FINAL");
        fail(item, error);
      }
    }
    if (isFinal) ended.push({ shardId, startMs: window.start.getTime(), added });
    return { added };
  });
  const all = { ...rest, faults, tumblingWindowMs: windowMs };
  const run =
    service === "kinesis"
      ? await simulateKinesis(handler, {
          ...all,
          records: planned.map(({ n, key, afterMs, ends }) => ({
            data: ends === "invalid" ? "no JSON" : { n },
            partitionKey: key,
            afterMs,
          })),
        })
      : await simulateDynamodbStream(handler, {
          ...all,
          changes: planned.map(({ n, key, afterMs, ends }) => ({ newImage: { id: key, n: ends === "invalid" ? "none" : n }, afterMs })),
        });
  mustHold(run, planned, work, { isOrdered: true, isWhole: true, sends: "nothing" });
  sumsMustHold(run, planned, ended, scenario);
}

function sumsMustHold(
  run: SimulationRun,
  planned: readonly Planned[],
  ended: readonly Ended[],
  { mapping, windowMs }: WindowScenario,
): void {
  const windowOf = ({ n, afterMs }: Planned) => {
    const at = EPOCH_MS + afterMs;
    return `${shardOf(run.messages[n]?.key as string, mapping)} ${at - (at % windowMs)}`;
  };
  const counted = planned.filter(({ n }) => run.messages[n]?.fate === "deleted" && !run.messages[n].isIgnored);
  const expected = Map.groupBy(counted, windowOf);
  const seen = new Set<string>();
  for (const { shardId, startMs, added } of ended) {
    const name = `${shardId} ${startMs}`;
    seen.add(name);
    const right = (expected.get(name) ?? []).map(({ n }) => n).toSorted((a, b) => a - b);
    if (added.toSorted((a, b) => a - b).join() !== right.join())
      throw new Error(`the window ${name} has added ${added.join()}, and had ${right.join()}\n${run.timeline.toString().slice(-4_000)}`);
  }
  // Where its last invocation never got to the handler, its sum is gone with it.
  const isCutShort = run.invocations.some(({ ids, outcome }) => ids.length === 0 && outcome !== "replied");
  for (const name of expected.keys()) if (!seen.has(name) && !isCutShort) throw new Error(`the window ${name} never ended`);
}
