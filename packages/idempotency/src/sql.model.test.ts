import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { playOn, STORE_SCHEDULES } from "../test/play-on.ts";
import { isMissing, type Server, startPostgres } from "../test/servers.ts";
import { toRecord } from "./sql/record.ts";
import { toStatements } from "./sql/statements.ts";
import { sqlStore, sqlTable } from "./sql.ts";
import type { IdempotencyRecord } from "./store.ts";

describe.skipIf(isMissing("postgres"))("sqlStore on PostgreSQL from Debian", () => {
  let server: Server;
  let pool: Pool;
  beforeAll(async () => {
    server = await startPostgres();
    // Its timers would be of the schedules' time.
    pool = new Pool({ host: server.socket, user: "postgres", database: "postgres", max: 30, idleTimeoutMillis: 0 }).on("error", () => {});
    await pool.query(`${sqlTable()} create table effects (key text not null, value int not null)`);
  }, 60_000);
  afterAll(async () => {
    await pool?.end();
    await server?.stop();
  });
  const { read, complete } = toStatements("idempotency");
  // Without a lock, which a transaction may have.
  const look = async (id: string): Promise<IdempotencyRecord | undefined> => {
    const [row] = (await pool.query(read, [id])).rows;
    return row && toRecord(row);
  };

  it(`holds over any of ${STORE_SCHEDULES} schedules`, { timeout: 0 }, async () => {
    await playOn(sqlStore({ pool }), look);
  });

  it(`commits one effect over any of ${STORE_SCHEDULES} schedules, where each run is a transaction`, { timeout: 0 }, async () => {
    let open = 0;
    await playOn(sqlStore({ pool }), look, (prefix) => ({
      open: async () => {
        open++;
        const client = await pool.connect();
        await client.query("begin");
        const end = async (how: string): Promise<void> => {
          open--;
          await client.query(how);
          client.release();
        };
        return {
          write: (value) => client.query("insert into effects (key, value) values ($1, $2)", [prefix, value]),
          complete: async ({ id, token, expiresAt, data, validation }) => {
            const values = [prefix + id, token, String(Math.ceil(expiresAt)), JSON.stringify(data), validation ?? null];
            return (await client.query(complete, values)).rows.length === 1;
          },
          commit: () => end("commit"),
          rollback: () => end("rollback"),
        };
      },
      effects: async () => (await pool.query("select value from effects where key = $1", [prefix])).rows.map(({ value }) => value),
    }));

    expect(open).toBe(0);
    const { rows } = await pool.query("select count(*)::int, count(distinct key)::int as keys from effects");
    expect(rows).toEqual([{ count: STORE_SCHEDULES, keys: STORE_SCHEDULES }]);
  });
});
