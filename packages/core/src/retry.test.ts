import { sqs } from "@lamella/events/sqs";
import { HttpError, NotFoundError } from "@lamella/http";
import { lambdaContext, sqsEvent, testing } from "@lamella/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { direct, final, layer, type RetryOptions, retry, retryLater, timeout, wrap } from "./index.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount(), "a timer outlived the invocation").toBe(0);
  vi.useRealTimers();
});

/** A handler that fails so many times, what it was called at, and what came out. */
async function run(failures: number, options: RetryOptions, given: { readonly error?: unknown } = {}) {
  const error = "error" in given ? given.error : new Error("busy");
  const startedAt = Date.now();
  const calledAtMs: number[] = [];
  const handler = wrap(direct<string, string>(), retry(options), async () => {
    calledAtMs.push(Date.now() - startedAt);
    if (calledAtMs.length <= failures) throw error;
    return "done";
  });
  const outcome = handler("event", lambdaContext({ remainingMs: 60_000 })).catch((thrown: unknown) => thrown);
  await vi.runAllTimersAsync();
  return { outcome: await outcome, calledAtMs };
}

describe("retry", () => {
  it.for([
    { failures: 0, attempts: 3, calls: 1, gives: "done" },
    { failures: 2, attempts: 3, calls: 3, gives: "done" },
    { failures: 3, attempts: 3, calls: 3, gives: new Error("busy") },
    { failures: 1, attempts: 1, calls: 1, gives: new Error("busy") },
  ])("runs $calls times where the first $failures of $attempts tries fail", async ({ failures, attempts, calls, gives }) => {
    const { outcome, calledAtMs } = await run(failures, { attempts });

    expect(outcome).toEqual(gives);
    expect(calledAtMs).toHaveLength(calls);
  });

  it("doubles its wait up to the longest", async () => {
    const { calledAtMs } = await run(4, { attempts: 5, backoffMs: 100, maxBackoffMs: 300, jitter: false });

    expect(calledAtMs).toEqual([0, 100, 300, 600, 900]);
  });

  it("waits a random part of it by default", async () => {
    vi.spyOn(Math, "random").mockReturnValueOnce(0.5).mockReturnValueOnce(0.25);

    const { calledAtMs } = await run(2, { backoffMs: 100 });

    expect(calledAtMs).toEqual([0, 50, 100]);
  });

  it("tries again only after errors that `when` accepts", async () => {
    const when = vi.fn((error: unknown) => (error as Error).message === "busy");

    expect((await run(1, { when })).calledAtMs).toHaveLength(2);
    expect((await run(1, { when }, { error: new Error("gone") })).calledAtMs).toHaveLength(1);
    expect(when).toHaveBeenCalledTimes(2);
  });

  it.for([
    { what: "undefined", error: undefined, calls: 2 },
    { what: "an HttpError of 503", error: new HttpError(503), calls: 2 },
    { what: "an HttpError of 404", error: new NotFoundError(), calls: 1 },
    { what: "final", error: final("cancelled"), calls: 1 },
    { what: "retryLater", error: retryLater(), calls: 1 },
  ])("runs $calls times after $what, whatever `when` says", async ({ error, calls }) => {
    const { outcome, calledAtMs } = await run(1, { when: () => true }, { error });

    expect(calledAtMs).toHaveLength(calls);
    if (calls === 1) expect(outcome).toBe(error);
  });

  it("does not try again what cannot be read", async () => {
    const tries = vi.fn();
    const counted = layer("counted", async (_item, _ctx, next) => {
      tries();
      return next();
    });
    const handler = wrap(sqs({ body: z.object({ id: z.string() }) }), retry(), counted, async () => {});

    const { outcomes } = await testing(handler).send(sqsEvent([{ body: "no JSON" }]));

    expect(outcomes[0]).toMatchObject({ error: { code: "LAMELLA_PAYLOAD" } });
    expect(tries).toHaveBeenCalledOnce();
  });

  it.for([
    { backoffMs: 9_000, calls: 2 },
    { backoffMs: 9_001, calls: 1 },
  ])("runs $calls times where a wait of $backoffMs ms meets 9,000 ms before the deadline", async ({ backoffMs, calls }) => {
    const options = { attempts: 2, backoffMs, maxBackoffMs: 20_000, jitter: false };
    const startedAt = Date.now();
    const tries = vi.fn();
    const handler = wrap(direct({ softMs: 999 }), retry(options), async () => {
      tries();
      throw new Error("busy");
    });

    const outcome = handler("event", lambdaContext({ remainingMs: 9_999 })).catch((thrown: unknown) => thrown);
    await vi.runAllTimersAsync();

    expect(await outcome).toEqual(new Error("busy"));
    expect(Date.now() - startedAt).toBe(calls === 1 ? 0 : 9_000);
    expect(tries).toHaveBeenCalledTimes(calls);
  });

  it("does not try again what the deadline has ended", async () => {
    const tries = vi.fn();
    const handler = wrap(direct(), retry(), () => {
      tries();
      return new Promise(() => {});
    });

    const outcome = handler("event", lambdaContext({ remainingMs: 3_000 })).catch((thrown: unknown) => thrown);
    await vi.runAllTimersAsync();

    expect(await outcome).toMatchObject({ code: "LAMELLA_DEADLINE_EXCEEDED" });
    expect(tries).toHaveBeenCalledOnce();
  });

  it("stops waiting at once when the signal is aborted", async () => {
    const controller = new AbortController();
    const next = vi.fn(() => Promise.reject(new Error("busy")));
    // A time that seems to be enough, and is cut short.
    const ctx = { signal: controller.signal, deadline: { has: () => true, remainingMs: () => 60_000 } };
    const settled = vi.fn();

    const outcome = retry({ backoffMs: 900, jitter: false }).hooks.item?.(undefined, ctx as never, next);
    outcome?.catch(settled);
    await vi.advanceTimersByTimeAsync(500);
    expect(settled).not.toHaveBeenCalled();
    controller.abort();
    await vi.advanceTimersByTimeAsync(0);

    expect(settled).toHaveBeenCalledWith(new Error("busy"));
    expect(next).toHaveBeenCalledOnce();
  });

  it("does not try again what a timeout around it has ended", async () => {
    const tries = vi.fn();
    const handler = wrap(direct(), timeout(1_000), retry(), () => {
      tries();
      return new Promise(() => {});
    });

    const outcome = handler("event", lambdaContext({ remainingMs: 60_000 })).catch((thrown: unknown) => thrown);
    await vi.runAllTimersAsync();

    expect(await outcome).toMatchObject({ code: "LAMELLA_TIMEOUT" });
    expect(tries).toHaveBeenCalledOnce();
  });

  it("tries one message of a batch again, and leaves the others alone", async () => {
    const seen: string[] = [];
    const handler = wrap(sqs(), retry({ backoffMs: 0 }), async ({ body }) => {
      seen.push(body);
      if (body === "b" && seen.filter((other) => other === "b").length < 3) throw new Error("busy");
    });

    const sent = testing(handler).send(sqsEvent([{ body: "a" }, { body: "b" }, { body: "c" }]));
    await vi.runAllTimersAsync();

    expect((await sent).reply).toEqual({ batchItemFailures: [] });
    expect(seen.toSorted()).toEqual(["a", "b", "b", "b", "c"]);
  });

  it.for<{ options: object; says: string }>([
    { options: { attempts: 0 }, says: "retry({ attempts }) must be a whole number of 1 or more, got 0" },
    { options: { attempts: 1.5 }, says: "got 1.5" },
    { options: { backoffMs: -1 }, says: "retry({ backoffMs }) must be 0 or more milliseconds, got -1" },
    { options: { maxBackoffMs: Infinity }, says: "retry({ maxBackoffMs })" },
    { options: { jitter: "full" }, says: "retry({ jitter }) must be true or false" },
    { options: { when: "always" }, says: "retry({ when }) must be a function" },
  ])("refuses $options at load", ({ options, says }) => {
    expect(() => retry(options)).toThrow(says);
  });
});
