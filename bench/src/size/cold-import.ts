import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { type Spread, spreadOf } from "../stats.ts";
import type { Bundle } from "./bundle.ts";

const RUNS = 21;
const folder = new URL("../../.tmp/cold-import/", import.meta.url);

/** How long `import()` of each bundle takes in a new process, with a first call of its handler where that is asked for, in nanoseconds. */
export async function coldImport(bundles: readonly Bundle[]): Promise<Spread[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const files = await Promise.all(
    bundles.map(async ({ code, trace }, index) => {
      const file = new URL(`${index}.mjs`, folder);
      await writeFile(file, code);
      return { file, trace, runs: [] as number[] };
    }),
  );
  // One more, which is thrown away: it brings the files into the system's cache.
  for (let run = 0; run <= RUNS; run++) {
    for (const { file, trace, runs } of files) {
      const ns = await importOnce(file, trace);
      if (run > 0) runs.push(ns);
    }
  }
  return files.map(({ runs }) => spreadOf(runs));
}

const event = {
  Records: [
    {
      messageId: "1",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:eu-west-1:123456789012:orders",
      attributes: { ApproximateReceiveCount: "1" },
      messageAttributes: {},
      body: '{"id":"a","quantity":1}',
    },
  ],
};

/** As Lambda's, with a daemon that takes packets and does nothing. */
const environment = { AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x", LAMBDA_TASK_ROOT: "/var/task", AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:9" };

async function importOnce(file: URL, trace: string | undefined): Promise<number> {
  const call = `await handler(${JSON.stringify(event)}, { awsRequestId: "1", getRemainingTimeInMillis: () => 30_000 });`;
  // Lambda's own client has loaded it before it loads the function.
  const code = `await import("node:http");
    const start = process.hrtime.bigint();
    const { handler } = await import(${JSON.stringify(file.href)});
    ${trace === undefined ? "" : call}
    console.log(String(process.hrtime.bigint() - start));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", code], {
    env: { ...process.env, ...environment, ...(trace !== undefined && { _X_AMZN_TRACE_ID: trace }) },
  });
  return Number(stdout);
}
