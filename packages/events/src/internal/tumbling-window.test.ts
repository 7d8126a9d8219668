import { answer, layer, whole, wrap } from "@lamella/core";
import { kinesisWindowEvent, lambdaContext } from "@lamella/testing";
import { kinesisFixture } from "@lamella/testing/fixtures";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { kinesis } from "../kinesis.ts";

const context = lambdaContext();
const Click = z.object({ page: z.string() });

describe("a tumbling window", () => {
  const Totals = z.object({ clicks: z.number().default(0) });
  const event = (...names: string[]) => kinesisWindowEvent(names.map((page) => ({ data: { page } })));
  const counting = wrap(whole(kinesis({ data: Click, state: Totals })), async ({ items, state }) => ({
    clicks: state.clicks + items.length,
  }));

  it("carries the state from one invocation to the next, and to the last one, which has no records", async () => {
    const seen: unknown[] = [];
    const handler = wrap(
      whole(kinesis({ data: Click, state: Totals })),
      async ({ items, state, window, isFinal, isTerminatedEarly, shardId }) => {
        seen.push([items.length, state.clicks, isFinal, isTerminatedEarly, shardId, window]);
        return { clicks: state.clicks + items.length };
      },
    );
    const clicks = [{ data: { page: "/" } }, { data: { page: "/about" } }];
    const first = await handler(kinesisWindowEvent(clicks), context);
    const second = await handler(kinesisWindowEvent(clicks, { state: first.state }), context);
    const last = await handler(kinesisWindowEvent([], { state: second.state, isFinal: true, isTerminatedEarly: true }), context);

    expect([first, second, last]).toEqual([2, 4, 4].map((count) => ({ state: { clicks: count }, batchItemFailures: [] })));
    const window = { start: new Date("2026-01-31T12:00:00Z"), end: new Date("2026-01-31T12:02:00Z") };
    expect(seen).toEqual([
      [2, 0, false, false, "shardId-000000000000", window],
      [2, 2, false, false, "shardId-000000000000", window],
      [0, 4, true, true, "shardId-000000000000", window],
    ]);
  });

  it.for([{ state: undefined }, { state: null }, { state: {} }])("starts with the initial state when $state came", async ({ state }) => {
    const initialState = vi.fn(() => ({ clicks: 10 }));
    const handler = wrap(whole(kinesis({ state: Totals, initialState })), async ({ state: { clicks } }) => ({ clicks: clicks + 1 }));

    expect(await handler({ ...event("/"), state } as never, context)).toMatchObject({ state: { clicks: 11 } });
    expect(await handler(kinesisWindowEvent([], { state: { clicks: 1 } }), context)).toMatchObject({ state: { clicks: 2 } });
    expect(initialState).toHaveBeenCalledTimes(1);
  });

  it("takes asynchronous schemas", async () => {
    const later = z.object({ clicks: z.number().refine(async () => true) });
    const handler = wrap(whole(kinesis({ data: Click.refine(async () => true), state: later })), async ({ items, state }) => ({
      clicks: state.clicks + items.length,
    }));

    expect(await handler(kinesisWindowEvent([{ data: { page: "/" } }], { state: { clicks: 1 } }), context)).toMatchObject({
      state: { clicks: 2 },
    });
  });

  it.for([{ state: { clicks: "many" } }, { state: "text" }, { state: 5 }])(
    "rejects with a state of $state, before the handler, whatever onFailure says",
    async ({ state }) => {
      const inner = vi.fn(async () => ({ clicks: 0 }));
      const onFailure = vi.fn(() => "ignore" as const);
      const handler = wrap(whole(kinesis({ state: Totals, onFailure })), inner);

      await expect(handler({ ...event("/"), state } as never, context)).rejects.toMatchObject({
        code: "LAMELLA_BATCH_FAILED",
        errors: [expect.objectContaining({ code: "LAMELLA_PAYLOAD", part: "state" })],
      });
      await expect(handler({ ...kinesisWindowEvent([]), state } as never, context)).rejects.toMatchObject({ code: "LAMELLA_PAYLOAD" });
      expect(inner).not.toHaveBeenCalled();
      expect(onFailure).not.toHaveBeenCalled();
    },
  );

  it.for([
    {
      what: "throws",
      act: () => Promise.reject(new Error("down")),
      error: { code: "LAMELLA_BATCH_FAILED", errors: [new Error("down"), new Error("down")] },
    },
    { what: "returns nothing", act: async () => undefined, error: { code: "LAMELLA_OUTPUT" } },
    { what: "returns a list", act: async () => [], error: { code: "LAMELLA_OUTPUT" } },
  ])("rejects when the handler $what, although onFailure would ignore it, so that the state stays", async ({ act, error }) => {
    const handler = wrap(whole(kinesis({ state: Totals, onFailure: "ignore" })), act as never);

    await expect(handler(event("/", "/about"), context)).rejects.toMatchObject(error);
  });

  it("rejects with the handler's own error when the last invocation fails, and tells of it", async () => {
    const report = vi.fn();
    const handler = wrap(whole(kinesis({ state: Totals })), { name: "reporting", hooks: { report } }, async () =>
      Promise.reject(new Error("down")),
    );

    await expect(handler(kinesisWindowEvent([], { isFinal: true }), context)).rejects.toThrow("down");
    expect(report).toHaveBeenCalledWith([expect.objectContaining({ error: new Error("down"), fate: "rejected" })], context);
  });

  it.for([
    { what: "a payload that does not fit", pages: ["/", 5, "/about"], bad: undefined },
    { what: "a record that the handler fails", pages: ["/", "/bad", "/about"], bad: "/bad" },
  ])("rejects with $what, so that all records come again with the state from before", async ({ pages, bad }) => {
    const inner = vi.fn();
    const handler = wrap(whole(kinesis({ data: Click, state: Totals })), async ({ items, state, fail }) => {
      inner();
      for (const item of items) if (item.data.page === bad) fail(item, new Error("bad"));
      return state;
    });

    await expect(handler(kinesisWindowEvent(pages.map((page) => ({ data: { page } }))), context)).rejects.toMatchObject({
      code: "LAMELLA_BATCH_FAILED",
    });
    expect(inner, "is not called only to be called again").toHaveBeenCalledTimes(bad === undefined ? 0 : 1);
  });

  it("leaves out payloads that count as done, also when nothing else is left", async () => {
    const handler = wrap(whole(kinesis({ data: Click, state: Totals, onFailure: "ignore" })), async ({ items, state }) => ({
      clicks: state.clicks + items.length,
    }));

    expect(await handler(kinesisWindowEvent([{ data: { page: "/" } }, { data: "bad" }], { state: { clicks: 1 } }), context)).toMatchObject({
      state: { clicks: 2 },
    });
    expect(await handler(kinesisWindowEvent([{ data: "bad" }], { state: { clicks: 1 } }), context)).toMatchObject({ state: { clicks: 1 } });
  });

  it("takes what a layer answers for the state", async () => {
    const skip = layer("skip", async () => answer({ clicks: 99 }));

    expect(await wrap(whole(kinesis({ state: Totals })), skip, async ({ state }) => state)(event("/"), context)).toMatchObject({
      state: { clicks: 99 },
    });
  });

  it("gives no reply when the handler is stuck, so that no state is lost", async () => {
    vi.useFakeTimers();
    const handler = wrap(whole(kinesis({ state: Totals })), async () => new Promise<never>(() => {}));
    const settled = vi.fn();
    handler(event("/"), lambdaContext({ remainingMs: 3_000 })).then(settled, settled);
    await vi.advanceTimersByTimeAsync(3_000);

    expect(settled).not.toHaveBeenCalled();
    vi.useRealTimers();
  });

  it("takes an aggregate apart", async () => {
    const handled = await counting(kinesisWindowEvent([{ aggregate: [{ data: { page: "/" } }, { data: { page: "/about" } }] }]), context);

    expect(handled.state).toEqual({ clicks: 2 });
  });

  it("is refused by a source without a state, which would lose it, and the other way round", async () => {
    await expect(wrap(kinesis(), async () => {})(event("/"), context)).rejects.toMatchObject({
      code: "LAMELLA_WRONG_EVENT",
      message: expect.stringContaining("outside of a tumbling window, for which there is whole(kinesis({ state }))"),
    });
    await expect(wrap(whole(kinesis()), async () => {})(event("/"), context)).rejects.toMatchObject({ code: "LAMELLA_WRONG_EVENT" });
    await expect(counting(kinesisFixture as never, context)).rejects.toMatchObject({
      code: "LAMELLA_WRONG_EVENT",
      message: expect.stringContaining("of a tumbling window (window, state)"),
    });
  });

  it("is told by the ARN of the event where it has no records", () => {
    const { accepts } = whole(kinesis({ state: Totals }));
    const last = kinesisWindowEvent([], { isFinal: true });

    expect(accepts(last)).toBe(true);
    expect(accepts({ ...last, eventSourceARN: "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/1" })).toBe(false);
  });

  it("throws at load without whole, because a handler of single records has no state to return", () => {
    expect(() => wrap(kinesis({ state: Totals }) as never, async () => {})).toThrow("kinesis({ state }) must stand in whole(…)");
  });
});
