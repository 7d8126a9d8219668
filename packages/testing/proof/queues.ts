import { type Lambda, layer, retryLater, type Source, whole, wrap } from "@lamella/core";
import { type SQSBatchResponse, type SQSEvent, type SqsKind, type SqsOptions, sqs } from "@lamella/events/sqs";
import * as fc from "fast-check";
import { z } from "zod";
import { type SimulateSqsOptions, type SimulationRun, simulateSqs, simulateSqsFifo } from "../src/simulators/index.ts";
import { faultsOf, mustHold, type Sends, sends, verdictOf } from "./check.ts";
import { type Planned, plan, Work } from "./work.ts";

const Body = z.object({ n: z.number() });
type Body = z.infer<typeof Body>;

/** Makes the source of a scenario; a mutation makes another one of the same options. */
export type MakeSource = (options: SqsOptions<Body>) => ReturnType<typeof sqs<Body>>;

const timeoutMs = fc.integer({ min: 1_000, max: 20_000 });

export interface QueueScenario {
  readonly count: number;
  readonly seed: number;
  readonly keys: number;
  readonly spreadMs: number;
  readonly form: "bare" | "layered" | "whole";
  readonly engine: {
    readonly concurrency: number | "unbounded";
    readonly whenAllFail: "throw" | "report";
    readonly softMs: number | undefined;
  };
  readonly sends: Sends;
  readonly mapping: Omit<SimulateSqsOptions, "messages" | "visibilityTimeoutMs"> & { readonly timeoutMs: number };
  readonly visibleAfterMs: number;
}

export function queueScenarios(isFifo: boolean): fc.Arbitrary<QueueScenario> {
  const mapping = fc
    .record({
      seed: fc.nat(1_000_000),
      timeoutMs,
      batchSize: isFifo ? fc.integer({ min: 1, max: 10 }) : fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 11, max: 60 })),
      batchingWindowMs: isFifo ? fc.constant(0) : fc.constantFrom(0, 0, 1_500),
      maximumConcurrency: fc.integer({ min: 1, max: 8 }),
      reservedConcurrency: fc.constantFrom(undefined, undefined, 1, 3),
      maxReceiveCount: fc.integer({ min: 1, max: 8 }),
      // A FIFO queue's throttled batch may then be invoked so late that it outlasts its visibility timeout.
      strict: isFifo ? fc.constant(false) : fc.boolean(),
      faults: faultsOf(
        isFifo
          ? ["throw", "poison", "hang", "crash", "lose-reply", "throttle", "refuse-call"]
          : ["throw", "poison", "hang", "crash", "lose-reply", "throttle", "duplicate", "refuse-call"],
        timeoutMs,
      ),
    })
    .map((one) => ({ ...one, batchingWindowMs: one.batchSize > 10 ? Math.max(1_000, one.batchingWindowMs) : one.batchingWindowMs }));
  return fc.record({
    count: fc.integer({ min: 1, max: 200 }),
    seed: fc.nat(1_000_000),
    keys: fc.integer({ min: 1, max: 20 }),
    spreadMs: fc.constantFrom(0, 1_000, 60_000),
    form: fc.constantFrom("bare" as const, "bare" as const, "layered" as const, "whole" as const),
    engine: fc.record({
      concurrency: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant("unbounded" as const)),
      whenAllFail: fc.constantFrom("throw" as const, "report" as const),
      softMs: fc.constantFrom(undefined, undefined, 400, 900),
    }),
    sends,
    mapping,
    visibleAfterMs: fc.constantFrom(1, 5_000, 60_000),
  });
}

const around = layer("around", async (_item, _ctx, next) => next());

function toHandler(make: MakeSource, { form, engine, sends: sent }: QueueScenario, work: Work): Lambda<SQSEvent, SQSBatchResponse> {
  const source = make({ body: Body, ...engine, onFailure: verdictOf(sent) });
  if (form === "whole")
    return wrap(whole(source), async ({ items, fail }, ctx) => {
      const failed = new Set<string | undefined>();
      for (const item of items) {
        // In order within a group, as a handler of a FIFO queue must.
        if (failed.has(item.groupId) && item.queueArn.endsWith(".fifo")) {
          fail(item, retryLater());
          continue;
        }
        try {
          await work.handle(item.body.n, () => ctx.signal);
        } catch (error) {
          failed.add(item.groupId);
          fail(item, error);
        }
      }
    });
  const handle = ({ body }: { readonly body: Body }, ctx: { readonly signal: AbortSignal }) => work.handle(body.n, () => ctx.signal);
  const typed = source as Source<SqsKind<Body>>;
  return form === "bare" ? wrap(typed, handle) : wrap(typed, around, handle);
}

/** Runs one scenario, and throws where something does not hold. */
export async function checkQueue(scenario: QueueScenario, isFifo: boolean, make: MakeSource = sqs): Promise<void> {
  const { run, planned, work } = await play(scenario, isFifo, make);
  const { mapping, form, sends: sent } = scenario;
  mustHold(run, planned, work, { isOrdered: isFifo, isWhole: form === "whole", sends: sent, delays: mapping });
}

/**
 * Runs one scenario with a mapping that does not read the reply, and throws where more is lost than AWS's rules take: what
 * a reply names that names not all. Gives how much that is.
 */
export async function checkUnread(scenario: QueueScenario, isFifo: boolean, whenAllFail: "throw" | "report" = "throw"): Promise<number> {
  const { engine, mapping } = scenario;
  // A copy that the queue makes by itself may be lost or not, which says nothing of the message.
  const faults = (mapping.faults ?? []).filter(({ kind }) => kind !== "duplicate");
  const changed = { ...scenario, engine: { ...engine, whenAllFail }, mapping: { ...mapping, faults, reportBatchItemFailures: false } };
  const { run, work } = await play(changed, isFifo, sqs);
  const named = new Set<string>();
  for (const { reply, ids } of run.invocations) {
    const { batchItemFailures = [] } = (reply ?? {}) as Partial<SQSBatchResponse>;
    for (const { itemIdentifier } of batchItemFailures) named.add(itemIdentifier);
    if (batchItemFailures.length > 0 && batchItemFailures.length === ids.length)
      throw new Error(`nothing was done of ${ids.join()}, and all is lost`);
  }
  const done = new Set(work.completed);
  const lost = new Set(run.lost.map(({ message }) => message.id));
  for (const [index, { id, fate, isIgnored }] of run.messages.entries()) {
    if (lost.has(id) && !named.has(id)) throw new Error(`${id} was lost, and no reply named it\n${run.timeline.of(id)}`);
    const isUndone = fate === "deleted" && !done.has(index) && !isIgnored;
    if (isUndone && !lost.has(id)) throw new Error(`${id} was lost, and the simulator says otherwise\n${run.timeline.of(id)}`);
  }
  for (const { message, isForced } of run.repeated) if (!isForced) throw new Error(`${message.id} was repeated without need`);
  return lost.size;
}

async function play(
  scenario: QueueScenario,
  isFifo: boolean,
  make: MakeSource,
): Promise<{ run: SimulationRun; planned: Planned[]; work: Work }> {
  const { count, seed, keys, spreadMs, mapping, visibleAfterMs } = scenario;
  const planned = plan(seed, count, keys, spreadMs);
  const work = new Work(planned, mapping.timeoutMs);
  const messages = planned.map(({ n, key, afterMs, ends }) => ({
    id: `m${n}`,
    body: ends === "invalid" ? "no JSON" : { n },
    // Fair queues have groups as well, and no order.
    groupId: key,
    deduplicationId: String(n),
    afterMs,
  }));
  const options = { ...mapping, messages, visibilityTimeoutMs: mapping.timeoutMs + visibleAfterMs + (mapping.batchingWindowMs ?? 0) };
  const handler = toHandler(make, scenario, work);
  const run = await (isFifo ? simulateSqsFifo(handler, options) : simulateSqs(handler, options));
  return { run, planned, work };
}
