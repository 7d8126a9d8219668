import { final, text, whole, wrap } from "@lamella/core";
import { kinesisEvent, lambdaContext } from "@lamella/testing";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { named, run } from "../test/shard.ts";
import { type KinesisStreamRecord, kinesis } from "./kinesis.ts";

const context = lambdaContext();
const Click = z.object({ page: z.string() });

describe("a batch of a shard", () => {
  it("reports the record that failed in the middle alone, and starts nothing behind it", async () => {
    expect(await run(["a1", "b2", "a3bad", "b4", "a5"])).toMatchObject({
      ran: ["a1", "b2", "a3bad"],
      reported: ["3"],
      fates: ["done", "done", "retry", "unrun", "unrun"],
    });
  });

  it("rejects when the first record failed, so that Lambda counts an error and bisects the batch", async () => {
    const { ran, error } = await run(["a1bad", "b2"]);

    expect(ran).toEqual(["a1bad"]);
    expect(error).toMatchObject({ code: "LAMELLA_BATCH_FAILED", errors: [new Error("a1bad"), { code: "LAMELLA_NOT_RUN" }] });
    expect(await run(["a1bad", "b2"], { whenAllFail: "report" })).toMatchObject({ reported: ["1"] });
  });

  it("isolates a poison record by bisecting, and loses no other", async () => {
    const done: string[] = [];
    /** What Lambda does with BisectBatchOnFunctionError, and one record left over after its retries. */
    const deliver = async (names: readonly string[]): Promise<void> => {
      const { ran, reported, error } = await run(names);
      if (error === undefined && reported?.length === 0) return void done.push(...ran);
      if (names.length === 1) return;
      const checkpoint = error === undefined ? Number(reported?.[0]) - 1 : Math.ceil(names.length / 2);
      if (error === undefined) done.push(...names.slice(0, checkpoint));
      else await deliver(names.slice(0, checkpoint));
      await deliver(names.slice(checkpoint));
    };
    await deliver(["a1", "a2", "a3bad", "a4", "a5", "a6", "a7bad", "a8"]);

    expect(done).toEqual(["a1", "a2", "a4", "a5", "a6", "a8"]);
  });

  it.for([
    { verdict: "ignore", ran: ["a1bad", "a2", "a3bad", "a4"], reported: [] },
    { verdict: "retry", ran: ["a1bad"], reported: undefined },
  ] as const)("goes on as onFailure says: $verdict", async ({ verdict, ...expected }) => {
    const onFailure = vi.fn((_error: unknown, _record: KinesisStreamRecord) => verdict);

    expect(await run(["a1bad", "a2", "a3bad", "a4"], { onFailure })).toMatchObject(expected);
    expect(onFailure.mock.calls[0]?.[1]).toMatchObject({ kinesis: { sequenceNumber: "1" } });
  });

  it("goes on behind a record that is final", async () => {
    const handler = wrap(kinesis({ data: text() }), async ({ data }) => {
      if (data === "a1") throw final("never");
    });

    expect(await handler(named(["a1", "a2"]), context)).toEqual({ batchItemFailures: [] });
  });

  it("runs keys side by side, each in its order, and stops before what would only be run again", async () => {
    const running = new Set<string>();
    const ran: string[] = [];
    let most = 0;
    const handler = wrap(kinesis({ data: text(), concurrency: 2 }), async ({ data, partitionKey }) => {
      expect(running.has(partitionKey), "two of one key").toBe(false);
      running.add(partitionKey);
      most = Math.max(most, running.size);
      ran.push(data);
      await new Promise((resolve) => setImmediate(resolve));
      running.delete(partitionKey);
      if (data.includes("bad")) throw new Error(data);
    });

    expect(await handler(named(["a1", "a2", "b3", "a4", "b5bad", "a6", "c7"]), context)).toEqual({
      batchItemFailures: [{ itemIdentifier: "5" }],
    });
    expect(most).toBe(2);
    expect(ran.filter((name) => name.startsWith("a")).slice(0, 3)).toEqual(["a1", "a2", "a4"]);
    expect(ran).not.toContain("c7");
  });

  it("starts nothing more at the soft moment, and reports the first that did not start", async () => {
    vi.useFakeTimers();
    const ran: string[] = [];
    const handler = wrap(kinesis({ data: text(), softMs: 1_000 }), async ({ data }) => {
      ran.push(data);
      await new Promise((resolve) => setTimeout(resolve, 900));
    });
    const reply = handler(named(["a1", "a2", "a3", "a4"]), lambdaContext({ remainingMs: 2_500 }));
    await vi.advanceTimersByTimeAsync(2_000);

    expect(await reply).toEqual({ batchItemFailures: [{ itemIdentifier: "3" }] });
    expect(ran).toEqual(["a1", "a2"]);
    vi.useRealTimers();
  });

  it.for([
    { onStuck: undefined, gives: "no reply" },
    { onStuck: "report" as const, gives: { batchItemFailures: [{ itemIdentifier: "2" }] } },
  ])("gives $gives at the hard moment while a record runs, with onStuck $onStuck", async ({ onStuck, gives }) => {
    vi.useFakeTimers();
    const handler = wrap(kinesis({ data: text(), softMs: 1_000, hardMs: 200, onStuck }), async ({ data }) => {
      if (data === "a2") await new Promise(() => {});
    });
    let settled: unknown = "no reply";
    void handler(named(["a1", "a2", "a3"]), lambdaContext({ remainingMs: 3_000 })).then((reply) => (settled = reply));
    await vi.advanceTimersByTimeAsync(3_000);

    expect(settled).toEqual(gives);
    vi.useRealTimers();
  });

  it("has room for two invocations at once", async () => {
    const gate = Promise.withResolvers<void>();
    const handler = wrap(kinesis({ data: text() }), async ({ data }) => {
      if (data === "a1") await gate.promise;
      if (data.includes("bad")) throw new Error(data);
    });
    const slow = handler(named(["a1", "a2"]), context);

    expect(await handler(named(["b1", "b2bad"]), context)).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
    gate.resolve();
    expect(await slow).toEqual({ batchItemFailures: [] });
  });

  it("sets payloads apart for whole, with all that is behind them", async () => {
    const seen: string[] = [];
    const handler = wrap(whole(kinesis({ data: Click })), async ({ items }) => void seen.push(...items.map(({ data }) => data.page)));
    const event = kinesisEvent([{ data: { page: "/1" } }, { data: "no JSON", sequenceNumber: "2" }, { data: { page: "/3" } }]);

    expect(await handler(event, context)).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
    expect(seen).toEqual(["/1"]);
  });
});
