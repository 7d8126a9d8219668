import { direct, resource, wrap } from "@lamella/core";
import { lambdaContext } from "@lamella/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { secrets } from "./index.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Two secrets that can be rotated and fail, a pool that needs them, and a handler that tells what it sees. */
function rotated({ maxAgeMs = 60_000 } = {}) {
  const stored: Record<string, string | Error> = { db: '{"password":"first"}', key: "key-1" };
  const get = vi.fn(async (id: string) => {
    const value = stored[id];
    if (value instanceof Error) throw value;
    return value;
  });
  const closed: string[] = [];
  const secret = secrets({ db: { id: "db", schema: z.object({ password: z.string() }) }, key: "key" }, { maxAgeMs, provider: { get } });
  const connect = vi.fn((password: string) => ({ password }));
  const pool = resource("pool", {
    needs: [secret],
    init: (needs) => connect(needs.secret.db.password),
    shutdown: ({ password }) => void closed.push(password),
  });
  const handler = wrap(
    direct<string, string>(),
    secret,
    pool,
    (_event, ctx) => `${ctx.secret.key} ${ctx.secret.db.password} ${ctx.pool.password}`,
  );
  const invoke = async () => {
    const reply = await handler("event", lambdaContext());
    // What runs in the background comes to its end.
    await vi.advanceTimersByTimeAsync(0);
    return reply;
  };
  return { secret, stored, get, connect, closed, invoke };
}

describe("secrets that grow old", () => {
  it.for([
    { ageMs: 59_999, fetches: 2 },
    { ageMs: 60_000, fetches: 4 },
  ])("have been fetched $fetches times at an age of $ageMs of 60,000 ms, and no invocation waits", async ({ ageMs, fetches }) => {
    const { invoke, get, stored } = rotated();
    expect(await invoke()).toBe("key-1 first first");
    stored["key"] = "key-2";
    await vi.advanceTimersByTimeAsync(ageMs);

    expect(await invoke()).toBe("key-1 first first");

    expect(get).toHaveBeenCalledTimes(fetches);
    expect(await invoke()).toBe(fetches === 4 ? "key-2 first first" : "key-1 first first");
  });

  it("do not make an invocation wait for a fetch that hangs", async () => {
    const { invoke, get } = rotated();
    await invoke();
    get.mockImplementation(() => new Promise(() => {}));
    await vi.advanceTimersByTimeAsync(60_000);

    expect(await invoke()).toBe("key-1 first first");
    expect(await invoke()).toBe("key-1 first first");
    expect(get, "one at a time").toHaveBeenCalledTimes(4);
  });

  it("have the pool made anew when one was rotated, and the old one shut down after its last user", async () => {
    const { invoke, stored, closed, connect } = rotated();
    await invoke();
    stored["db"] = '{"password":"second"}';
    await vi.advanceTimersByTimeAsync(60_000);

    expect(await invoke()).toBe("key-1 first first");
    expect(await invoke()).toBe("key-1 second second");

    expect(connect).toHaveBeenCalledTimes(2);
    expect(closed).toEqual(["first"]);
  });

  it("leave the pool as it is when nothing has changed, and keep the same objects", async () => {
    const { invoke, connect, secret } = rotated();
    await invoke();
    const before = await secret.value();
    await vi.advanceTimersByTimeAsync(60_000);
    await invoke();

    expect(connect).toHaveBeenCalledOnce();
    expect(await secret.value()).toBe(before);
  });

  it("stay as they are when they cannot be fetched, which is told once, and the others go on changing", async () => {
    const { invoke, stored } = rotated();
    await invoke();
    stored["db"] = new Error("throttled");
    stored["key"] = "key-2";
    await vi.advanceTimersByTimeAsync(60_000);
    await invoke();
    for (let tries = 0; tries < 3; tries++) {
      await vi.advanceTimersByTimeAsync(5_000);
      expect(await invoke()).toBe("key-2 first first");
    }
    expect(console.error).toHaveBeenCalledTimes(1);
    expect(console.error).toHaveBeenCalledWith(expect.stringContaining('"secret.db" could not be made anew, and stays'), expect.anything());

    stored["db"] = '{"password":"second"}';
    await vi.advanceTimersByTimeAsync(5_000);
    await invoke();
    expect(await invoke()).toBe("key-2 second second");
  });

  it("stay as they are when what comes does not fit any more, and its value is not printed", async () => {
    const { invoke, stored } = rotated();
    await invoke();
    stored["db"] = '{"pass":"hunter2"}';
    await vi.advanceTimersByTimeAsync(60_000);
    await invoke();

    expect(await invoke()).toBe("key-1 first first");
    const [[line, error] = []] = vi.mocked(console.error).mock.calls;
    expect(`${line} ${error}`).toContain("does not fit its schema at /password");
    expect(`${line} ${error}`).not.toContain("hunter2");
  });

  it("are fetched anew at once by refresh, which waits for the pool too", async () => {
    const { invoke, stored, secret, get } = rotated();
    await invoke();
    stored["db"] = '{"password":"second"}';

    await secret.refresh();

    expect(get).toHaveBeenCalledTimes(4);
    expect(await invoke()).toBe("key-1 second second");
  });

  it("are not fetched by refresh before they are needed", async () => {
    const { secret, get } = rotated();

    await secret.refresh();

    expect(get).not.toHaveBeenCalled();
  });

  it("have refresh reject with the one that fails, when the others are there", async () => {
    const { invoke, stored, secret } = rotated();
    await invoke();
    stored["db"] = new Error("throttled");
    stored["key"] = "key-2";

    await expect(secret.refresh()).rejects.toMatchObject({ code: "LAMELLA_INIT", of: "secret.db" });

    expect(await invoke()).toBe("key-2 first first");
  });

  it("are kept as long as the environment with an age of Infinity, and one may have an age of its own", async () => {
    const get = vi.fn(async () => "value");
    const secret = secrets({ forever: "a", short: { id: "b", maxAgeMs: 1_000 } }, { maxAgeMs: Infinity, provider: { get } });
    const handler = wrap(direct(), secret, () => {});
    await handler("event", lambdaContext());
    await vi.advanceTimersByTimeAsync(1_000);
    await handler("event", lambdaContext());

    expect(get.mock.calls.map(([id]: readonly string[]) => id)).toEqual(["a", "b", "b"]);
  });
});
