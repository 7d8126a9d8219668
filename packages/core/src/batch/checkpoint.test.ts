import { lambdaContext } from "@lamella/testing";
import { describe, expect, it, vi } from "vitest";
import { stream, streamEvent } from "../../test/batches.ts";
import { context } from "../../test/messages.ts";
import { wrap } from "../index.ts";

/** Runs a stream of these keys, whose records fail where they say so, and gives what ran and what was reported. */
async function run(records: readonly string[], options: Parameters<typeof stream>[0] = {}) {
  const ran: string[] = [];
  const handler = wrap(stream(options), async ({ id }) => {
    ran.push(id);
    if (id.includes("bad")) throw new Error(id);
  });
  const reply = await handler(streamEvent(records), context).catch((error: unknown) => error);
  return { ran, reply };
}

describe("a stream", () => {
  it("reports the lowest record that failed, and starts nothing behind it", async () => {
    expect(await run(["a/1", "a/2", "a/3bad", "a/4", "b/5"])).toEqual({ ran: ["a/1", "a/2", "a/3bad"], reply: { again: ["a/3bad"] } });
  });

  it("names every record that comes again, where the service may take them literally", async () => {
    const records = ["a:1", "a:2bad", "b:3", "a:4", "b:5bad", "b:6"];

    expect(await run(records, { sharded: true, names: "all" })).toEqual({
      ran: ["a:1", "a:2bad", "b:3", "b:5bad"],
      reply: { again: ["a:2bad", "a:4", "b:5bad", "b:6"] },
    });
  });

  it("lets what stands before the checkpoint end, and lowers the checkpoint where it fails", async () => {
    const gate = Promise.withResolvers<void>();
    const ran: string[] = [];
    const handler = wrap(stream({ concurrency: 2 }), async ({ id }) => {
      ran.push(id);
      if (id === "b/2") await gate.promise;
      // A lane is free here, and takes the next.
      if (id === "c/3bad") {
        setImmediate(gate.resolve);
        throw new Error(id);
      }
      if (id === "b/2") throw new Error(id);
    });

    const reply = await handler(streamEvent(["a/1", "b/2", "c/3bad", "d/4"]), context);

    expect(ran).toEqual(["a/1", "b/2", "c/3bad"]);
    expect(reply).toEqual({ again: ["b/2"] });
  });

  it("starts records that wait before the checkpoint", async () => {
    const gate = Promise.withResolvers<void>();
    const ran: string[] = [];
    const handler = wrap(stream({ concurrency: 2 }), async ({ id }) => {
      ran.push(id);
      if (id === "a/1") await gate.promise;
      if (id === "b/3bad") {
        setImmediate(gate.resolve);
        throw new Error(id);
      }
    });

    expect(await handler(streamEvent(["a/1", "a/2", "b/3bad", "a/4"]), context)).toEqual({ again: ["b/3bad"] });
    expect(ran).toEqual(["a/1", "b/3bad", "a/2"]);
  });

  it.for([
    { what: "one at a time", concurrency: 1 },
    { what: "keys side by side", concurrency: 8 },
    { what: "all at once", concurrency: "unbounded" },
  ] as const)("keeps the order of each key, $what", async ({ concurrency }) => {
    const { ran } = await run(["a/1", "b/1", "a/2", "c/1", "b/2", "a/3"], { concurrency });

    for (const key of ["a", "b", "c"])
      expect(ran.filter((id) => id.startsWith(key))).toEqual(ran.filter((id) => id.startsWith(key)).toSorted());
    expect(ran).toHaveLength(6);
  });

  it("rejects when the first record fails, so that the batch is bisected", async () => {
    const { ran, reply } = await run(["a/1bad", "a/2", "a/3"]);

    expect(ran).toEqual(["a/1bad"]);
    expect(reply).toMatchObject({
      code: "LAMELLA_BATCH_FAILED",
      message: "All 3 records of stream come again, because the first failed. Failed with: Error, 2 × NotRunError. The batch comes again.",
    });
  });

  it("reports the first record when told to", async () => {
    expect((await run(["a/1bad", "a/2"], { whenAllFail: "report" })).reply).toEqual({ again: ["a/1bad"] });
  });

  it("goes on behind a record that counts as done", async () => {
    const { ran, reply } = await run(["a/1bad", "a/2", "a/3"], { onFailure: "ignore" });

    expect(ran).toEqual(["a/1bad", "a/2", "a/3"]);
    expect(reply).toEqual({ again: [] });
  });

  it("takes records of one name together: what stands before in it comes again, and what waits is not started", async () => {
    expect(await run(["a/1", "a/2#1", "a/2#2bad", "a/2#3", "a/3"])).toEqual({
      ran: ["a/1", "a/2#1", "a/2#2bad"],
      reply: { again: ["a/2"] },
    });
    expect((await run(["a/2#1", "a/2#2bad", "a/3"])).reply, "all of it comes again").toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
  });

  it("keeps a checkpoint a shard", async () => {
    const records = ["x:a/1", "x:a/2bad", "x:a/3", "y:a/1", "y:a/2", "z:a/1bad", "z:a/2"];

    expect(await run(records, { sharded: true })).toEqual({
      ran: ["x:a/1", "x:a/2bad", "y:a/1", "y:a/2", "z:a/1bad"],
      reply: { again: ["x:a/2bad", "z:a/1bad"] },
    });
    expect((await run(["x:a/1bad", "y:a/1bad", "y:a/2"], { sharded: true })).reply).toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
  });

  it.for([null, 5, "text"])("takes a record that is %j for one that failed, and rejects because it has no name", async (raw) => {
    const { Records } = streamEvent(["a/1"]);
    const ran: string[] = [];
    const handler = wrap(stream(), async ({ id }) => void ran.push(id));

    await expect(handler({ Records: [...Records, raw as never, ...streamEvent(["a/2"]).Records] }, context)).rejects.toMatchObject({
      message: expect.stringContaining("has no identifier to report"),
    });
    expect(ran).toEqual(["a/1"]);
  });

  it("tells of what was not started, with the cause", async () => {
    const told = vi.spyOn(console, "error").mockReturnValue();

    await run(["a/1", "a/2bad", "a/3"]);

    expect(told.mock.calls.map(([line, error]) => [line, (error as Error).name])).toEqual([
      ["[lamella] stream a/2bad failed (retry):", "Error"],
      ["[lamella] stream a/3 failed (unrun):", "NotRunError"],
    ]);
    expect(told.mock.calls[1]?.[1]).toMatchObject({ cause: new Error("a/2bad") });
  });

  it("reports the lowest record that was not started when the time is up", async () => {
    vi.useFakeTimers();
    const handler = wrap(stream({ softMs: 1_000 }), async () => new Promise((resolve) => setTimeout(resolve, 700)));

    const reply = handler(streamEvent(["a/1", "a/2", "a/3", "a/4"]), lambdaContext({ remainingMs: 3_000 }));
    await vi.advanceTimersByTimeAsync(2_900);

    expect(await reply).toEqual({ again: ["a/4"] });
    vi.useRealTimers();
  });
});
