import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { awsCall } from "@lamella/core/aws";
import { build } from "esbuild";
import { expect, it, onTestFinished, vi } from "vitest";
import { ENV, startDynamodb } from "../test/dynamodb-server.ts";

it.for([
  { delivery: "the same asynchronous invocation", next: "r-1", gives: ["done"] },
  { delivery: "another invocation", next: "r-2", gives: ["LAMELLA_ALREADY_IN_PROGRESS", "done"] },
])(
  "heals after a process was killed in the middle, for $delivery, with one effect in all",
  { timeout: 30_000 },
  async ({ next, gives }) => {
    for (const [name, value] of Object.entries(ENV)) vi.stubEnv(name, value);
    const { endpoint, stop } = await startDynamodb();
    const folder = mkdtempSync(join(tmpdir(), "lamella-"));
    const file = join(folder, "effects");
    writeFileSync(file, "");
    onTestFinished(() => {
      stop();
      rmSync(folder, { recursive: true });
    });
    // From the source, as the tests are.
    const fixture = join(folder, "killed.mjs");
    await build({
      entryPoints: [new URL("../test/killed.fixture.ts", import.meta.url).pathname],
      outfile: fixture,
      bundle: true,
      platform: "node",
      format: "esm",
    });
    const start = (requestId: string, hangs = ""): ChildProcess => {
      return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", fixture, endpoint, file, requestId, hangs], {
        stdio: ["ignore", "pipe", "inherit"],
      });
    };
    const run = async (requestId: string): Promise<string> => {
      const child = start(requestId);
      let said = "";
      child.stdout?.on("data", (text: Buffer) => (said += text.toString()));
      await once(child, "exit");
      return said.trim();
    };
    const holder = start("r-1", "before");
    const look = {
      service: "dynamodb",
      target: "DynamoDB_20120810.GetItem",
      input: { TableName: "plain", Key: { id: { S: "f#k" } } },
      endpoint,
    };
    while (!("Item" in (await awsCall<object>(look)))) await new Promise((resolve) => setTimeout(resolve, 20));
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
    expect(readFileSync(file, "utf8")).toBe("effect\n");
  },
);
