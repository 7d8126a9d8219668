import { sqs } from "@lamella/events/sqs";
import { lambdaContext, sqsEvent, testing } from "@lamella/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answer, type Base, direct, layer, retry, timeout, wrap } from "./index.ts";

const after = <T>(ms: number, value: T): Promise<T> => new Promise((resolve) => setTimeout(() => resolve(value), ms));
const never = (): Promise<never> => new Promise(() => {});
const thrown = (error: unknown) => error;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("timeout", () => {
  it.for([
    { workMs: 499, gives: "done" },
    { workMs: 501, gives: "LAMELLA_TIMEOUT" },
  ])("gives $gives after work of $workMs ms within 500", async ({ workMs, gives }) => {
    const handler = wrap(direct<string, string>(), timeout(500), () => after(workMs, "done"));

    const outcome = handler("event", lambdaContext()).catch((error) => error.code);
    await vi.advanceTimersByTimeAsync(workMs);

    expect(await outcome).toBe(gives);
    expect(vi.getTimerCount(), "a timer outlived the invocation").toBe(0);
  });

  it("aborts the signal that the handler sees, and not the invocation's", async () => {
    let outer: Base | undefined;
    let inner: Base | undefined;
    const handler = wrap(
      direct(),
      layer("outer", async (_event, ctx, next) => {
        outer = ctx;
        return next({ seen: 1 });
      }),
      timeout(500),
      (_event, ctx) => {
        inner = ctx;
        expect(ctx.seen).toBe(1);
        expect(ctx.signal).toBe(ctx.signal);
        return never();
      },
    );

    const outcome = handler("event", lambdaContext({ remainingMs: 60_000 })).catch(thrown);
    await vi.advanceTimersByTimeAsync(499);
    expect(inner?.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);

    expect(await outcome).toMatchObject({ name: "TimeoutError", ms: 500 });
    expect(inner?.signal.reason).toBe(await outcome);
    expect(outer?.signal.aborted).toBe(false);
    expect(inner?.delivery).toBe(outer?.delivery);
    expect(inner?.lambda).toBe(outer?.lambda);
  });

  it("lets the deadline abort that signal as well", async () => {
    let inner: Base | undefined;
    const handler = wrap(direct(), timeout(50_000), (_event, ctx) => {
      inner = ctx;
      return never();
    });

    const outcome = handler("event", lambdaContext({ remainingMs: 3_000 })).catch(thrown);
    expect(inner?.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(2_000);

    expect(inner?.signal.reason).toMatchObject({ code: "LAMELLA_DEADLINE_EXCEEDED" });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await outcome).toMatchObject({ code: "LAMELLA_DEADLINE_EXCEEDED" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("counts the context's deadline down to whichever comes first", async () => {
    const seen: unknown[] = [];
    const look = ({ deadline }: Base) => seen.push([deadline.remainingMs(), deadline.has(400), deadline.has(401)]);
    const handler = wrap(direct(), timeout(500), async (_event, ctx) => {
      await after(100, undefined);
      look(ctx);
    });

    for (const remainingMs of [60_000, 300]) {
      const done = handler("event", lambdaContext({ remainingMs })).catch(thrown);
      await vi.advanceTimersByTimeAsync(100);
      await done;
    }

    expect(seen).toEqual([
      [400, true, false],
      [200, false, false],
    ]);
  });

  it("unwinds the layers further in, and lets one of them answer", async () => {
    const fallback = layer("fallback", async (_event, _ctx, next) => {
      try {
        return await next();
      } catch (error) {
        return answer((error as Error).name);
      }
    });
    const handler = wrap(direct<string, string>(), timeout(500), fallback, never);

    const outcome = handler("event", lambdaContext());
    await vi.advanceTimersByTimeAsync(500);

    expect(await outcome).toBe("TimeoutError");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits 50 ms at most for a layer that hangs itself", async () => {
    const handler = wrap(direct(), timeout(500), layer("hangs", never), async () => {});
    const settled = vi.fn();

    const outcome = handler("event", lambdaContext({ remainingMs: 60_000 })).catch(thrown);
    void outcome.then(settled);
    await vi.advanceTimersByTimeAsync(549);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);

    expect(await outcome).toMatchObject({ code: "LAMELLA_TIMEOUT" });
  });

  it("leaves no unhandled rejection of what fails later", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const late = layer("late", async (_event, _ctx, next) => {
      await after(1_000, undefined);
      return next();
    });
    const handler = wrap(direct(), timeout(500), late, async () => {
      throw new Error("late");
    });

    const outcome = handler("event", lambdaContext({ remainingMs: 60_000 })).catch(thrown);
    await vi.advanceTimersByTimeAsync(2_000);
    vi.useRealTimers();
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", unhandled);

    expect(await outcome).toMatchObject({ code: "LAMELLA_TIMEOUT" });
    expect(unhandled).not.toHaveBeenCalled();
  });

  it("gives each try of a retry a time, a signal and a context of its own", async () => {
    const tries: Base[] = [];
    const handler = wrap(direct<string, string>(), retry({ backoffMs: 0 }), timeout(500), (_event, ctx) => {
      tries.push(ctx);
      return tries.length < 3 ? never() : after(400, "done");
    });

    const outcome = handler("event", lambdaContext({ remainingMs: 60_000 }));
    await vi.advanceTimersByTimeAsync(2_000);

    expect(await outcome).toBe("done");
    // Also for those that ask late: what was given up goes on with its own.
    expect(tries.map(({ signal }) => signal.aborted)).toEqual([true, true, false]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("fails one message of a batch, and keeps the others", async () => {
    const handler = wrap(sqs(), timeout(500), ({ body }) => (body === "stuck" ? never() : after(10, undefined)));

    const sent = testing(handler).send(sqsEvent([{ body: "a" }, { body: "stuck", id: "s" }, { body: "c" }]));
    await vi.advanceTimersByTimeAsync(1_000);

    expect((await sent).reply).toEqual({ batchItemFailures: [{ itemIdentifier: "s" }] });
  });

  it.for([0, 0.5, -1, Number.NaN, 2 ** 31, "500"])("refuses %o at load", (ms) => {
    expect(() => timeout(ms as number)).toThrow("timeout(ms) must be 1 to 2147483647 milliseconds");
  });
});
