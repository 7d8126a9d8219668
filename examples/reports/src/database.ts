import { resource } from "@lamella/core";
import { secrets } from "@lamella/parameters";
import postgres from "postgres";
import { z } from "zod";
import { config } from "./config.ts";

/** As Secrets Manager keeps it for a database of RDS. */
const DatabaseSecret = z.object({
  host: z.string(),
  port: z.int(),
  dbname: z.string(),
  username: z.string(),
  password: z.string(),
});

/** The login of the database, which is rotated. */
export const secret = secrets({ db: { id: config.DB_SECRET_ID, schema: DatabaseSecret } }, { maxAgeMs: config.SECRET_MAX_AGE_MS });

/** What the functions ask of the database. */
export interface Database {
  /** The day's orders by product, those sold most first. */
  readonly salesOf: (day: string) => Promise<readonly Sale[]>;
  /** Keeps the report; the one of a day that is reported again takes the place of the first. */
  readonly keep: (day: string, sales: readonly Sale[]) => Promise<void>;
}

export interface Sale {
  readonly sku: string;
  readonly orders: number;
  readonly quantity: number;
}

/** A pool of connections, made anew when its secret was rotated; the old one ends when nobody uses it any more. */
export const db = resource("db", {
  needs: [secret],
  init: async (needs) => {
    const { host, port, dbname, username, password } = needs.secret.db;
    const sql = postgres({
      host,
      port,
      database: dbname,
      username,
      password,
      max: 2,
      connect_timeout: 3,
      ssl: config.DB_TLS ? "verify-full" : false,
      connection: { application_name: "reports" },
    });
    // A pool connects at its first query. Here a wrong login fails the init phase, and not the night's report.
    await sql`select 1`;
    console.log(`pool opened for ${username}`);
    return { ...queries(sql), end: () => sql.end({ timeout: 0.2 }) };
  },
  shutdown: async (pool) => {
    await pool.end();
    console.log("pool closed");
  },
});

function queries(sql: postgres.Sql): Database {
  return {
    salesOf: (day) => sql<Sale[]>`
      select sku, count(*)::int as orders, sum(quantity)::int as quantity
      from orders where day = ${day}::date group by sku order by quantity desc, sku`,
    keep: async (day, sales) => {
      await sql`
        insert into reports (day, sales) values (${day}::date, ${sql.json(sales.map((sale) => ({ ...sale })))})
        on conflict (day) do update set sales = excluded.sales`;
    },
  };
}
