import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { describe, expect, it } from "vitest";
import { type SimulateSqsOptions, simulateSqs } from "./index.ts";

const START = Date.parse("2026-01-31T12:00:00Z");
const HOUR_MS = 3_600_000;

/** What a run replaces. */
const patched = () =>
  [
    [globalThis, "setTimeout"],
    [globalThis, "setInterval"],
    [globalThis, "setImmediate"],
    [globalThis, "clearTimeout"],
    [globalThis, "Date"],
    [performance, "now"],
    [process, "hrtime"],
    [AbortSignal, "timeout"],
  ].map(([target, name]) => (target as Record<string, unknown>)[name as string]);

/** Runs some code as the handler of one message. */
async function inside<T>(code: (signal: AbortSignal) => T | Promise<T>, options: Partial<SimulateSqsOptions> = {}): Promise<T> {
  const given: { readonly value: T }[] = [];
  const handler = wrap(sqs(), async (_message, { signal }) => void given.push({ value: await code(signal) }));
  const run = await simulateSqs(handler, {
    messages: [{ body: "" }],
    timeoutMs: 600_000,
    visibilityTimeoutMs: 600_000,
    maxReceiveCount: 1,
    ...options,
  });
  if (given[0] === undefined) throw new Error(run.timeline.toString());
  return given[0].value;
}

const elapsed = async (wait: () => unknown) => {
  const before = Date.now();
  await wait();
  return Date.now() - before;
};

describe("virtual time", () => {
  it.for<{ readonly what: string; readonly wait: () => unknown; readonly ms: number }>([
    { what: "setTimeout", wait: () => new Promise((resolve) => setTimeout(resolve, 300_000)), ms: 300_000 },
    { what: "setTimeout, promisified", wait: () => promisify(setTimeout)(300_000), ms: 300_000 },
    { what: "node:timers/promises", wait: () => sleep(300_000), ms: 300_000 },
    { what: "setImmediate", wait: () => new Promise((resolve) => setImmediate(resolve)), ms: 0 },
    { what: "a delay that is none", wait: () => new Promise((resolve) => setTimeout(resolve, Number.NaN)), ms: 1 },
    {
      what: "setInterval",
      wait: () =>
        new Promise<void>((resolve) => {
          let count = 0;
          const timer = setInterval(() => {
            if (++count < 3) return;
            clearInterval(timer);
            resolve();
          }, 1_000);
        }),
      ms: 3_000,
    },
    {
      what: "AbortSignal.timeout",
      wait: () => new Promise((resolve) => AbortSignal.timeout(5_000).addEventListener("abort", resolve)),
      ms: 5_000,
    },
    {
      what: "a timer that is refreshed",
      wait: () =>
        new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 1_000);
          setTimeout(() => timer.refresh(), 600);
        }),
      ms: 1_600,
    },
  ])("passes by $ms ms with $what", async ({ wait, ms }) => {
    expect(await inside(() => elapsed(wait))).toBe(ms);
  });

  it("is told by Date, performance and process.hrtime", async () => {
    const told = await inside(async () => {
      const [performanceBefore, hrtimeBefore] = [performance.now(), process.hrtime.bigint()];
      await sleep(1_500);
      const isDate = new Date() instanceof Date && new Date(0).getTime() === 0;
      return [Date.now(), new Date().getTime(), performance.now() - performanceBefore, process.hrtime.bigint() - hrtimeBefore, isDate];
    });

    expect(told).toEqual([START + 1_500, START + 1_500, 1_500, 1_500_000_000n, true]);
  });

  it("leaves the clock and the timers of everything else as they are, during a run and after it", async () => {
    const before = patched();
    const outside: number[] = [];
    const beside = new Promise<void>((resolve) => {
      setTimeout(() => {
        outside.push(Date.now());
        resolve();
      }, 0);
    });
    await inside(() => sleep(300_000), { waitForIoMs: 1 });
    await beside;

    expect(outside[0]).toBeGreaterThan(START + HOUR_MS);
    expect(patched()).toEqual(before);
    expect(await elapsed(() => sleep(5))).toBeLessThan(5_000);
  });

  it("runs again after a run that could not start", async () => {
    const handler = wrap(sqs(), () => {});
    const before = patched();
    await expect(simulateSqs(handler, { messages: [{ body: "" }], filters: [{ attributes: [1] }] })).rejects.toThrow("body");

    expect(patched()).toEqual(before);
    expect(await inside(() => "runs")).toBe("runs");
  });

  it("moves on although a handler polls without a delay", async () => {
    const polling = async () => {
      const until = Date.now() + 5;
      while (Date.now() < until) await new Promise((resolve) => setImmediate(resolve));
    };

    expect(await inside(() => elapsed(polling))).toBe(5);
  });

  it("waits for real I/O where it is told to, and else does not", async () => {
    const read = async () => {
      const text = await readFile(new URL(import.meta.url), "utf8");
      await sleep(1_000);
      return text.length;
    };

    expect(await inside(read, { waitForIoMs: 500 })).toBeGreaterThan(0);
    await expect(inside(read)).rejects.toThrow("DeadlineExceededError");
  });

  it("ends the environment when a timer's callback throws", async () => {
    const handler = wrap(sqs(), async () => {
      setTimeout(() => {
        throw new Error("in a timer");
      }, 10);
      await sleep(100);
    });
    const run = await simulateSqs(handler, { messages: [{ body: "" }], maxReceiveCount: 1 });

    expect(run.invocations).toMatchObject([{ outcome: "crashed", endedAtMs: 10 }]);
  });
});
