import { describe, expect, it } from "vitest";
import { streamEvent, topic, transform } from "../../test/batches.ts";
import { context } from "../../test/messages.ts";
import { answer, final, layer, wrap } from "../index.ts";

describe("a service that wants an answer to each record", () => {
  it("gets what each handler returned, and what became of those that failed, in the order of the batch", async () => {
    const handler = wrap(transform({ concurrency: 4 }), async ({ id }) => {
      if (id === "bad") throw new Error("no");
      if (id === "final") throw final("never");
      return id.length;
    });

    expect(await handler(streamEvent(["a", "bad", "ccc", "final"]), context)).toEqual([
      ["a", "ok", 2],
      ["bad", "retry", undefined],
      ["ccc", "ok", 6],
      ["final", "ignore", undefined],
    ]);
  });

  it.for([
    { around: "no layer", layers: [] },
    { around: "a layer", layers: [layer("around", async (_item, _ctx, next) => next())] },
  ])("fails only the record whose handler returns what cannot be answered, with $around", async ({ layers }) => {
    const handler = (wrap as (...args: readonly unknown[]) => ReturnType<typeof wrap>)(
      transform(),
      ...layers,
      async ({ id }: { id: string }) => (id === "odd" ? "text" : 1),
    );

    expect(await handler(streamEvent(["a", "odd", "b"]) as never, context)).toEqual([
      ["a", "ok", 2],
      ["odd", "retry", undefined],
      ["b", "ok", 2],
    ]);
  });

  it("gets what a layer answered, through the source", async () => {
    const cached = layer("cached", async ({ id }: { readonly id: string }, _ctx, next) => (id === "a" ? answer(21) : next()));

    expect(await wrap(transform(), cached, async () => 1)(streamEvent(["a", "b"]), context)).toEqual([
      ["a", "ok", 42],
      ["b", "ok", 2],
    ]);
  });

  it("is not answered when nothing succeeded, so that it comes again", async () => {
    const fails = async (): Promise<number> => {
      throw new Error("no");
    };

    await expect(wrap(transform(), fails)(streamEvent(["a", "b"]), context)).rejects.toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
    expect(await wrap(transform({ whenAllFail: "report" }), fails)(streamEvent(["a"]), context)).toEqual([["a", "retry", undefined]]);
    expect(await wrap(transform(), fails)(streamEvent([]), context)).toEqual([]);
  });

  it.for([
    { when: "one failed that no answer stands for", ids: ["a", "again", "b"], again: true },
    { when: "others failed", ids: ["a", "bad", "b"], again: false },
  ])("comes again as a whole: $again, when $when", async ({ ids, again }) => {
    const source = transform({ whenAllFail: "report" }, ({ error }) => (error as Error).message === "again");
    const handler = wrap(source, async ({ id }) => {
      if (id.length > 1) throw new Error(id);
      return 1;
    });
    const reply = handler(streamEvent(ids), context);

    if (again)
      await expect(reply).rejects.toMatchObject({ message: expect.stringContaining("1 of 3 records of transform have to come again") });
    else expect(await reply).toHaveLength(3);
  });

  it("comes again as a whole when a record that succeeded has no name to answer", async () => {
    const handler = wrap(transform(), async () => 1);

    await expect(handler({ Records: [{ id: "a" }, { id: undefined as never }] }, context)).rejects.toMatchObject({
      message: "A record of transform failed that has no identifier to report. The batch comes again.",
    });
  });

  it("comes again as a whole when a record has no name to answer", async () => {
    const handler = wrap(transform(), async () => 1);

    await expect(handler({ Records: [{ id: "a" }, null as never] }, context)).rejects.toMatchObject({
      message: expect.stringContaining("has no identifier to report"),
    });
  });
});

describe("a service without partial replies", () => {
  it("is rejected when one record fails, after the others have run, with every cause", async () => {
    const ran: string[] = [];
    const handler = wrap(topic(), async ({ id }) => {
      ran.push(id);
      if (id.startsWith("bad")) throw new Error(id);
    });

    await expect(handler(streamEvent(["a", "bad 1", "b", "bad 2"]), context)).rejects.toMatchObject({
      code: "LAMELLA_BATCH_FAILED",
      message: "2 of 4 records of topic failed, and it takes no partial reply. Failed with: 2 × Error. The batch comes again.",
      errors: [new Error("bad 1"), new Error("bad 2")],
    });
    expect(ran).toEqual(["a", "bad 1", "b", "bad 2"]);
  });

  it.for(["throw", "report"] as const)("is never told of success where a record comes again (whenAllFail: %s)", async (whenAllFail) => {
    const handler = wrap(topic({ whenAllFail }), async () => {
      throw new Error("no");
    });

    await expect(handler(streamEvent(["a"]), context)).rejects.toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
  });

  it("succeeds when all succeed or count as done", async () => {
    const handler = wrap(topic({ onFailure: "ignore" }), async ({ id }) => {
      if (id === "bad") throw new Error("no");
    });

    expect(await handler(streamEvent(["a", "bad"]), context)).toBeUndefined();
  });
});
