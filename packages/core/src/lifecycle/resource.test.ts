import { sqs } from "@lamella/events/sqs";
import { httpApi, router } from "@lamella/http";
import { httpApiEvent, lambdaContext, sqsEvent, testing } from "@lamella/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { direct, dispatch, layer, ready, resource, wrap } from "../index.ts";
import { shutDownAll } from "./alive.ts";

const after = <T>(ms: number, value: T): Promise<T> => new Promise((resolve) => setTimeout(() => resolve(value), ms));
const codeOf = (error: { readonly code?: unknown }) => error.code;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(async () => {
  const done = shutDownAll();
  await vi.runAllTimersAsync();
  await done;
  vi.useRealTimers();
});

/** A connection that tells what is done to it. */
function connections() {
  const opened: string[] = [];
  const closed: string[] = [];
  const connect = (url: string) => {
    const id = `${url}#${opened.length + 1}`;
    opened.push(id);
    return { id, end: () => void closed.push(id) };
  };
  return { opened, closed, connect };
}

describe("resource", () => {
  it("is made once, for all items of all handlers that have it", async () => {
    const { opened, connect } = connections();
    const db = resource("db", { init: async () => connect("a") });
    const worker = wrap(sqs(), db, async ({ body }, ctx) => void seen.push(`${body} ${ctx.db.id}`));
    const api = wrap(direct<string, string>(), db, (_event, ctx) => ctx.db.id);
    const seen: string[] = [];

    await worker(sqsEvent([{ body: "1" }, { body: "2" }]), lambdaContext());
    await worker(sqsEvent([{ body: "3" }]), lambdaContext());

    expect(await api("event", lambdaContext())).toBe("a#1");
    expect(seen).toEqual(["1 a#1", "2 a#1", "3 a#1"]);
    expect(opened).toEqual(["a#1"]);
  });

  it("is not made by a bare import, and in Lambda when the module is loaded", async () => {
    const init = vi.fn(() => 1);
    wrap(direct(), resource("db", { init }), () => {});
    await vi.runAllTimersAsync();
    expect(init).not.toHaveBeenCalled();

    vi.stubEnv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001");
    wrap(direct(), resource("db", { init }), () => {});
    await vi.runAllTimersAsync();
    expect(init).toHaveBeenCalledOnce();
  });

  it("is made by ready, side by side with all that it does not need", async () => {
    const begun: string[] = [];
    const slow = (name: string) => () => (begun.push(name), after(100, name));
    const config = resource("config", { init: slow("config") });
    const db = resource("db", { needs: [config], init: async (needs) => `${await slow("db")()} of ${needs.config}` });
    const cache = resource("cache", { init: slow("cache") });
    const handler = wrap(direct<string, string>(), db, cache, (_event, ctx) => `${ctx.db}, ${ctx.cache}`);

    const isReady = ready(handler);
    await vi.advanceTimersByTimeAsync(99);
    expect(begun).toEqual(["config", "cache"]);
    await vi.advanceTimersByTimeAsync(101);

    expect(await isReady).toBe(handler);
    expect(begun).toEqual(["config", "cache", "db"]);
    expect(await handler("event", lambdaContext())).toBe("db of config, cache");
  });

  it("is made by ready for every handler of a dispatch", async () => {
    const init = vi.fn(() => 1);
    const db = resource("db", { init });

    await ready(
      dispatch(
        wrap(sqs(), async () => {}),
        wrap(direct(), db, () => {}),
      ),
    );

    expect(init).toHaveBeenCalledOnce();
  });

  it("is made by ready in a router too, fails a request there with a 503, and is replaced in tests", async () => {
    const init = vi
      .fn<() => string>(() => "made")
      .mockImplementationOnce(() => {
        throw new Error("no");
      });
    const db = resource("db", { init });
    const handler = wrap(httpApi(), router({ "/orders": router(db, { "GET /": async (_request, ctx) => ({ db: ctx.db }) }) }));
    const event = httpApiEvent({ path: "/orders" });

    await expect(ready(handler)).rejects.toMatchObject({ of: "db" });
    init.mockImplementationOnce(() => {
      throw new Error("no again");
    });
    expect(await handler(event, lambdaContext())).toMatchObject({ statusCode: 503 });
    expect(await handler(event, lambdaContext())).toMatchObject({ statusCode: 200, body: '{"db":"made"}' });

    expect((await testing(handler, { db: "fake" }).send(event)).reply).toMatchObject({ body: '{"db":"fake"}' });
    expect(init).toHaveBeenCalledTimes(3);
  });

  it.for([
    { what: "undefined", value: undefined },
    { what: "null", value: null },
    { what: "false", value: false },
  ])("may be $what, and is still made once", async ({ value }) => {
    const init = vi.fn(() => value);
    const handler = wrap(direct<string>(), resource("db", { init }), (_event, { db }) => db);

    expect([await handler("event", lambdaContext()), await handler("event", lambdaContext())]).toEqual([value, value]);
    expect(init).toHaveBeenCalledOnce();
  });

  it("is made for a handler whose layer runs it, where wrap does not know of it", async () => {
    const db = resource("db", { init: () => after(10, "made") });
    const inner = layer("router", (item, ctx, next) => db.hooks.item?.(item, ctx, next as never) as ReturnType<typeof next>);
    const handler = wrap(direct<string>(), inner, (_event, ctx) => (ctx as unknown as { db: string }).db);

    const reply = handler("event", lambdaContext());
    await vi.advanceTimersByTimeAsync(10);

    expect(await reply).toBe("made");
  });

  it("is no member of the prototype, whatever its name", async () => {
    const handler = wrap(direct<string>(), resource("toString", { init: () => "made" }), (_event, ctx) => ctx.toString);

    expect(await handler("event", lambdaContext())).toBe("made");
  });
});

describe("an init that fails", () => {
  function failingOnce() {
    const init = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error("connection refused")).mockResolvedValue("made");
    return { init, db: resource("db", { init }) };
  }

  it("rejects ready with what failed and why", async () => {
    const { db } = failingOnce();

    await expect(ready(wrap(direct(), db, () => {}))).rejects.toMatchObject({
      name: "InitError",
      code: "LAMELLA_INIT",
      of: "db",
      message: `"db" could not be made: connection refused`,
      cause: new Error("connection refused"),
    });
  });

  it("rejects the invocation, and the next one tries again", async () => {
    const { db, init } = failingOnce();
    const handled = vi.fn();
    const handler = wrap(sqs({ onFailure: "ignore" }), db, async (_message, ctx) => handled(ctx.db));
    const event = sqsEvent([{ body: "1" }]);

    expect(await handler(event, lambdaContext()).catch(codeOf)).toBe("LAMELLA_INIT");
    expect(handled).not.toHaveBeenCalled();
    expect(await handler(event, lambdaContext())).toEqual({ batchItemFailures: [] });

    expect(handled).toHaveBeenCalledExactlyOnceWith("made");
    expect(init).toHaveBeenCalledTimes(2);
  });

  it("is a 503 over HTTP", async () => {
    const { db } = failingOnce();
    const handler = wrap(httpApi(), db, async (_request, ctx) => ({ db: ctx.db }));

    expect(await handler(httpApiEvent({}), lambdaContext())).toMatchObject({ statusCode: 503 });
    expect(await handler(httpApiEvent({}), lambdaContext())).toMatchObject({ statusCode: 200 });
  });

  it("is no unhandled rejection when nobody waits for it", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    vi.stubEnv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001");
    const { db, init } = failingOnce();
    const pool = resource("pool", { needs: [db], init: () => 1 });

    const handler = wrap(direct<string, string>(), db, pool, (_event, ctx) => ctx.db);
    vi.useRealTimers();
    // Node.js tells of a rejection that nobody has handled before it goes on to the next phase.
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    vi.useFakeTimers();

    expect(unhandled).not.toHaveBeenCalled();
    expect(init).toHaveBeenCalledOnce();
    process.off("unhandledRejection", unhandled);
    expect(await handler("event", lambdaContext())).toBe("made");
  });

  it("names the one that failed, and not the one that needs it", async () => {
    const { db } = failingOnce();
    const init = vi.fn(() => 1);

    await expect(ready(wrap(direct(), resource("pool", { needs: [db], init }), () => {}))).rejects.toMatchObject({ of: "db" });
    expect(init).not.toHaveBeenCalled();
  });

  it("fails alike when it throws at once, and when it throws what is no error", async () => {
    const db = resource("db", {
      init: () => {
        throw undefined;
      },
    });

    expect(await wrap(direct(), db, () => {})("event", lambdaContext()).catch((error: Error) => error.message)).toBe(
      `"db" could not be made: undefined`,
    );
  });
});

describe("a lazy resource", () => {
  it("is made at the first use, once, and still shut down", async () => {
    const { opened, closed, connect } = connections();
    const db = resource("db", { lazy: true, init: () => after(10, connect("a")), shutdown: (pool) => pool.end() });
    const handler = wrap(direct<boolean, string[]>(), db, async (uses, ctx) =>
      uses ? (await Promise.all([ctx.db(), ctx.db()])).map(({ id }) => id) : [],
    );

    await ready(handler);
    expect(await handler(false, lambdaContext())).toEqual([]);
    expect(opened).toEqual([]);
    const reply = handler(true, lambdaContext());
    await vi.advanceTimersByTimeAsync(10);

    expect(await reply).toEqual(["a#1", "a#1"]);
    await shutDownAll();
    expect(closed).toEqual(["a#1"]);
  });

  it("fails the item whose use it fails, and is tried again at the next use", async () => {
    const init = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error("no")).mockResolvedValue("made");
    const handler = wrap(sqs(), resource("db", { lazy: true, init }), async ({ body }, { db }) => void seen.push(body + (await db())));
    const seen: string[] = [];

    const { batchItemFailures } = await testing(handler)
      .send(sqsEvent([{ body: "1" }, { body: "2" }, { body: "3" }]))
      .then(({ outcomes }) => ({ batchItemFailures: outcomes.map(({ error }) => codeOf(error as never)) }))
      .catch(() => ({ batchItemFailures: ["rejected"] }));

    expect(batchItemFailures).toEqual(["LAMELLA_INIT", "LAMELLA_INIT", "LAMELLA_INIT"]);
    await handler(sqsEvent([{ body: "4" }]), lambdaContext());
    expect(seen).toEqual(["4made"]);
  });

  it("is given to what needs it as a function", async () => {
    const init = vi.fn(() => "made");
    const db = resource("db", { lazy: true, init });
    const users = resource("users", { needs: [db], init: (needs) => ({ db: needs.db }) });
    const handler = wrap(direct<string, string>(), users, (_event, ctx) => ctx.users.db());

    await ready(handler);
    expect(init).not.toHaveBeenCalled();
    expect(await handler("event", lambdaContext())).toBe("made");
  });
});

describe("a resource in tests", () => {
  it("is never made where it is replaced, and neither is what only it needs", async () => {
    const init = vi.fn(() => ({ url: "real" }));
    const config = resource("config", { init });
    const db = resource("db", { needs: [config], init: (needs) => `connected to ${needs.config.url}` });
    const handler = wrap(direct<string, string>(), db, (_event, ctx) => ctx.db);

    expect((await testing(handler, { db: "fake" }).send("event")).reply).toBe("fake");
    expect(init).not.toHaveBeenCalled();
  });

  it("gets the replaced ones that it needs, at any depth", async () => {
    const init = vi.fn(() => ({ url: "real" }));
    const config = resource("config", { init });
    const db = resource("db", { needs: [config], init: (needs) => `db at ${needs.config.url}` });
    const users = resource("users", { needs: [db], init: (needs) => `users of ${needs.db}` });
    const handler = wrap(direct<string, string>(), users, (_event, ctx) => ctx.users);

    expect((await testing(handler, { config: { url: "fake" } }).send("event")).reply).toBe("users of db at fake");
    expect(init).not.toHaveBeenCalled();
    expect((await testing(handler).send("event")).reply).toBe("users of db at real");
  });

  it("is called by its name where a name is wrong", () => {
    const config = resource("config", { init: () => 1 });
    const db = resource("db", { needs: [config], init: () => 1 });

    expect(() =>
      testing(
        wrap(direct(), db, () => {}),
        { dbb: 1 },
      ),
    ).toThrow("it has db, config");
  });
});

describe("options", () => {
  const init = () => 1;

  it.for([
    { why: "init is missing", options: {}, error: TypeError },
    { why: "init is no function", options: { init: 1 }, error: TypeError },
    { why: "needs holds a name", options: { init, needs: ["config"] }, error: TypeError },
    { why: "needs is no list", options: { init, needs: {} }, error: TypeError },
    { why: "lazy is a word", options: { init, lazy: "yes" }, error: TypeError },
    { why: "shutdown is no function", options: { init, shutdown: true }, error: TypeError },
    { why: "isSame is no function", options: { init, isSame: true }, error: TypeError },
    { why: "timeoutMs is 0", options: { init, timeoutMs: 0 }, error: RangeError },
    { why: "timeoutMs is 301", options: { init, timeoutMs: 301 }, error: RangeError },
    { why: "maxAgeMs is 0", options: { init, maxAgeMs: 0 }, error: RangeError },
    { why: "maxAgeMs is no number", options: { init, maxAgeMs: Number.NaN }, error: RangeError },
  ])("are refused at load when $why", ({ options, error }) => {
    expect(() => resource("db", options as never)).toThrow(error);
  });

  it.for([{ timeoutMs: 300 }, { timeoutMs: 1 }, { maxAgeMs: 1 }, { lazy: false }, { needs: [] }])("may be %o", (options) => {
    expect(resource("db", { init, ...options }).name).toBe("db");
  });

  it("must have a name", () => {
    expect(() => resource("", { init })).toThrow(TypeError);
  });
});
