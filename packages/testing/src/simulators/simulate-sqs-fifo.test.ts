import { setTimeout as sleep } from "node:timers/promises";
import { wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import type { SQSEvent } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { effects, simulateSqsFifo } from "./index.ts";
import "../matchers.ts";

const messages = ["a1", "b1", "a2", "a3", "b2"].map((id) => ({ id, body: id, groupId: id[0] as string }));

describe("simulateSqsFifo", () => {
  it("delivers each group in order, whatever fails", async () => {
    const failing = new Set(["a1", "b1"]);
    const handler = wrap(sqs(), async ({ body }) => {
      await sleep(10);
      if (failing.delete(body)) throw new Error("not yet");
    });
    const run = await simulateSqsFifo(handler, { messages });

    expect(run.handled.filter(({ key }) => key === "a").map(({ id }) => id)).toEqual(["a1", "a2", "a3"]);
    expect(run.handled.filter(({ key }) => key === "b").map(({ id }) => id)).toEqual(["b1", "b2"]);
    expect(run).toHaveLostNothing();
    expect(run).toHaveKeptOrder();
    expect(run).toHaveHandledNothingTwice();
  });

  it("gives nothing of a group while some of it is in flight, and goes on with other groups", async () => {
    const inFlight = new Map<string, number>();
    const handler = wrap(sqs(), async ({ groupId = "" }) => {
      inFlight.set(groupId, (inFlight.get(groupId) ?? 0) + 1);
      expect(inFlight.get(groupId)).toBe(1);
      await sleep(100);
      inFlight.set(groupId, 0);
    });
    const run = await simulateSqsFifo(handler, { messages, batchSize: 1 });

    expect(run.invocations.map(({ ids: [id], startedAtMs }) => [id?.[0], startedAtMs]).filter(([group]) => group === "a")).toEqual([
      ["a", 0],
      ["a", 100],
      ["a", 200],
    ]);
    expect(run).toHaveKeptOrder();
  });

  it("goes on with a group when its first message went to the dead-letter queue", async () => {
    const handler = wrap(sqs(), async ({ body }) => {
      if (body === "a1") throw new Error("poison");
    });
    const run = await simulateSqsFifo(handler, { messages, batchSize: 1, maxReceiveCount: 2 });

    expect(run.deadLettered.map(({ id }) => id)).toEqual(["a1"]);
    expect(run.handled.map(({ id }) => id).filter((id) => id.startsWith("a"))).toEqual(["a2", "a3"]);
    expect(run).toHaveKeptOrder();
  });

  it("takes no second message of one deduplication id within 5 minutes", async () => {
    const run = await simulateSqsFifo(
      wrap(sqs(), () => {}),
      {
        messages: [
          { id: "1", body: "same", groupId: "g" },
          { id: "2", body: "same", groupId: "g", afterMs: 299_999 },
          { id: "3", body: "same", groupId: "g", afterMs: 300_000 },
          { id: "4", body: "same", groupId: "g", deduplicationId: "own" },
        ],
      },
    );

    expect(run.messages.map(({ fate }) => fate)).toEqual(["deleted", "deduplicated", "deleted", "deleted"]);
  });

  it("finds a function that goes on with a group behind a failure", async () => {
    const done = effects();
    const handler = async ({ Records }: SQSEvent) => {
      const failed = Records.filter(({ body, attributes }) => body === "a1" && attributes.ApproximateReceiveCount === "1");
      for (const { messageId } of Records.filter((record) => !failed.includes(record))) done.record(messageId);
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    };
    const run = await simulateSqsFifo(handler, { messages, effects: done, seed: 5 });

    expect(run).toHaveLostNothing();
    expect(() => expect(run).toHaveKeptOrder()).toThrow(/in a: a[23] was started before a1 was settled/);
  });

  it("finds abandoned work that wakes up behind its own redelivery", async () => {
    const slowAtFirst = () =>
      wrap(sqs({ onStuck: "report" }), async ({ body, receiveCount }) => {
        if (body === "a1" && receiveCount === 1) await sleep(60_000);
      });
    const run = await simulateSqsFifo(slowAtFirst(), {
      messages: [...messages, { id: "a4", body: "a4", groupId: "a", afterMs: 70_000 }],
      maximumConcurrency: 1,
    });

    expect(() => expect(run).toHaveKeptOrder()).toThrow("was still at work");
  });

  it("finds no such work where an ordered source leaves it to the timeout", async () => {
    const handler = wrap(sqs(), async ({ body, receiveCount }) => {
      if (body === "a1" && receiveCount === 1) await sleep(60_000);
    });
    const run = await simulateSqsFifo(handler, {
      messages: [...messages, { id: "a4", body: "a4", groupId: "a", afterMs: 70_000 }],
      maximumConcurrency: 1,
    });

    expect(run.invocations[0]).toMatchObject({ outcome: "timed out" });
    expect(run).toHaveKeptOrder();
    expect(run).toHaveLostNothing();
  });

  it("refuses what a FIFO queue's mapping has not", () => {
    const handler = wrap(sqs(), () => {});

    expect(() => simulateSqsFifo(handler, { messages, batchSize: 11 })).toThrow("batchSize");
    expect(() => simulateSqsFifo(handler, { messages, queueName: "q" })).toThrow(".fifo");
    expect(() => simulateSqsFifo(handler, { messages, faults: [{ kind: "duplicate" }] })).toThrow("duplicate");
  });
});
