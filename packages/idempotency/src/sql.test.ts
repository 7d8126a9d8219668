import { Client, Pool } from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isMissing, type Server, startPostgres } from "../test/servers.ts";
import { storeContract } from "../test/store-contract.ts";
import { sqlStore, sqlTable } from "./sql.ts";
import type { Claim } from "./store.ts";

const claim = (more: Partial<Claim> = {}): Claim => ({
  id: "k",
  token: "t1",
  owner: undefined,
  now: Date.now(),
  leaseUntil: Date.now() + 60_000,
  expiresAt: Date.now() + 600_000,
  validation: undefined,
  replaces: undefined,
  withinMs: 5_000,
  ...more,
});

describe.skipIf(isMissing("postgres"))("sqlStore on PostgreSQL from Debian", () => {
  let server: Server;
  let pool: Pool;
  let client: Client;
  let sql: ReturnType<typeof postgres>;
  beforeAll(async () => {
    server = await startPostgres();
    const at = { host: server.socket, user: "postgres", database: "postgres" };
    pool = new Pool(at);
    client = new Client(at);
    await client.connect();
    sql = postgres({ ...at, path: `${server.socket}/.s.PGSQL.5432`, onnotice: () => {} });
    await pool.query(sqlTable());
    await pool.query(sqlTable());
    await pool.query(`create schema "App"; ${sqlTable("App.Done_1")}`);
  }, 60_000);
  afterAll(async () => {
    await Promise.all([pool?.end(), client?.end(), sql?.end()]);
    await server?.stop();
  });

  describe("over a pool of pg", () => {
    storeContract(async () => sqlStore({ pool }));
  });
  describe("over one client of pg", () => {
    storeContract(async () => sqlStore({ client }));
  });
  describe("over postgres.js", () => {
    storeContract(async () => sqlStore({ sql }));
  });
  describe("in another table of another schema", () => {
    storeContract(async () => sqlStore({ pool, table: "App.Done_1" }));
  });

  it("keeps ids apart that PostgreSQL could not hold", async () => {
    const store = sqlStore({ pool });

    expect(await store.begin(claim({ id: "f#a\0b" }))).toBeUndefined();
    expect(await store.begin(claim({ id: "f#a\0c" }))).toBeUndefined();
    expect((await store.begin(claim({ id: "f#a\0b", token: "t2" })))?.token).toBe("t1");
  });

  it("takes expired records away, as many as it is told, and nothing that somebody holds", async () => {
    const store = sqlStore({ pool, table: "App.Done_1" });
    const past = Date.now() - 61_000;
    await pool.query(`delete from "App"."Done_1"`);
    for (const id of ["a", "b", "c"]) {
      await store.begin(claim({ id, now: past }));
      await store.complete({ id, token: "t1", expiresAt: past, data: 1, validation: undefined, withinMs: 5_000 });
    }
    await store.begin(claim({ id: "held", leaseUntil: Date.now() + 1_000, expiresAt: past }));
    await store.begin(claim({ id: "abandoned", leaseUntil: past, expiresAt: past }));
    await store.begin(claim({ id: "kept" }));

    expect([await store.clean(1), await store.clean(), await store.clean()]).toEqual([1, 3, 0]);
    expect((await pool.query(`select id from "App"."Done_1" order by id`)).rows).toEqual([{ id: "held" }, { id: "kept" }]);
  });

  it.for([
    { what: "a connection that the server has ended", fails: "57P01", asks: 2 },
    { what: "a connection that broke", fails: "ECONNRESET", asks: 2 },
    { what: "a table that is not there", fails: "42P01", asks: 1 },
  ])("asks $asks times after $what", async ({ fails, asks }) => {
    let asked = 0;
    const store = sqlStore({
      client: {
        query: (text, values) =>
          asked++ === 0 ? Promise.reject(Object.assign(new Error("no"), { code: fails })) : client.query(text, values),
      },
    });

    await store.begin(claim({ id: crypto.randomUUID() })).catch(() => {});
    expect(asked).toBe(asks);
  });
});

describe("sqlStore", () => {
  const client = { query: async () => ({ rows: [] }) };
  it.for([
    { what: "no client", options: {} },
    { what: "two", options: { client, pool: client } },
    { what: "a client for a pool", options: { pool: client } },
    { what: "a text", options: { client: "postgres://" } },
    { what: "a table with a quote", options: { client, table: 'a"b' } },
    { what: "a table in a database", options: { client, table: "a.b.c" } },
    { what: "a table without a name", options: { client, table: "" } },
    { what: "a table of 64 letters", options: { client, table: "x".repeat(64) } },
  ])("refuses $what at load", ({ options }) => {
    expect(() => sqlStore(options as never)).toThrow(TypeError);
  });

  it.for([
    { what: "timeoutMs", options: { timeoutMs: 0 } },
    { what: "attempts", options: { attempts: 0 } },
  ])("refuses a wrong $what at load", ({ options }) => {
    expect(() => sqlStore({ client, ...options })).toThrow(RangeError);
  });

  it("gives up a call after the time that its caller has", async () => {
    const store = sqlStore({ client: { query: () => new Promise<never>(() => {}) } });

    await expect(store.begin(claim({ withinMs: 20 }))).rejects.toMatchObject({ code: "ETIMEDOUT" });
  });
});
