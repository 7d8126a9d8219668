import { lambdaContext } from "@lamella/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { direct, resource, wrap } from "../index.ts";
import { shutDownAll } from "./alive.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(async () => {
  const done = shutDownAll();
  await vi.runAllTimersAsync();
  await done;
  vi.useRealTimers();
});

/** A secret that can be rotated, and a pool that is connected with it. */
function rotated({ maxAgeMs = undefined as number | undefined } = {}) {
  let password = "first";
  let fails: Error | undefined;
  const fetches = vi.fn(async () => {
    if (fails !== undefined) throw fails;
    return { password };
  });
  const connect = vi.fn((by: string) => ({ by }));
  const closed: string[] = [];
  const secrets = resource("secrets", { maxAgeMs, init: fetches, isSame: (a, b) => a.password === b.password });
  const pool = resource("pool", {
    needs: [secrets],
    init: (needs) => connect(needs.secrets.password),
    shutdown: ({ by }) => void closed.push(by),
  });
  return {
    secrets,
    pool,
    fetches,
    connect,
    closed,
    rotate: (to: string) => (password = to),
    fail: (error: Error | undefined) => (fails = error),
  };
}

describe("refresh", () => {
  it("makes anew what needs the one that has changed, and shuts down the old one", async () => {
    const { secrets, pool, closed, rotate } = rotated();
    const handler = wrap(direct<string, string>(), pool, (_event, ctx) => ctx.pool.by);
    expect(await handler("event", lambdaContext())).toBe("first");

    rotate("second");
    await secrets.refresh();

    expect(await handler("event", lambdaContext())).toBe("second");
    expect(closed).toEqual(["first"]);
  });

  it("leaves what needs it as it is when it is the same as before", async () => {
    const { secrets, pool, connect, closed } = rotated();
    const handler = wrap(direct<string, string>(), pool, (_event, ctx) => ctx.pool.by);
    await handler("event", lambdaContext());

    await secrets.refresh();

    expect(connect).toHaveBeenCalledOnce();
    expect(closed).toEqual([]);
  });

  it("does not shut down what a running invocation may still use, nor one that has begun since", async () => {
    const { secrets, pool, closed, rotate } = rotated();
    const pending: (() => void)[] = [];
    const handler = wrap(direct<string, string>(), pool, async (_event, ctx) => {
      await new Promise<void>((resolve) => pending.push(resolve));
      return ctx.pool.by;
    });
    const early = handler("event", lambdaContext());
    await vi.advanceTimersByTimeAsync(0);

    rotate("second");
    await secrets.refresh();
    const later = handler("event", lambdaContext());
    await vi.advanceTimersByTimeAsync(0);
    rotate("third");
    await secrets.refresh();
    expect(closed).toEqual([]);

    pending[0]?.();
    expect(await early).toBe("first");
    await vi.advanceTimersByTimeAsync(0);
    expect(closed).toEqual(["first"]);
    pending[1]?.();
    expect(await later).toBe("second");
    await vi.advanceTimersByTimeAsync(0);
    expect(closed).toEqual(["first", "second"]);
  });

  it("in Lambda, where one runs at a time, shuts down the old one when the next invocation begins", async () => {
    vi.stubEnv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001");
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const { secrets, pool, closed, rotate } = rotated();
    const handler = wrap(direct<string, string>(), pool, async (_event, ctx) => {
      rotate("second");
      await secrets.refresh();
      return ctx.pool.by;
    });

    expect(await handler("event", lambdaContext())).toBe("first");
    expect(closed).toEqual([]);
    expect(await handler("event", lambdaContext())).toBe("second");

    expect(closed).toEqual(["first"]);
  });

  it("keeps what was there when it fails, and says so to who asked and to the console", async () => {
    const { secrets, pool, rotate, fail } = rotated();
    const handler = wrap(direct<string, string>(), pool, (_event, ctx) => ctx.pool.by);
    await handler("event", lambdaContext());
    rotate("second");
    fail(new Error("throttled"));

    await expect(secrets.refresh()).rejects.toMatchObject({ code: "LAMELLA_INIT", of: "secrets" });

    expect(await handler("event", lambdaContext())).toBe("first");
    expect(console.error).toHaveBeenCalledWith(expect.stringContaining('"secrets" could not be made anew'), expect.anything());
  });

  it("keeps a pool whose remaking failed, and tries again five seconds later", async () => {
    const { secrets, pool, connect, closed, rotate } = rotated();
    const handler = wrap(direct<string, string>(), pool, (_event, ctx) => ctx.pool.by);
    await handler("event", lambdaContext());
    rotate("second");
    connect.mockImplementationOnce(() => {
      throw new Error("refused");
    });

    await secrets.refresh();
    expect(await handler("event", lambdaContext())).toBe("first");
    expect(closed).toEqual([]);

    await vi.advanceTimersByTimeAsync(4_999);
    await handler("event", lambdaContext());
    expect(connect).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(1);
    await handler("event", lambdaContext());
    await vi.advanceTimersByTimeAsync(0);

    expect(await handler("event", lambdaContext())).toBe("second");
    expect(closed).toEqual(["first"]);
  });

  it("does nothing before the first making", async () => {
    const { secrets, fetches } = rotated();

    await secrets.refresh();

    expect(fetches).not.toHaveBeenCalled();
  });

  it("is asked for twice at once and done once", async () => {
    const { secrets, fetches } = rotated();
    await secrets.value();

    await Promise.all([secrets.refresh(), secrets.refresh()]);

    expect(fetches).toHaveBeenCalledTimes(2);
  });

  it("reaches one that was just being made with the old value", async () => {
    const { secrets, rotate } = rotated();
    const made: string[] = [];
    let go = (): void => {};
    const pool = resource("slow", {
      needs: [secrets],
      init: async (needs) => {
        made.push(needs.secrets.password);
        await new Promise<void>((resolve) => (go = resolve));
        return needs.secrets.password;
      },
    });
    const handler = wrap(direct<string, string>(), pool, (_event, ctx) => ctx.slow);
    const reply = handler("event", lambdaContext());
    await vi.advanceTimersByTimeAsync(0);

    rotate("second");
    await secrets.refresh();
    go();
    await vi.advanceTimersByTimeAsync(0);
    go();

    expect(await reply).toBe("second");
    expect(made).toEqual(["first", "second"]);
  });

  it("has a lazy one give the new value at its next use", async () => {
    const { secrets, rotate } = rotated();
    const pool = resource("lazy", { lazy: true, needs: [secrets], init: (needs) => needs.secrets.password });
    const handler = wrap(direct<string, string>(), pool, (_event, ctx) => ctx.lazy());
    expect(await handler("event", lambdaContext())).toBe("first");

    rotate("second");
    await secrets.refresh();

    expect(await handler("event", lambdaContext())).toBe("second");
  });
});

describe("maxAgeMs", () => {
  it.for([
    { ageMs: 59_999, fetched: 1 },
    { ageMs: 60_000, fetched: 2 },
  ])(
    "at an age of $ageMs of 60,000 ms has had it fetched $fetched times, without making the invocation wait",
    async ({ ageMs, fetched }) => {
      const { pool, fetches, rotate } = rotated({ maxAgeMs: 60_000 });
      const handler = wrap(direct<string, string>(), pool, (_event, ctx) => ctx.pool.by);
      await handler("event", lambdaContext());
      rotate("second");
      await vi.advanceTimersByTimeAsync(ageMs);

      expect(await handler("event", lambdaContext())).toBe("first");
      await vi.advanceTimersByTimeAsync(0);

      expect(fetches).toHaveBeenCalledTimes(fetched);
      expect(await handler("event", lambdaContext())).toBe(fetched === 2 ? "second" : "first");
    },
  );

  it("keeps the stale value when the fetch fails, and is no unhandled rejection", async () => {
    const { pool, fetches, fail } = rotated({ maxAgeMs: 1_000 });
    const handler = wrap(direct<string, string>(), pool, (_event, ctx) => ctx.pool.by);
    await handler("event", lambdaContext());
    fail(new Error("throttled"));
    await vi.advanceTimersByTimeAsync(1_000);

    for (let invocation = 0; invocation < 3; invocation++) expect(await handler("event", lambdaContext())).toBe("first");
    expect(fetches).toHaveBeenCalledTimes(2);

    fail(undefined);
    await vi.advanceTimersByTimeAsync(5_000);
    await handler("event", lambdaContext());
    expect(fetches).toHaveBeenCalledTimes(3);
  });

  it("tells of a series of failures once, and of the next series again", async () => {
    const { pool, fetches, fail } = rotated({ maxAgeMs: 1_000 });
    const handler = wrap(direct<string, string>(), pool, (_event, ctx) => ctx.pool.by);
    const invokeAfter = async (ms: number) => {
      await vi.advanceTimersByTimeAsync(ms);
      await handler("event", lambdaContext());
      await vi.advanceTimersByTimeAsync(0);
    };
    await invokeAfter(0);
    fail(new Error("throttled"));
    await invokeAfter(1_000);
    await invokeAfter(5_000);
    expect(fetches).toHaveBeenCalledTimes(3);
    expect(console.error).toHaveBeenCalledTimes(1);

    fail(undefined);
    await invokeAfter(5_000);
    fail(new Error("throttled again"));
    await invokeAfter(1_000);

    expect(console.error).toHaveBeenCalledTimes(2);
  });
});
