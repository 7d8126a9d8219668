import { PGlite } from "@electric-sql/pglite";
import postgres from "postgres";
import { expect, it } from "vitest";
import { servePostgres } from "./postgres-server.ts";

it("the local database takes the password that it has, and refuses another as PostgreSQL does", { timeout: 30_000 }, async () => {
  const database = await PGlite.create();
  const server = await servePostgres(database, "right");
  const connect = (password: string) =>
    postgres({ host: "127.0.0.1", port: server.port, username: "u", database: "postgres", password, max: 2 });
  const sql = connect("right");
  try {
    expect([...(await sql`select ${1}::int as one`)]).toEqual([{ one: 1 }]);
    // Two sessions at once, whose messages must not mix.
    const both = await Promise.all([1, 2, 3, 4].map((n) => sql`select ${n}::int as n`));
    expect(both.map(([row]) => row?.["n"])).toEqual([1, 2, 3, 4]);
    await expect(sql`select nothing`).rejects.toMatchObject({ code: "42703" });
    expect([...(await sql`select 2 as two`)]).toEqual([{ two: 2 }]);

    const wrong = connect("wrong");
    await expect(wrong`select 1`).rejects.toMatchObject({ code: "28P01" });
    await wrong.end({ timeout: 1 });
  } finally {
    await sql.end({ timeout: 1 });
    await server.stop();
    await database.close();
  }
});
