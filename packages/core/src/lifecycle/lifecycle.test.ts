import { lambdaContext } from "@lamella/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Base, direct, type InitTime, layer, lifecycle, onShutdown, ready, readySync, resource, wrap } from "../index.ts";
import { SHUTDOWN_MS, shutDownAll } from "./alive.ts";

const after = <T>(ms: number, value: T): Promise<T> => new Promise((resolve) => setTimeout(() => resolve(value), ms));

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(async () => {
  const done = shutDownAll();
  await vi.runAllTimersAsync();
  await done;
  vi.useRealTimers();
});

describe("shutdown", () => {
  /** A resource that tells when its shutdown begins and ends. */
  function mortal<const Name extends string>(name: Name, ms: number, options: { timeoutMs?: number; needs?: [] } = {}) {
    const shutdown = async (): Promise<void> => {
      const begun = Date.now();
      told.push(`${name} begins`);
      await after(ms, undefined);
      told.push(`${name} ends after ${Date.now() - begun}`);
    };
    return resource(name, { init: () => name, shutdown, ...options });
  }
  const told: string[] = [];
  beforeEach(() => {
    told.length = 0;
  });
  async function shutDown(): Promise<number> {
    const begun = Date.now();
    const done = shutDownAll();
    await vi.runAllTimersAsync();
    await done;
    return Date.now() - begun;
  }

  it("goes from the last layer to the first, and one after the other", async () => {
    await ready(wrap(direct(), mortal("a", 10), mortal("b", 20), () => {}));

    await shutDown();

    expect(told).toEqual(["b begins", "b ends after 20", "a begins", "a ends after 10"]);
  });

  it("goes by need and not by what was made fastest", async () => {
    const config = resource("config", { init: () => after(50, 1), shutdown: () => void told.push("config") });
    const db = resource("db", { needs: [config], init: () => 1, shutdown: () => void told.push("db") });
    const cache = resource("cache", { init: () => 1, shutdown: () => void told.push("cache") });
    const isReady = ready(wrap(direct(), db, cache, config, () => {}));
    await vi.runAllTimersAsync();
    await isReady;

    await shutDown();

    expect(told).toEqual(["cache", "db", "config"]);
  });

  it.for([
    { why: "one that hangs gets a fair share", timesMs: [10, Infinity], tookMs: 160, ended: ["0"] },
    { why: "one that ends at once leaves its share", timesMs: [299, 1], tookMs: 300, ended: ["1", "0"] },
    { why: "all that hang are given up", timesMs: [Infinity, Infinity, Infinity], tookMs: 300, ended: [] },
  ])("takes $tookMs ms where $why", async ({ timesMs, tookMs, ended }) => {
    const hang = new Promise<void>(() => {});
    const [a, b, c] = [0, 1, 2].map((index) =>
      onShutdown(async () => {
        const ms = timesMs[index] ?? 0;
        await (ms === Infinity ? hang : after(ms, undefined));
        if (ms > 0) told.push(String(index));
      }),
    ) as [ReturnType<typeof onShutdown>, ReturnType<typeof onShutdown>, ReturnType<typeof onShutdown>];
    await ready(timesMs.length === 3 ? wrap(direct(), a, b, c, () => {}) : wrap(direct(), a, b, () => {}));

    expect(await shutDown()).toBe(tookMs);
    expect(told).toEqual(ended);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.for([
    { workMs: 99, told: true },
    { workMs: 101, told: false },
  ])("with timeoutMs: 100 waits for work of $workMs ms: $told", async ({ workMs, told: ends }) => {
    await ready(wrap(direct(), mortal("a", workMs, { timeoutMs: 100 }), () => {}));

    const done = shutDownAll();
    await vi.advanceTimersByTimeAsync(100);
    await done;

    expect(told.some((line) => line.includes("ends"))).toBe(ends);
    if (!ends) expect(console.error).toHaveBeenCalledWith('[lamella] the shutdown of "a" was given up after 100 ms');
  });

  it("goes on where one throws, and tells it", async () => {
    const broken = onShutdown(() => {
      throw new Error("broken");
    });
    await ready(wrap(direct(), mortal("a", 1), broken, () => {}));

    await shutDown();

    expect(told).toEqual(["a begins", "a ends after 1"]);
    expect(console.error).toHaveBeenCalledWith('[lamella] the shutdown of "onShutdown" failed:', new Error("broken"));
  });

  it("skips what was never made", async () => {
    const shutdown = vi.fn();
    const failing = resource("failing", {
      init: () => {
        throw new Error("no");
      },
      shutdown,
    });
    await ready(wrap(direct(), failing, resource("lazy", { lazy: true, init: () => 1, shutdown }), () => {})).catch(() => {});

    await shutDown();

    expect(shutdown).not.toHaveBeenCalled();
  });

  it("happens on SIGTERM in Lambda, once, and then ends the process by the signal", async () => {
    const kill = vi.spyOn(process, "kill").mockReturnValue(true);
    vi.stubEnv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001");
    const others = process.listeners("SIGTERM");
    process.removeAllListeners("SIGTERM");
    wrap(direct(), mortal("a", 10), () => {});
    await vi.advanceTimersByTimeAsync(0);

    process.emit("SIGTERM");
    process.emit("SIGTERM");
    expect(kill).not.toHaveBeenCalled();
    await vi.runAllTimersAsync();

    expect(told).toEqual(["a begins", "a ends after 10"]);
    expect(kill).toHaveBeenCalledWith(process.pid, "SIGTERM");
    expect(process.listenerCount("SIGTERM")).toBe(0);
    for (const other of others) process.on("SIGTERM", other);
  });

  it.for([
    { where: "in a test", env: {} },
    { where: "on Managed Instances", env: { AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9001", AWS_LAMBDA_MAX_CONCURRENCY: "10" } },
  ])("listens to no signal $where", async ({ env }) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const before = process.listenerCount("SIGTERM");

    await ready(wrap(direct(), mortal("a", 1), () => {}));

    expect(process.listenerCount("SIGTERM")).toBe(before);
  });

  it("has 300 ms in all", () => expect(SHUTDOWN_MS).toBe(300));
});

describe("lifecycle", () => {
  it("gives any layer an init that is over before its first item, and a shutdown", async () => {
    const told: string[] = [];
    const life = lifecycle("warm", { init: () => after(10, told.push("init")), shutdown: () => void told.push("shutdown") });
    const warm = layer("warm", (_item, _ctx, next) => (told.push("item"), next()), { lifecycle: life });
    const handler = wrap(direct(), warm, () => {});

    const invocations = Promise.all([handler("1", lambdaContext()), handler("2", lambdaContext())]);
    await vi.runAllTimersAsync();
    await invocations;
    await shutDownAll();

    expect(told).toEqual(["init", "item", "item", "shutdown"]);
  });

  it.for([
    { why: "an init that is no function", make: () => lifecycle("x", { init: 1 as never }), error: TypeError },
    { why: "no name", make: () => lifecycle("", {}), error: TypeError },
    { why: "a limit of 301 ms", make: () => lifecycle("x", { timeoutMs: 301 }), error: RangeError },
    { why: "nothing to do", make: () => onShutdown(undefined as never), error: TypeError },
    { why: "a limit of 0 ms", make: () => onShutdown(() => {}, { timeoutMs: 0 }), error: RangeError },
    { why: "a handler of no wrap", make: () => readySync((async () => {}) as never), error: TypeError },
  ])("refuses $why at load", ({ make, error }) => {
    expect(make).toThrow(error);
  });

  it("refuses a handler of no wrap in ready", async () => {
    await expect(ready((async () => {}) as never)).rejects.toThrow(TypeError);
  });

  it("runs no invocation hook where an init failed", async () => {
    const hook = vi.fn(async (_lambda: unknown, next: () => Promise<void>) => next());
    const failing = resource("db", { init: () => Promise.reject(new Error("no")) });
    const handler = wrap(direct(), { name: "hook", hooks: { invocation: hook } }, failing, () => {});

    await expect(handler("event", lambdaContext())).rejects.toMatchObject({ code: "LAMELLA_INIT" });
    expect(hook).not.toHaveBeenCalled();
  });
});

describe("init times", () => {
  it("are told once, at the first invocation, with those of what is needed, each by its own making", async () => {
    const initialised = vi.fn<(inits: readonly InitTime[]) => void>();
    const config = resource("config", { init: () => after(100, 1) });
    const db = resource("db", { needs: [config], init: () => after(20, 1) });
    const handler = wrap(
      direct(),
      { name: "log", hooks: { initialised } },
      db,
      config,
      onShutdown(() => {}),
      () => {},
    );

    const isReady = ready(handler);
    await vi.runAllTimersAsync();
    await isReady;
    expect(initialised).not.toHaveBeenCalled();
    await handler("1", lambdaContext());
    await handler("2", lambdaContext());

    expect(initialised.mock.calls.map(([inits]) => inits)).toEqual([
      [
        { name: "config", durationMs: 100 },
        { name: "db", durationMs: 20 },
      ],
    ]);
  });

  it("fail nothing where telling them throws", async () => {
    const initialised = () => {
      throw new Error("broken");
    };
    const handler = wrap(
      direct<string, number>(),
      { name: "log", hooks: { initialised } },
      resource("db", { init: () => 1 }),
      (_e, { db }) => db,
    );

    expect(await handler("event", lambdaContext())).toBe(1);
  });
});

describe("1,000 overlapping invocations with random delays", () => {
  it("leave no context member in the wrong place, and make each resource once", async () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const init = vi.fn(() => after(random(50), { name: "db" }));
    const own = layer("own", async (item: string, _ctx, next) => (await after(random(20), undefined), next({ own: item })));
    const later = layer("later", async (_item, { own: mine }: Base & { readonly own: string }, next) => {
      await after(random(20), undefined);
      return next({ later: `later ${mine}` });
    });
    const handler = wrap(direct<string, string>(), resource("db", { init, shutdown: () => {} }), own, later, async (event, ctx) => {
      await after(random(20), undefined);
      return [event, ctx.own, ctx.later, ctx.lambda.awsRequestId, ctx.delivery.id, ctx.db.name].join();
    });

    const replies = Array.from({ length: 1_000 }, async (_, index) => {
      await after(random(100), undefined);
      return handler(`event ${index}`, lambdaContext({ awsRequestId: `request ${index}` }));
    });
    await vi.runAllTimersAsync();

    expect(await Promise.all(replies)).toEqual(
      replies.map((_, index) =>
        [`event ${index}`, `event ${index}`, `later event ${index}`, `request ${index}`, `request ${index}`, "db"].join(),
      ),
    );
    expect(init).toHaveBeenCalledOnce();
  });
});
