import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ENV, startDynamodb } from "../test/dynamodb-server.ts";
import { isMissing, startPostgres, startRedis } from "../test/servers.ts";
import { sqlTable } from "./sql.ts";

/** Where the processes find the store, and what they did, by their own account and by the database's. */
interface Place {
  readonly address: string;
  readonly effects: (written: readonly string[]) => Promise<number>;
  readonly stop: () => unknown;
}

const effectsOf = async (written: readonly string[]): Promise<number> => written.filter((line) => line === "effect").length;

async function onPostgres(): Promise<Place> {
  const server = await startPostgres();
  const client = new Client({ host: server.socket, user: "postgres", database: "postgres" });
  await client.connect();
  await client.query(`${sqlTable()} create table effects (id text not null)`);
  return {
    address: server.socket,
    // Of both sorts: what was committed here, or what the processes wrote down.
    effects: async (written) => Number((await client.query("select count(*) from effects")).rows[0].count) + (await effectsOf(written)),
    stop: async () => {
      await client.end();
      await server.stop();
    },
  };
}

const PLACES = [
  {
    kind: "dynamodb",
    isLeftOut: false,
    open: async (): Promise<Place> => {
      const { endpoint, stop } = await startDynamodb();
      return { address: endpoint, effects: effectsOf, stop };
    },
  },
  {
    kind: "redis",
    isLeftOut: isMissing("redis"),
    open: async (): Promise<Place> => {
      const { socket, stop } = await startRedis();
      return { address: socket, effects: effectsOf, stop };
    },
  },
  { kind: "sql", isLeftOut: isMissing("postgres"), open: onPostgres },
  { kind: "transaction", isLeftOut: isMissing("postgres"), open: onPostgres },
];

const folder = mkdtempSync(join(tmpdir(), "lamella-"));
const fixture = join(folder, "killed.mjs");
beforeAll(async () => {
  // From the source, as the tests are.
  await build({
    entryPoints: [new URL("../test/killed.fixture.ts", import.meta.url).pathname],
    outfile: fixture,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["pg-native"],
    banner: { js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);` },
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

for (const { kind, isLeftOut, open } of PLACES)
  describe.skipIf(isLeftOut)(`on ${kind}`, () => {
    it.for([
      { delivery: "the same asynchronous invocation", next: "r-1", gives: ["done"] },
      { delivery: "another invocation", next: "r-2", gives: ["LAMELLA_ALREADY_IN_PROGRESS", "done"] },
    ])(
      "heals after a process was killed in the middle, for $delivery, with one effect in all",
      { timeout: 60_000 },
      async ({ next, gives }) => {
        for (const [name, value] of Object.entries(ENV)) vi.stubEnv(name, value);
        const { address, effects, stop } = await open();
        const file = join(folder, crypto.randomUUID());
        writeFileSync(file, "");
        const written = (): string[] => readFileSync(file, "utf8").trim().split("\n");
        const start = (requestId: string, hangs = ""): ChildProcess =>
          spawn(process.execPath, ["--disable-warning=ExperimentalWarning", fixture, kind, address, file, requestId, hangs], {
            stdio: ["ignore", "pipe", "inherit"],
          });
        const run = async (requestId: string): Promise<string> => {
          const child = start(requestId);
          let said = "";
          child.stdout?.on("data", (text: Buffer) => (said += text.toString()));
          await once(child, "exit");
          return said.trim();
        };
        const holder = start("r-1", "before");
        while (written().join("") === "") await new Promise((resolve) => setTimeout(resolve, 20));
        holder.kill("SIGKILL");
        await once(holder, "exit");

        const came = [await run(next)];
        // A lease of two seconds, and a second for clocks that differ.
        if (came[0] !== "done") {
          await new Promise((resolve) => setTimeout(resolve, 3_100));
          came.push(await run(next));
        }
        expect(came).toEqual(gives);
        expect(await run("r-3")).toBe("done");
        expect(await effects(written())).toBe(1);
        await stop();
      },
    );
  });
