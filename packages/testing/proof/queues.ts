import { type Lambda, layer, type Source, whole, wrap } from "@lamella/core";
import { type SQSBatchResponse, type SQSEvent, type SqsKind, type SqsOptions, sqs } from "@lamella/events/sqs";
import * as fc from "fast-check";
import { z } from "zod";
import { type SimulateSqsOptions, simulateSqs, simulateSqsFifo } from "../src/simulators/index.ts";
import { faultsOf, mustHold } from "./check.ts";
import { plan, Work } from "./work.ts";

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
          ? ["throw", "poison", "hang", "crash", "lose-reply", "throttle"]
          : ["throw", "poison", "hang", "crash", "lose-reply", "throttle", "duplicate"],
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
    mapping,
    visibleAfterMs: fc.constantFrom(1, 5_000, 60_000),
  });
}

const around = layer("around", async (_item, _ctx, next) => next());

function toHandler(make: MakeSource, { form, engine }: QueueScenario, work: Work): Lambda<SQSEvent, SQSBatchResponse> {
  const source = make({ body: Body, ...engine });
  if (form === "whole")
    return wrap(whole(source), async ({ items, fail }, ctx) => {
      const failed = new Set<string | undefined>();
      for (const item of items) {
        // In order within a group, as a handler of a FIFO queue must.
        if (failed.has(item.groupId) && item.queueArn.endsWith(".fifo")) {
          fail(item, new Error("not run"));
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
  mustHold(
    await (isFifo ? simulateSqsFifo(handler, options) : simulateSqs(handler, options)),
    planned,
    work,
    isFifo,
    scenario.form === "whole",
  );
}
