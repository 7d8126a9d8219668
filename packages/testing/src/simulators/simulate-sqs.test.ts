import { setTimeout as sleep } from "node:timers/promises";
import { final, layer, whole, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import type { SQSEvent } from "aws-lambda";
import { afterEach, describe, expect, it, vi } from "vitest";
import { effects, type SimulateSqsOptions, simulateSqs } from "./index.ts";
import "../matchers.ts";

const messages = ["a", "b", "c"].map((id) => ({ id, body: id }));
const done = wrap(sqs(), async () => {});

/** A function that wrap did not make, and what it has completed. */
function plain(reply: unknown) {
  const told = effects();
  const handler = async ({ Records }: SQSEvent) => {
    for (const { messageId } of Records) told.record(messageId);
    return reply;
  };
  return { handler, effects: told };
}

afterEach(() => {
  vi.useRealTimers();
});

describe("simulateSqs", () => {
  it("delivers, and deletes what is done", async () => {
    const events: SQSEvent[] = [];
    const run = await simulateSqs(
      wrap(sqs(), async ({ raw }) => void events.push({ Records: [raw] })),
      { messages },
    );

    expect(run.deleted.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(run.invocations).toMatchObject([{ number: 1, environment: 1, outcome: "replied", reply: { batchItemFailures: [] } }]);
    expect(events[0]?.Records[0]).toMatchObject({ eventSource: "aws:sqs", attributes: { ApproximateReceiveCount: "1" } });
    expect(run).toHaveLostNothing();
    expect(run).toHaveLeftNothing();
  });

  it("gives the same run for the same seed, and others for others", async () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ id: String(index), body: "" }));
    const runs = await inTurn([7, 7, 8], (seed) =>
      simulateSqs(done, { messages: many, seed, faults: [{ kind: "throw", probability: 0.3 }], maxReceiveCount: 4 }),
    );

    expect(runs[0]?.timeline.toString()).toBe(runs[1]?.timeline.toString());
    expect(runs[0]?.timeline.toString()).not.toBe(runs[2]?.timeline.toString());
  });

  it("hides what failed for the visibility timeout, counts its receives, and moves it to the dead-letter queue", async () => {
    const seen: [string, number, number][] = [];
    const handler = wrap(sqs({ whenAllFail: "report" }), async ({ body, receiveCount }) => {
      seen.push([body, receiveCount, Date.now()]);
      if (body === "b") throw new Error("no stock");
    });
    const run = await simulateSqs(handler, { messages, visibilityTimeoutMs: 20_000, maxReceiveCount: 3 });

    const start = seen[0]?.[2] as number;
    expect(seen.filter(([body]) => body === "b").map(([, count, at]) => [count, at - start])).toEqual([
      [1, 0],
      [2, 20_000],
      [3, 40_000],
    ]);
    expect(run.deadLettered.map(({ id, deliveries }) => [id, deliveries])).toEqual([["b", 3]]);
    expect(run.durationMs).toBe(60_000);
    expect(run).toHaveLostNothing();
  });

  it("keeps what has no dead-letter queue until it expires, and calls that lost", async () => {
    const run = await simulateSqs(
      wrap(sqs(), () => Promise.reject(new Error("no"))),
      {
        messages: [{ id: "a", body: "" }],
        retentionMs: 120_000,
      },
    );

    expect(run.lost).toMatchObject([{ message: { id: "a", fate: "expired", deliveries: 4 } }]);
    expect(() => expect(run).toHaveLostNothing()).toThrow(/a was expired[^]*maxReceiveCount[^]*\+0\.000 s {2}invoked/);
  });

  it.for<{ readonly reply: unknown; readonly deletes: readonly string[]; readonly strict?: boolean }>([
    { reply: undefined, deletes: ["a", "b", "c"] },
    { reply: null, deletes: ["a", "b", "c"] },
    { reply: {}, deletes: ["a", "b", "c"] },
    { reply: { batchItemFailures: null }, deletes: ["a", "b", "c"] },
    { reply: { batchItemFailures: [] }, deletes: ["a", "b", "c"] },
    { reply: { batchItemFailures: [{ itemIdentifier: "b" }] }, deletes: ["a", "c"] },
    { reply: { batchItemFailures: [{ itemIdentifier: "b" }, { itemIdentifier: "" }] }, deletes: [] },
    { reply: { batchItemFailures: [{ itemIdentifier: null }] }, deletes: [] },
    { reply: { batchItemFailures: [{ id: "b" }] }, deletes: [] },
    { reply: { batchItemFailures: [{ itemIdentifier: "other" }] }, deletes: [] },
    { reply: { batchItemFailures: ["b"] }, deletes: [] },
    { reply: { batchItemFailures: "b" }, deletes: [] },
    { reply: { failures: [{ itemIdentifier: "b" }] }, deletes: ["a", "b", "c"] },
    { reply: 10n, deletes: [] },
    { reply: "ok", deletes: ["a", "b", "c"] },
    { reply: "ok", deletes: [], strict: true },
  ])("deletes $deletes for the reply $reply (strict: $strict)", async ({ reply, deletes, strict }) => {
    const { handler, effects: told } = plain(reply);
    const run = await simulateSqs(handler, { messages, strict, effects: told, maxReceiveCount: 1 });

    expect(run.deleted.map(({ id }) => id)).toEqual(deletes);
    expect(run.deadLettered).toHaveLength(3 - deletes.length);
  });

  it("does not read the reply of a mapping without ReportBatchItemFailures, so that what failed is lost", async () => {
    const handler = wrap(sqs(), async ({ body }) => {
      if (body === "b") throw new Error("no stock");
    });
    const run = await simulateSqs(handler, { messages, reportBatchItemFailures: false });

    expect(run.lost).toMatchObject([{ message: { id: "b" }, why: "was deleted, and was never handled" }]);
    expect(() => expect(run).toHaveLostNothing()).toThrow(/b was deleted, and was never handled[^]*failed[^]*no stock/);
  });

  it("does not call lost what the handler ignored, or what a layer answered", async () => {
    const skip = layer("skip", async (item: { readonly id: string }, _ctx, next) =>
      item.id === "a" ? { "~adds": undefined as never } : next(),
    );
    const handler = wrap(sqs(), skip, async ({ body }) => {
      if (body === "b") throw final("no such order");
    });
    const run = await simulateSqs(handler, { messages });

    expect(run).toHaveLostNothing();
    expect(run.messages.map(({ id, timesHandled, isIgnored }) => [id, timesHandled, isIgnored])).toEqual([
      ["a", 0, false],
      ["b", 0, true],
      ["c", 1, false],
    ]);
  });

  it("shows what whole() came to, message by message", async () => {
    const handler = wrap(whole(sqs()), async ({ items, fail }) => {
      for (const item of items) if (item.body === "b") fail(item, new Error("no stock"));
    });
    const run = await simulateSqs(handler, { messages, maxReceiveCount: 1 });

    expect(run.messages.map(({ id, fate, timesHandled }) => [id, fate, timesHandled])).toEqual([
      ["a", "deleted", 1],
      ["b", "dead-lettered", 0],
      ["c", "deleted", 1],
    ]);
  });

  it("tells what a reply made come again without need, from what had to", async () => {
    const { handler, effects: told } = plain({ batchItemFailures: [{ itemIdentifier: "a" }] });
    const run = await simulateSqs(handler, {
      messages,
      effects: told,
      maxReceiveCount: 2,
      faults: [{ kind: "lose-reply", invocations: [1] }],
    });

    expect(run.repeated.map(({ message: { id }, isForced }) => [id, isForced])).toEqual([
      ["a", false],
      ["b", true],
      ["c", true],
    ]);
    expect(() => expect(run).toHaveHandledNothingTwice()).toThrow("a was handled 2 times");
    expect(() => expect(run).toHaveRepeatedOnlyWhatItMust()).toThrow(/a was handled, and the reply made it come again/);
  });

  it("ends a handler that hangs at the timeout, at once", async () => {
    const before = performance.now();
    const run = await simulateSqs(() => new Promise<never>(() => {}), {
      messages,
      timeoutMs: 900_000,
      visibilityTimeoutMs: 900_000,
      maxReceiveCount: 1,
    });

    expect(run.invocations).toMatchObject([{ outcome: "timed out", startedAtMs: 0, endedAtMs: 900_000 }]);
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  it("lets abandoned work wake up when its environment is used again", async () => {
    const woken: number[] = [];
    const handler = wrap(sqs(), async ({ body, receiveCount }) => {
      if (body === "slow" && receiveCount === 1) await sleep(10_000);
      woken.push(receiveCount);
    });
    const run = await simulateSqs(handler, {
      messages: [
        { id: "slow", body: "slow" },
        { id: "quick", body: "quick", afterMs: 20_000 },
      ],
      maximumConcurrency: 1,
    });

    expect(run.timeline.of("slow")).toMatch(/replied|rejected/);
    expect(run.messages[0]).toMatchObject({ timesHandled: 2, attempts: [{ delivery: 1, endedAtMs: 20_000 }, { delivery: 2 }] });
    expect(run).toHaveRepeatedOnlyWhatItMust();
  });

  it("ends work for good when the environment crashes", async () => {
    const run = await simulateSqs(
      wrap(sqs({ concurrency: 1 }), () => sleep(100)),
      { messages, faults: [{ kind: "crash", afterMs: 150, times: 1 }] },
    );

    expect(run.invocations).toMatchObject([
      { outcome: "crashed", environment: 1 },
      { outcome: "replied", environment: 2 },
    ]);
    expect(run.messages.map(({ timesHandled }) => timesHandled).toSorted((a, b) => a - b)).toEqual([1, 1, 2]);
    expect(run.messages.flatMap(({ attempts }) => attempts).filter(({ ended }) => ended === undefined)).toHaveLength(1);
  });

  it("retries a throttled batch, and drops it before the visibility timeout", async () => {
    const run = await simulateSqs(done, {
      messages: [{ id: "a", body: "" }],
      faults: [{ kind: "throttle", times: 8 }],
      maxReceiveCount: 3,
    });

    expect(run.timeline.entries.filter(({ what }) => what === "throttled").length).toBe(8);
    expect(run.messages).toMatchObject([{ fate: "deleted", deliveries: 1 }]);
    expect(run.durationMs).toBeGreaterThan(30_000);
  });

  it("runs as many invocations as the mapping's maximum, and throttles over the reserved concurrency", async () => {
    let running = 0;
    let most = 0;
    const handler = wrap(sqs(), async () => {
      most = Math.max(most, ++running);
      await sleep(1_000);
      running--;
    });
    const many = Array.from({ length: 40 }, (_, index) => ({ body: String(index) }));
    await simulateSqs(handler, { messages: many, batchSize: 1, maximumConcurrency: 7 });
    expect(most).toBe(7);
    most = 0;
    const run = await simulateSqs(handler, { messages: many, batchSize: 1, maximumConcurrency: 7, reservedConcurrency: 3 });
    expect(most).toBe(3);
    expect(run.timeline.toString()).toContain("throttled");
    expect(run).toHaveLostNothing();
  });

  it("gathers for the batching window, and splits at 6 MB", async () => {
    const sent = [0, 400, 800].map((afterMs) => ({ body: String(afterMs), afterMs }));
    const gathered = await simulateSqs(done, { messages: sent, batchingWindowMs: 1_000 });
    const large = await simulateSqs(done, {
      messages: Array.from({ length: 8 }, (_, index) => ({ body: `${index}${"x".repeat(1_000_000)}` })),
    });

    expect(gathered.invocations.map(({ ids, startedAtMs }) => [ids.length, startedAtMs])).toEqual([[3, 1_000]]);
    expect(large.invocations.map(({ ids }) => ids.length)).toEqual([6, 2]);
  });

  it("delivers duplicates, and deletes each copy by itself", async () => {
    const run = await simulateSqs(done, { messages, faults: [{ kind: "duplicate", ids: ["b"], times: 1 }] });

    expect(run.messages.map(({ timesHandled }) => timesHandled)).toEqual([1, 2, 1]);
    expect(run).toHaveRepeatedOnlyWhatItMust();
  });

  it("deletes what the filters do not let through", async () => {
    const run = await simulateSqs(done, {
      messages: [
        { id: "a", body: { kind: "order", total: 5 } },
        { id: "b", body: { kind: "order", total: 50 } },
        { id: "c", body: "text" },
      ],
      filters: [{ body: { kind: ["order"], total: [{ numeric: [">", 10] }] } }],
    });

    expect(run.messages.map(({ fate }) => fate)).toEqual(["filtered", "deleted", "filtered"]);
    expect(run).toHaveLostNothing();
  });

  it("says that it cannot tell what a plain function has lost", async () => {
    const run = await simulateSqs(async () => ({}), { messages });

    expect(() => run.lost).toThrow("effects()");
    expect(() => run.outOfOrder).toThrow("standard queue keeps no order");
  });

  it.for<{ readonly what: string; readonly options: Partial<Record<keyof SimulateSqsOptions, unknown>>; readonly says: string }>([
    { what: "no list", options: { messages: "a" }, says: "messages" },
    { what: "a batch over 10 without a window", options: { batchSize: 11 }, says: "batchingWindowMs" },
    { what: "a batch of none", options: { batchSize: 0 }, says: "batchSize" },
    { what: "a visibility timeout below the function's", options: { visibilityTimeoutMs: 2_999 }, says: "visibilityTimeoutMs" },
    { what: "two messages of one id", options: { messages: [messages[0], messages[0]] }, says: "id" },
    { what: "an unknown fault", options: { faults: [{ kind: "earthquake" }] }, says: "earthquake" },
    { what: "a probability over 1", options: { faults: [{ kind: "crash", probability: 2 }] }, says: "probability" },
    { what: "a FIFO queue's name", options: { queueName: "q.fifo" }, says: "queueName" },
    { what: "a filter for something else than the body", options: { filters: [{ attributes: {} }] }, says: "body" },
  ])("refuses $what", async ({ options, says }) => {
    await expect((async () => simulateSqs(done, { messages, ...options } as never))()).rejects.toThrow(says);
  });

  it("refuses a second simulation beside it, and faked timers", async () => {
    const first = simulateSqs(done, { messages });
    await expect(simulateSqs(done, { messages })).rejects.toThrow("while simulateSqs runs");
    await first;
    vi.useFakeTimers();
    await expect(simulateSqs(done, { messages })).rejects.toThrow("useRealTimers");
  });
});

async function inTurn<In, Out>(list: readonly In[], run: (one: In) => Promise<Out>): Promise<Out[]> {
  const out: Out[] = [];
  for (const one of list) out.push(await run(one));
  return out;
}
