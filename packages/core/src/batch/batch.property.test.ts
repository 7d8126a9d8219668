import { sqs } from "@lamella/events/sqs";
import { lambdaContext, sqsEvent } from "@lamella/testing";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { final, layer, retryLater, whole, wrap } from "../index.ts";

const context = lambdaContext();
const Body = z.object({ n: z.number() });

/** What happens to one message: how many turns its handler takes, and how it ends. */
const message = fc.record({
  group: fc.constantFrom("a", "b", "c"),
  turns: fc.nat({ max: 4 }),
  ends: fc.constantFrom(
    "done",
    "done",
    "done",
    "throws",
    "throws undefined",
    "throws at once",
    "final",
    "later",
    "invalid",
    "layer before",
    "layer after",
  ),
});
type Planned = typeof message extends fc.Arbitrary<infer T> ? T : never;

const batch = fc.record({
  plan: fc.array(message, { minLength: 1, maxLength: 30 }),
  isFifo: fc.boolean(),
  concurrency: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant("unbounded" as const)),
  layered: fc.boolean(),
});

const FAILS = new Set(["throws", "throws undefined", "throws at once", "later", "invalid", "layer before", "layer after"]);

function toEvent(plan: readonly Planned[], isFifo: boolean) {
  const bodies = plan.map(({ group, ends }, index) => ({
    id: String(index),
    groupId: group,
    body: ends === "invalid" ? "no JSON" : { n: index },
  }));
  return sqsEvent(bodies, { queueName: isFifo ? "q.fifo" : "q" });
}

/** The ids that must be reported: what fails, and in a FIFO queue the rest of its group. */
function expected(plan: readonly Planned[], isFifo: boolean): string[] {
  const blocked = new Set<string>();
  return plan.flatMap(({ group, ends }, index) => {
    const again = (isFifo && blocked.has(group)) || FAILS.has(ends);
    if (again) blocked.add(group);
    return again ? [String(index)] : [];
  });
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe("any batch", () => {
  it("answers every message exactly once, keeps the order of groups, and reports what failed and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(batch, async ({ plan, isFifo, concurrency, layered }) => {
        const started: number[] = [];
        const running = new Map<string, number>();
        const event = toEvent(plan, isFifo);
        const before = structuredClone(event);
        const faulty = layer("faulty", async ({ id }: { readonly id: string }, _ctx, next) => {
          const ends = plan[Number(id)]?.ends;
          if (ends === "layer before") throw new Error("before");
          const outcome = await next();
          if (ends === "layer after") throw new Error("after");
          return outcome;
        });
        const through = layer("through", async (_item, _ctx, next) => next());
        const run = ({ body: { n } }: { readonly body: { readonly n: number } }) => {
          const { group, ends, turns: count } = plan[n] as Planned;
          started.push(n);
          running.set(group, (running.get(group) ?? 0) + 1);
          if (isFifo) expect(running.get(group), "two of one group at a time").toBe(1);
          const leave = () => running.set(group, (running.get(group) ?? 0) - 1);
          if (ends === "throws at once" || (!layered && ends.startsWith("layer"))) {
            leave();
            throw new Error(ends);
          }
          return turns(count).then(() => {
            leave();
            if (ends === "throws") throw new Error(ends);
            if (ends === "throws undefined") throw undefined;
            if (ends === "final") throw final(ends);
            if (ends === "later") throw retryLater();
          });
        };
        const source = sqs({ body: Body, concurrency, whenAllFail: "report" });
        const handler = layered ? wrap(source, through, faulty, run) : wrap(source, run);

        const { batchItemFailures } = await handler(event, context);

        expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(expected(plan, isFifo));
        expect(new Set(started).size, "a message ran twice").toBe(started.length);
        expect(event, "the event was changed").toEqual(before);
        for (const group of ["a", "b", "c"]) {
          const order = started.filter((n) => plan[n]?.group === group);
          if (isFifo) expect(order).toEqual(order.toSorted((a, b) => a - b));
        }
        const unrun = new Set(batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier)));
        for (const index of plan.keys()) expect(started.includes(index) || unrun.has(index), `message ${index} was lost`).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it("is answered by whole() just so", async () => {
    await fc.assert(
      fc.asyncProperty(batch, async ({ plan, isFifo }) => {
        const got: number[] = [];
        const handler = wrap(whole(sqs({ body: Body, whenAllFail: "report" })), async ({ items, fail }) => {
          for (const item of items) {
            got.push(item.body.n);
            const { ends } = plan[item.body.n] as Planned;
            if (ends === "final") fail(item, final("no use"));
            else if (FAILS.has(ends)) fail(item, ends === "throws undefined" ? undefined : new Error(ends));
          }
        });

        const { batchItemFailures } = await handler(toEvent(plan, isFifo), context);

        expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(expected(plan, isFifo));
        expect(got).toEqual(got.toSorted((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });
});
