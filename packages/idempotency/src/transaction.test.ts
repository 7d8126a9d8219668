import { direct, wrap } from "@lamella/core";
import { lambdaContext } from "@lamella/testing";
import { Pool, type PoolClient } from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { isMissing, type Server, startPostgres } from "../test/servers.ts";
import { type IdempotencyStore, type TransactionStore, transaction, transactionSteps } from "./index.ts";
import { memoryStore } from "./memory.ts";
import { sqlStore, sqlTable } from "./sql.ts";

const at = (remainingMs = 30_000) => ({ ...lambdaContext({ remainingMs }), functionName: "f" });
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "fulfilled",
    (error: { readonly code?: string }) => error?.code ?? error,
  );
const write = (tx: Pick<PoolClient, "query">, id: string) => tx.query("insert into effects (id) values ($1)", [id]);

describe.skipIf(isMissing("postgres"))("transaction on PostgreSQL from Debian", () => {
  let server: Server;
  let pool: Pool;
  let sql: ReturnType<typeof postgres>;
  beforeAll(async () => {
    server = await startPostgres();
    pool = new Pool({ host: server.socket, user: "postgres", database: "postgres" }).on("error", () => {});
    sql = postgres({ path: `${server.socket}/.s.PGSQL.5432`, user: "postgres", database: "postgres", onnotice: () => {} });
    await pool.query(`${sqlTable()} create table effects (id text not null);
      create function nap() returns trigger language plpgsql as 'begin perform pg_sleep(0.5); return null; end';
      create constraint trigger nap after insert on effects deferrable initially deferred
        for each row when (new.id = 'slow') execute function nap()`);
  }, 60_000);
  afterAll(async () => {
    await Promise.all([pool?.end(), sql?.end()]);
    await server?.stop();
  });
  beforeEach(async () => void (await pool.query("truncate effects, idempotency")));

  const effects = async (id = "k"): Promise<number> =>
    Number((await pool.query("select count(*) from effects where id = $1", [id])).rows[0].count);
  const status = async (): Promise<string | undefined> =>
    (await pool.query("select status from idempotency where id = 'f#k'")).rows[0]?.status;
  /** A pool whose clients do something else than they are told, at the statement that starts so. */
  const faulty = (start: string, instead: (client: PoolClient, send: () => Promise<unknown>) => Promise<unknown>, times = 1): Pool =>
    new Proxy(pool, {
      get: (target, name) => {
        if (name !== "connect") return (target[name as "query"] as Function).bind(target);
        return async () => {
          const client = await pool.connect();
          const { query: original, release } = client as { readonly [name in "query" | "release"]: Function };
          const query = (text: string, ...rest: never[]): Promise<unknown> => {
            const send = (): Promise<unknown> => original.call(client, text, ...rest);
            return text.startsWith(start) && times-- > 0 ? instead(client, send) : send();
          };
          client.query = query as never;
          client.release = (error) => {
            Object.assign(client, { query: original, release });
            client.release(error);
          };
          return client;
        };
      },
    });

  it("commits what the handler writes together with its record, once, and replays what it returned", async () => {
    const handler = wrap(direct<string>(), transaction({ store: sqlStore({ pool }), key: (id) => id }), async (id, { tx }) => {
      await write(tx, id);
      // Nobody else sees it yet.
      return { seen: await effects() };
    });
    const sent = [await handler("k", at()), await handler("k", at()), ...(await Promise.all([handler("k", at()), handler("k", at())]))];

    expect(sent).toEqual([{ seen: 0 }, { seen: 0 }, { seen: 0 }, { seen: 0 }]);
    expect([await effects(), await status()]).toEqual([1, "completed"]);
  });

  it("rolls back what is thrown, and lets the next one run", async () => {
    let runs = 0;
    const error = new Error("declined");
    const handler = wrap(direct<string>(), transaction({ store: sqlStore({ pool }), key: (id) => id }), async (id, { tx }) => {
      await write(tx, id);
      if (++runs === 1) throw error;
      return runs;
    });

    await expect(handler("k", at())).rejects.toBe(error);
    expect([await effects(), await status()]).toEqual([0, undefined]);
    expect(await handler("k", at())).toBe(2);
    expect(await effects()).toBe(1);
  });

  it("rolls back what is not kept, and gives it to its caller", async () => {
    const handler = wrap(
      direct<string>(),
      transaction({ store: sqlStore({ pool }), key: (id) => id, keep: (outcome) => outcome !== "busy" }),
      async (id, { tx }) => (await write(tx, id), "busy"),
    );

    expect(await handler("k", at())).toBe("busy");
    expect([await effects(), await status()]).toEqual([0, undefined]);
  });

  it("rolls back when another attempt has taken the lease, and says so", async () => {
    const store = sqlStore({ pool });
    const handler = wrap(direct<string>(), transaction({ store, key: (id) => id }), async (id, { tx }) => {
      await write(tx, id);
      const { rows } = await pool.query("select token from idempotency");
      const now = Date.now();
      const times = { now, leaseUntil: now + 60_000, expiresAt: now + 600_000, withinMs: 1_000 };
      await store.begin({ id: "f#k", token: "newer", owner: undefined, validation: undefined, replaces: rows[0].token, ...times });
    });

    expect(await codeOf(handler("k", at()))).toBe("LAMELLA_LEASE_LOST");
    expect(await effects()).toBe(0);
    expect(await codeOf(handler("k", at()))).toBe("LAMELLA_ALREADY_IN_PROGRESS");
  });

  const cut = Object.assign(new Error("cut"), { code: "ECONNRESET" });
  it.for([
    {
      when: "the commit is applied, and its answer is lost",
      start: "commit",
      instead: async (_client: PoolClient, send: () => Promise<unknown>) => send().then(() => Promise.reject(cut)),
      gives: "fulfilled",
      left: 1,
      runs: 1,
    },
    {
      // A constraint that is checked at the end, for half a second.
      when: "the commit goes on for a while after its connection broke",
      start: "commit",
      instead: async (_client: PoolClient, send: () => Promise<unknown>) => {
        send().catch(() => {});
        throw cut;
      },
      gives: "fulfilled",
      left: 1,
      runs: 1,
      id: "slow",
    },
    {
      when: "the commit never arrives",
      start: "commit",
      instead: async () => Promise.reject(cut),
      gives: "LAMELLA_STORE",
      left: 0,
      runs: 2,
    },
    {
      when: "the record cannot be completed",
      start: "update",
      instead: async () => Promise.reject(cut),
      gives: "LAMELLA_STORE",
      left: 0,
      runs: 2,
    },
    {
      when: "no transaction can be begun",
      start: "begin",
      instead: async () => Promise.reject(cut),
      gives: "LAMELLA_STORE",
      left: 0,
      runs: 1,
    },
    {
      when: "the server ends the connection in the middle",
      start: "insert into effects",
      instead: async (client: PoolClient, send: () => Promise<unknown>) => {
        await pool.query("select pg_terminate_backend($1)", [(client as unknown as { processID: number }).processID]);
        return send();
      },
      gives: expect.anything(),
      left: 0,
      runs: 2,
    },
  ])("has $left effects when $when, and one after the retry", async ({ start, instead, gives, left, runs, id = "k" }) => {
    let ran = 0;
    const store = sqlStore({ pool: faulty(start, instead) });
    const handler = wrap(
      direct<string>(),
      transaction({ store, key: (key) => key }),
      async (key, { tx }) => (ran++, await write(tx, key), "done"),
    );

    expect(await codeOf(handler(id, at()))).toEqual(gives);
    expect(await effects(id)).toBe(left);
    expect(await handler(id, at())).toBe("done");
    expect([await effects(id), ran]).toEqual([1, runs]);
  });

  it("fails where neither the commit nor the record can be asked for, and the retry replays what was committed", async () => {
    let isCut = false;
    const broken = faulty("commit", async (_client, send) => {
      await send();
      isCut = true;
      throw cut;
    });
    const store = sqlStore({
      pool: new Proxy(broken, { get: (of, name) => (name === "query" && isCut ? () => Promise.reject(cut) : of[name as "query"]) }),
    });
    const handler = wrap(direct<string>(), transaction({ store, key: (id) => id }), async (id, { tx }) => (await write(tx, id), "done"));

    expect(await codeOf(handler("k", at()))).toBe("LAMELLA_STORE");
    isCut = false;
    expect(await handler("k", at())).toBe("done");
    expect(await effects()).toBe(1);
  });

  it("fails when the handler has swallowed an error that ended the transaction", async () => {
    const handler = wrap(direct<string>(), transaction({ store: sqlStore({ pool }), key: (id) => id }), async (id, { tx }) => {
      await write(tx, id);
      await tx.query("select 1 / 0").catch(() => {});
    });

    expect(await codeOf(handler("k", at()))).toBe("LAMELLA_STORE");
    expect([await effects(), await status()]).toEqual([0, undefined]);
  });

  it.for(["commit", "ROLLBACK", " end;", "begin", "start transaction", "abort", "rollback and chain"])(
    "refuses %s from the handler",
    async (text) => {
      const handler = wrap(direct<string>(), transaction({ store: sqlStore({ pool }), key: (id) => id }), async (id, { tx }) => {
        await write(tx, id);
        await tx.query(text);
      });

      await expect(handler("k", at())).rejects.toThrow(TypeError);
      expect(await effects()).toBe(0);
    },
  );

  it("takes savepoints from the handler", async () => {
    const handler = wrap(direct<string>(), transaction({ store: sqlStore({ pool }), key: (id) => id }), async (id, { tx }) => {
      await tx.query("savepoint s");
      await write(tx, id);
      await tx.query({ text: "rollback to savepoint s" });
      await tx.query("rollback work to s");
      await write(tx, id);
      await tx.query("release savepoint s");
    });

    await handler("k", at());
    expect(await effects()).toBe(1);
  });

  it("refuses what the handler would still do after its end, and takes no connection away", async () => {
    let kept: PoolClient | undefined;
    const handler = wrap(direct<string>(), transaction({ store: sqlStore({ pool }), key: (id) => id }), async (id, { tx }) => {
      kept = tx;
      await write(tx, id);
      expect(() => tx.release()).toThrow(TypeError);
    });
    await handler("k", at());

    expect(() => write(kept as PoolClient, "k")).toThrow(TypeError);
    expect([await effects(), pool.totalCount - pool.idleCount]).toEqual([1, 0]);
  });

  it.for([
    { limitsIdle: true, gives: "35s" },
    { limitsIdle: false, gives: "0" },
  ])(
    "lets the database end a transaction that idles for longer than $gives, with limitsIdle $limitsIdle",
    async ({ limitsIdle, gives }) => {
      const handler = wrap(
        direct<string>(),
        transaction({ store: sqlStore({ pool, limitsIdle }), key: (id) => id }),
        async (_id, { tx }) => {
          const { rows } = await tx.query("select setting::int from pg_settings where name = 'idle_in_transaction_session_timeout'");
          return Math.ceil(rows[0].setting / 1_000);
        },
      );

      expect(`${String(await handler("k", at()))}${limitsIdle ? "s" : ""}`).toBe(gives);
    },
  );

  it("commits work that goes on after its item was given up", async () => {
    let wrote!: () => void;
    const hasWritten = new Promise<void>((resolve) => (wrote = resolve));
    const handler = wrap(
      direct<string>({ softMs: 900, hardMs: 800 }),
      transaction({ store: sqlStore({ pool }), key: (id) => id }),
      async (id, { tx }) => {
        await write(tx, id);
        await hasWritten;
        return "late";
      },
    );

    expect(await codeOf(handler("k", at(1_000)))).toBe("LAMELLA_DEADLINE_EXCEEDED");
    expect([await effects(), await status()]).toEqual([0, "in-progress"]);
    wrote();
    await vi.waitUntil(async () => (await status()) === "completed");
    expect(await effects()).toBe(1);
    expect(await handler("k", at())).toBe("late");
  });

  it("runs an item without a key in a transaction as well", async () => {
    const handler = wrap(
      direct<string>(),
      transaction({ store: sqlStore({ pool }), key: () => undefined, required: false, keep: (outcome) => outcome !== "unkept" }),
      async (how, { tx }) => {
        await write(tx, "k");
        if (how === "throws") throw new Error("no");
        return how;
      },
    );

    expect([await handler("returns", at()), await handler("unkept", at()), await codeOf(handler("throws", at()))]).toEqual([
      "returns",
      "unkept",
      new Error("no"),
    ]);
    expect(await effects()).toBe(1);
  });

  it.for([
    { of: "pg", make: () => sqlStore({ pool }), insert: (tx: never, id: string) => write(tx, id) },
    {
      of: "postgres.js",
      make: () => sqlStore({ sql }),
      insert: (tx: never, id: string) => (tx as ReturnType<typeof postgres>)`insert into effects (id) values (${id})`,
    },
  ])("does each step in a transaction of its own, over $of", async ({ make, insert }) => {
    let runs = 0;
    const handler = wrap(
      direct<string>(),
      transactionSteps({ store: make() as TransactionStore<PoolClient>, key: (id) => id }),
      async (id, { transact }) => {
        const first = await transact("reserve", async (tx) => (await insert(tx as never, id), ++runs));
        await transact("ship", async (tx) => {
          await insert(tx as never, "shipped");
          if (runs++ === 1) throw new Error("no van");
        });
        return first;
      },
    );

    await expect(handler("k", at())).rejects.toThrow("no van");
    expect([await effects(), await effects("shipped")]).toEqual([1, 0]);
    expect(await handler("k", at())).toBe(1);
    expect([await effects(), await effects("shipped")]).toEqual([1, 1]);
  });

  it("does the same over postgres.js", async () => {
    let runs = 0;
    let kept: unknown;
    const handler = wrap(direct<string>(), transaction({ store: sqlStore({ sql }), key: (id) => id }), async (id, { tx }) => {
      kept = tx;
      await tx`insert into effects (id) values (${id})`;
      if (++runs === 1) throw new Error("declined");
      await tx.savepoint((inner) => inner`insert into effects (id) values ('inner')`);
      return { rows: await tx`select count(*)::int from effects`.then(([row]) => row?.["count"] as number) };
    });

    await expect(handler("k", at())).rejects.toThrow("declined");
    expect(await effects()).toBe(0);
    expect(await handler("k", at())).toEqual({ rows: 2 });
    expect(await handler("k", at())).toEqual({ rows: 2 });
    expect([await effects(), await effects("inner"), runs]).toEqual([1, 1, 2]);
    expect(() => (kept as typeof sql)`select 1`).toThrow(TypeError);
  });
});

describe("transaction", () => {
  it.for([
    { what: "a store without transactions", options: { store: memoryStore() as IdempotencyStore } },
    { what: "failOpen", options: { store: { ...memoryStore(), transact: async () => {} }, failOpen: true } },
  ])("refuses $what at load", ({ options }) => {
    expect(() => transaction({ key: () => "k", ...options } as never)).toThrow(TypeError);
    expect(() => transactionSteps({ key: () => "k", ...options } as never)).toThrow(TypeError);
  });
});
