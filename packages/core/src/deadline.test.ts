import { sqs } from "@lamella/events/sqs";
import { lambdaContext, sqsEvent, testing } from "@lamella/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type DeadlineOptions, direct, final, layer, layers, whole, wrap } from "./index.ts";

const after = <T>(ms: number, value: T): Promise<T> => new Promise((resolve) => setTimeout(() => resolve(value), ms));
const codeOf = (error: { readonly code?: unknown }) => error.code;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a single item", () => {
  it.for([
    { when: "the work ends 1 ms before the hard stop", workMs: 2_799, gives: "done" },
    { when: "the work ends 1 ms after the hard stop", workMs: 2_801, gives: "LAMELLA_DEADLINE_EXCEEDED" },
  ])("gives $gives when $when", async ({ workMs, gives }) => {
    const handler = wrap(direct<string, string>({ hardMs: 200 }), () => after(workMs, "done"));

    const outcome = handler("event", lambdaContext({ remainingMs: 3_000 })).catch(codeOf);
    await vi.advanceTimersByTimeAsync(workMs);

    expect(await outcome).toBe(gives);
    expect(vi.getTimerCount(), "a timer outlived the invocation").toBe(0);
  });

  it.for([
    { remainingMs: 900_000, options: {}, abortsAtMs: 810_000, why: "a tenth" },
    { remainingMs: 3_000, options: {}, abortsAtMs: 2_000, why: "at least 1,000" },
    { remainingMs: 1_000, options: {}, abortsAtMs: 500, why: "at most half" },
    { remainingMs: 3_000, options: { softMs: 2_500 }, abortsAtMs: 500, why: "as told" },
    { remainingMs: 3_000, options: { hardMs: 1_500 }, abortsAtMs: 1_500, why: "not later than the hard stop" },
  ] satisfies { options: DeadlineOptions; [key: string]: unknown }[])(
    "aborts the signal at $abortsAtMs of $remainingMs ms with $options: $why",
    async ({ remainingMs, options, abortsAtMs }) => {
      let signal: AbortSignal | undefined;
      const handler = wrap(direct<string, string>(options), (_event, ctx) => {
        signal = ctx.signal;
        return after(abortsAtMs + 1, "done");
      });

      const outcome = handler("event", lambdaContext({ remainingMs })).catch(codeOf);
      await vi.advanceTimersByTimeAsync(abortsAtMs - 1);
      expect(signal?.aborted).toBe(false);
      await vi.advanceTimersByTimeAsync(1);

      expect(signal?.aborted).toBe(true);
      expect(signal?.reason).toMatchObject({ code: "LAMELLA_DEADLINE_EXCEEDED", remainingMs: remainingMs - abortsAtMs });
      await vi.advanceTimersByTimeAsync(remainingMs);
      await outcome;
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it("gives an aborted signal to those who ask late", async () => {
    const handler = wrap(direct<string, boolean>(), async (_event, ctx) => {
      await after(2_100, undefined);
      return ctx.signal.aborted;
    });

    const outcome = handler("event", lambdaContext({ remainingMs: 3_000 }));
    await vi.advanceTimersByTimeAsync(2_100);

    expect(await outcome).toBe(true);
  });

  it("tells how much time is left, and whether work still fits before the signal", async () => {
    const handler = wrap(direct<string>(), async (_event, { deadline: { remainingMs, has } }) => {
      await after(1_000, undefined);
      return [remainingMs(), has(1_000), has(1_001)];
    });

    const outcome = handler("event", lambdaContext({ remainingMs: 3_000 }));
    await vi.advanceTimersByTimeAsync(1_000);

    expect(await outcome).toEqual([2_000, true, false]);
  });

  it("unwinds the layers around a handler that is given up", async () => {
    const seen: unknown[] = [];
    const watch = layer("watch", async (_item, _ctx, next) =>
      next().catch((error: unknown) => {
        seen.push((error as Error).name);
        throw error;
      }),
    );
    const handler = wrap(direct(), watch, () => new Promise(() => {}));

    const outcome = handler("event", lambdaContext({ remainingMs: 3_000 })).catch(codeOf);
    await vi.advanceTimersByTimeAsync(2_800);

    expect(await outcome).toBe("LAMELLA_DEADLINE_EXCEEDED");
    expect(seen).toEqual(["DeadlineExceededError"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("rejects in time also when a layer is stuck before or after the handler", async () => {
    const stuck = layer("stuck", () => new Promise<never>(() => {}));
    const stuckAfter = layer("stuckAfter", async (_item, _ctx, next) => next().finally(() => new Promise(() => {})));

    const outcomes = [stuck, stuckAfter].map((each) =>
      wrap(direct(), each, async () => "done")("event", lambdaContext({ remainingMs: 3_000 })).catch(codeOf),
    );
    await vi.advanceTimersByTimeAsync(2_850);

    expect(await Promise.all(outcomes)).toEqual(["LAMELLA_DEADLINE_EXCEEDED", "LAMELLA_DEADLINE_EXCEEDED"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.for(["resolves", "rejects"])("takes no notice of abandoned work that $0 late", async (how) => {
    const handler = wrap(direct<string, string>(), () =>
      after(2_900, "late").then((value) => (how === "rejects" ? Promise.reject(new Error("late")) : value)),
    );

    const outcome = handler("event", lambdaContext({ remainingMs: 3_000 })).catch(codeOf);
    await vi.advanceTimersByTimeAsync(3_000);

    // An unhandled rejection would fail the run.
    expect(await outcome).toBe("LAMELLA_DEADLINE_EXCEEDED");
  });

  it("does not start when less is left than the reserve", async () => {
    const inner = vi.fn(async () => "done");
    const handler = wrap(direct({ softMs: 2_000 }), inner);

    await expect(handler("event", lambdaContext({ remainingMs: 2_000 }))).rejects.toMatchObject({ code: "LAMELLA_DEADLINE_EXCEEDED" });
    expect(inner).not.toHaveBeenCalled();
    expect(await handler("event", lambdaContext({ remainingMs: 2_001 }))).toBe("done");
  });

  it("runs with the default reserve however little is left", async () => {
    expect(await wrap(direct(), async () => "done")("event", lambdaContext({ remainingMs: 1 }))).toBe("done");
  });

  it("leaves no timer behind an invocation that a layer answers or that fails at once", async () => {
    const handler = wrap(direct(), async () => Promise.reject(new Error("no")));

    await handler("event", lambdaContext()).catch(() => {});
    await vi.advanceTimersByTimeAsync(0);

    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a batch", () => {
  const messages = (...ids: string[]) => ids.map((id) => ({ id, body: "" }));
  const works: Record<string, number> = { fast: 10, slow: 2_500, stuck: 1e9 };
  const work = ({ id }: { readonly id: string }) => after(works[id.split(" ")[0] as string] ?? 0, undefined);

  it("reports what is stuck at the hard stop and what was not started, and keeps the rest", async () => {
    const handler = wrap(sqs({ concurrency: 3 }), work);

    const reply = handler(sqsEvent(messages("fast", "stuck", "slow", "stuck 2", "unrun", "fast 2")), lambdaContext({ remainingMs: 3_000 }));
    await vi.advanceTimersByTimeAsync(2_799);
    await vi.advanceTimersByTimeAsync(1);

    expect((await reply).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(["stuck", "stuck 2", "unrun", "fast 2"]);
    expect(vi.getTimerCount()).toBe(3 - 1);
  });

  it("starts nothing after the soft stop, and replies as soon as what runs is done", async () => {
    const started: string[] = [];
    const handler = wrap(sqs({ concurrency: 1 }), (message) => {
      started.push(message.id);
      return work(message);
    });

    const reply = handler(sqsEvent(messages("slow", "unrun")), lambdaContext({ remainingMs: 3_000 }));
    await vi.advanceTimersByTimeAsync(2_500);

    expect(await reply).toEqual({ batchItemFailures: [{ itemIdentifier: "unrun" }] });
    expect(started).toEqual(["slow"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("unwinds the layers around stuck items before it replies", async () => {
    const seen: string[] = [];
    const watch = layer("watch", async (_item, { delivery }, next) => next().finally(() => seen.push(delivery.id)));

    const reply = wrap(sqs(), watch, work)(sqsEvent(messages("stuck", "fast")), lambdaContext({ remainingMs: 3_000 }));
    await vi.advanceTimersByTimeAsync(2_800);

    expect(await reply).toEqual({ batchItemFailures: [{ itemIdentifier: "stuck" }] });
    expect(seen).toEqual(["fast", "stuck"]);
  });

  it("replies soon also when a layer is stuck around a stuck item", async () => {
    const stuck = layer("stuck", async (_item, _ctx, next) => next().finally(() => new Promise(() => {})));

    const reply = wrap(sqs({ whenAllFail: "report" }), stuck, async () => {})(
      sqsEvent(messages("a")),
      lambdaContext({ remainingMs: 3_000 }),
    );
    await vi.advanceTimersByTimeAsync(2_849);
    await vi.advanceTimersByTimeAsync(1);

    expect(await reply).toEqual({ batchItemFailures: [{ itemIdentifier: "a" }] });
  });

  it("does not reply for an ordered batch while something is stuck, and tells what was", async () => {
    const handler = wrap(sqs(), work);
    let replied = false;

    const reply = handler(
      sqsEvent(
        [
          { id: "stuck", body: "", groupId: "a" },
          { id: "fast", body: "", groupId: "b" },
        ],
        { queueName: "q.fifo" },
      ),
      lambdaContext({ remainingMs: 3_000 }),
    );
    void reply.finally(() => (replied = true));
    await vi.advanceTimersByTimeAsync(10_000);

    expect(replied).toBe(false);
    expect(vi.mocked(console.error).mock.calls.flat()).toContainEqual(expect.stringContaining("sqs stuck failed (retry)"));
  });

  it("replies for an ordered batch in which what runs at the hard stop is done before the timeout", async () => {
    const handler = wrap(sqs(), () => after(2_900, undefined));

    const reply = handler(sqsEvent(messages("a", "b"), { queueName: "q.fifo" }), lambdaContext({ remainingMs: 3_000 }));
    await vi.advanceTimersByTimeAsync(2_900);

    expect(await reply).toEqual({ batchItemFailures: [{ itemIdentifier: "b" }] });
  });

  it.for([
    { onStuck: "report", queueName: "q.fifo", replies: true },
    { onStuck: "timeout", queueName: "q", replies: false },
  ] as const)("with onStuck $onStuck replies for $queueName: $replies", async ({ onStuck, queueName, replies }) => {
    let replied = false;

    const reply = wrap(sqs({ onStuck, whenAllFail: "report" }), work)(
      sqsEvent(messages("stuck"), { queueName }),
      lambdaContext({ remainingMs: 3_000 }),
    );
    void reply.finally(() => (replied = true));
    await vi.advanceTimersByTimeAsync(10_000);

    expect(replied).toBe(replies);
  });

  it("starts nothing when less is left than the reserve", async () => {
    const inner = vi.fn(work);

    await expect(wrap(sqs({ softMs: 3_000 }), inner)(sqsEvent(messages("a")), lambdaContext({ remainingMs: 3_000 }))).rejects.toMatchObject(
      {
        code: "LAMELLA_BATCH_FAILED",
        errors: [expect.objectContaining({ code: "LAMELLA_DEADLINE_EXCEEDED" })],
      },
    );
    expect(inner).not.toHaveBeenCalled();
  });

  it("does not ask onFailure about items that the deadline cut short", async () => {
    const onFailure = vi.fn(() => "ignore" as const);
    const handler = wrap(sqs({ onFailure }), ({ id }, { signal }) =>
      id === "fast"
        ? undefined
        : new Promise<void>((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
    );

    const reply = handler(sqsEvent(messages("fast", "aborted")), lambdaContext({ remainingMs: 3_000 }));
    await vi.advanceTimersByTimeAsync(2_000);

    expect(await reply).toEqual({ batchItemFailures: [{ itemIdentifier: "aborted" }] });
    expect(onFailure).not.toHaveBeenCalled();
  });

  it("does not ask onFailure about what clients throw when the signal is aborted, but takes a final failure for what it is", async () => {
    const onFailure = vi.fn(() => "ignore" as const);
    const handler = wrap(sqs({ onFailure }), async ({ id }, { signal }) => {
      await after(id === "early" ? 100 : 2_100, signal);
      if (id === "final") throw final("no use");
      throw Object.assign(new Error("Request aborted"), { name: "AbortError" });
    });

    const reply = handler(sqsEvent(messages("early", "aborted", "final")), lambdaContext({ remainingMs: 3_000 }));
    await vi.advanceTimersByTimeAsync(2_100);

    expect(await reply).toEqual({ batchItemFailures: [{ itemIdentifier: "aborted" }] });
    expect(onFailure).toHaveBeenCalledTimes(2);
  });

  it("asks onFailure nothing about items that end after they were reported", async () => {
    const onFailure = vi.fn(() => "ignore" as const);
    const reply = wrap(sqs({ onFailure, concurrency: 2 }), ({ id }) =>
      after(id === "late" ? 2_900 : 1, undefined).then(() => (id === "late" ? Promise.reject(final("late")) : undefined)),
    )(sqsEvent(messages("late", "fast")), lambdaContext({ remainingMs: 3_000 }));
    await vi.advanceTimersByTimeAsync(5_000);

    expect(await reply).toEqual({ batchItemFailures: [{ itemIdentifier: "late" }] });
    expect(onFailure).not.toHaveBeenCalled();
  });

  it("tells what was given up from what was not started", async () => {
    const sent = testing(wrap(sqs({ concurrency: 2 }), work)).send(sqsEvent(messages("stuck", "slow", "unrun")), { remainingMs: 3_000 });
    await vi.advanceTimersByTimeAsync(2_850);

    expect((await sent).outcomes.map(({ fate }) => fate)).toEqual(["retry", "done", "unrun"]);
  });

  it("tells of the hard moment in the error of an item that is given up", async () => {
    const sent = testing(wrap(sqs(), work)).send(sqsEvent(messages("stuck", "fast")), { remainingMs: 3_000 });
    await vi.advanceTimersByTimeAsync(2_800);

    expect((await sent).outcomes).toMatchObject([{ fate: "retry", error: { remainingMs: 200 } }, { fate: "done" }]);
  });

  it("takes no notice of items that succeed while what failed is being reported", async () => {
    const slow = { name: "slow", hooks: { report: () => after(500, undefined) } };

    const reply = wrap(sqs(), slow, () => after(2_900, undefined))(sqsEvent(messages("late")), lambdaContext({ remainingMs: 3_000 })).catch(
      codeOf,
    );
    await vi.advanceTimersByTimeAsync(5_000);

    expect(await reply).toBe("LAMELLA_BATCH_FAILED");
  });

  it("takes no notice of items that settle after they were reported", async () => {
    const onFailure = vi.fn(() => "retry" as const);
    const handler = wrap(sqs({ onFailure }), ({ id }) =>
      after(id === "late" ? 2_900 : 1, undefined).then(() => (id === "late" ? Promise.reject(new Error("late")) : undefined)),
    );

    const reply = handler(sqsEvent(messages("late", "fast")), lambdaContext({ remainingMs: 3_000 }));
    await vi.advanceTimersByTimeAsync(5_000);

    expect(await reply).toEqual({ batchItemFailures: [{ itemIdentifier: "late" }] });
    expect(onFailure).not.toHaveBeenCalled();
  });

  it.for([{ preset: layers() }, { preset: layers(layer("through", async (_item, _ctx, next) => next())) }])(
    "reports a whole batch that is stuck",
    async ({ preset }) => {
      const reply = wrap(
        whole(sqs({ whenAllFail: "report" })),
        preset,
        () => new Promise(() => {}),
      )(sqsEvent(messages("a", "b")), lambdaContext({ remainingMs: 3_000 }));
      await vi.advanceTimersByTimeAsync(2_850);

      expect(await reply).toEqual({ batchItemFailures: [{ itemIdentifier: "a" }, { itemIdentifier: "b" }] });
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it("does not reply for a whole batch of a FIFO queue that is stuck, and tells what was in it", async () => {
    let replied = false;

    const reply = wrap(whole(sqs()), () => new Promise(() => {}))(
      sqsEvent(messages("a", "b"), { queueName: "q.fifo" }),
      lambdaContext({ remainingMs: 3_000 }),
    );
    void reply.finally(() => (replied = true));
    await vi.advanceTimersByTimeAsync(10_000);

    expect(replied).toBe(false);
    expect(vi.mocked(console.error).mock.calls.map(([line]) => line)).toEqual([
      "[lamella] sqs a failed (retry):",
      "[lamella] sqs b failed (retry):",
    ]);
  });
});

describe("the options", () => {
  it.for([
    { options: { softMs: -1 }, says: "direct({ softMs }) must be 0 or more milliseconds, got -1" },
    { options: { softMs: Number.NaN }, says: "got NaN" },
    { options: { hardMs: Infinity }, says: "direct({ hardMs }) must be 0 or more milliseconds, got Infinity" },
    { options: { hardMs: "200" as never }, says: 'got "200"' },
    { options: { softMs: 100, hardMs: 101 }, says: "direct({ hardMs }) must be at most softMs, which is 100, got 101" },
  ])("throw at load with $options", ({ options, says }) => {
    expect(() => direct(options)).toThrow(RangeError);
    expect(() => direct(options)).toThrow(says);
  });
});
