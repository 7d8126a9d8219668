import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { scheduledEvent } from "@lamella/testing";
import { startRuntime } from "@lamella/testing/runtime";
import { built } from "../../bundled.ts";
import { say } from "../../show.ts";
import { servePostgres } from "./postgres-server.ts";
import { startSecretsManager } from "./secrets-manager.ts";

const SECRET_ID = "reports/db";

const SCHEMA = `
  create table orders (id text primary key, day date not null, sku text not null, quantity int not null);
  create table reports (day date primary key, sales jsonb not null);
  insert into orders values
    ('order-1', '2026-01-30', 'pen', 2), ('order-2', '2026-01-30', 'ink', 1), ('order-3', '2026-01-30', 'pen', 3),
    ('order-4', '2026-01-31', 'ink', 4);`;

/** Runs the example as Lambda does, and tells what happens; false when it did not come out as it must. */
export async function start(): Promise<boolean> {
  say.title("reports: a nightly function with a database pool, whose secret is rotated");
  const folder = join(import.meta.dirname, "..");
  await built(folder, "nightly");
  const database = await PGlite.create();
  await database.exec(SCHEMA);
  const postgres = await servePostgres(database, "first-password");
  const secretsManager = await startSecretsManager();
  const putSecret = (): unknown =>
    secretsManager.secrets.set(
      SECRET_ID,
      JSON.stringify({ host: "127.0.0.1", port: postgres.port, dbname: "postgres", username: "reports", password: postgres.password }),
    );
  putSecret();
  const wrong: string[] = [];
  const check = (isRight: boolean, what: string): void => void (isRight || wrong.push(what));

  try {
    say.step("The init phase: secrets are fetched, and the pool is opened with them");
    const runtime = await startRuntime({
      file: join(folder, "dist/nightly.mjs"),
      client: "lamella",
      functionName: "reports-nightly",
      timeoutMs: 10_000,
      env: {
        DB_SECRET_ID: SECRET_ID,
        DB_TLS: "false",
        AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
        AWS_ACCESS_KEY_ID: "local",
        AWS_SECRET_ACCESS_KEY: "local",
      },
    });
    try {
      const { error } = runtime.init;
      check(error === undefined, `init failed: ${error?.errorMessage}`);
      showLogs(runtime.logs);

      const invoke = async (scheduledAt: string): Promise<readonly string[]> => {
        const { reply, error: failure, logs } = await runtime.invoke(scheduledEvent({ scheduledAt: new Date(scheduledAt) }));
        say.exchange(
          `the schedule of ${scheduledAt}`,
          failure === undefined ? JSON.stringify(reply) : `${failure.errorType}: ${failure.errorMessage}`,
        );
        showLogs(logs);
        check(failure === undefined, `the invocation of ${scheduledAt} failed`);
        return logs;
      };

      say.step("The first night");
      await invoke("2026-01-31T02:00:00Z");

      say.step("The secret is rotated: the database takes the new password only, and ends the sessions of the old one");
      postgres.password = "second-password";
      putSecret();
      postgres.endSessions();

      say.step("The second night: the old login is refused, the secret is looked at anew, and the pool is made again");
      const logs = await invoke("2026-02-01T02:00:00Z");
      check(
        logs.some((line) => line.includes("pool opened")),
        "the pool was not made anew",
      );
      check(postgres.sessions.refused > 0, "the old login was not refused");

      say.step("The environment ends: SIGTERM, and the pool is closed");
      const ended = await runtime.shutdown();
      showLogs(ended.logs);
      say.detail(`ended ${ended.wasAsked ? "when it was asked to" : "without being asked"}, after ${Math.round(ended.durationMs)} ms`);
      check(ended.wasAsked && !ended.wasKilled, "the environment was killed");
      check(
        ended.logs.some((line) => line.includes("pool closed")),
        "the pool was not closed",
      );
      check(!runtime.logs.some((line) => /(first|second)-password/.test(line)), "a password was logged");
    } finally {
      await runtime[Symbol.asyncDispose]();
    }

    say.step("The reports that were kept");
    const { rows } = await database.query<{ readonly day: string; readonly sales: unknown }>(
      "select day::text, sales from reports order by day",
    );
    for (const { day, sales } of rows) say.detail(`${day} ${JSON.stringify(sales)}`);
    check(JSON.stringify(rows) === EXPECTED, `the reports are ${JSON.stringify(rows)}`);
    check(secretsManager.calls() === 2, `the secret was asked for ${secretsManager.calls()} times`);
  } finally {
    await secretsManager.stop();
    await postgres.stop();
    await database.close();
  }
  say.step(
    wrong.length === 0
      ? "2 reports kept, one on each side of the rotation; the secret was fetched twice, and no session is left open."
      : `This did not come out as it must: ${wrong.join("; ")}.`,
  );
  return wrong.length === 0;
}

const EXPECTED = JSON.stringify([
  {
    day: "2026-01-30",
    sales: [
      { sku: "pen", orders: 2, quantity: 5 },
      { sku: "ink", orders: 1, quantity: 1 },
    ],
  },
  { day: "2026-01-31", sales: [{ sku: "ink", orders: 1, quantity: 4 }] },
]);

function showLogs(lines: readonly string[]): void {
  for (const line of lines) say.log(line);
}
