import { mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { bundle } from "../size/bundle.ts";
import { type Spread, spreadOf } from "../stats.ts";
import { showNs, showRange, toTable } from "../table.ts";

const RUNS = 15;
const folder = new URL("../../.tmp/lifecycle/", import.meta.url);

const sqs = `import { sqs } from "@lamella/events/sqs"; const handle = async () => {};`;
const programs = [
  { name: "no resource", code: `${sqs} import { wrap } from "@lamella/core"; export const handler = wrap(sqs(), handle);` },
  {
    name: "ready, no shutdown",
    code: `${sqs} import { ready, resource, wrap } from "@lamella/core";
      export const handler = await ready(wrap(sqs(), resource("db", { init: () => ({}) }), handle));`,
  },
  {
    name: "ready, shutdown (registers)",
    code: `${sqs} import { ready, resource, wrap } from "@lamella/core";
      export const handler = await ready(wrap(sqs(), resource("db", { init: () => ({}), shutdown: () => {} }), handle));`,
  },
  {
    name: "readySync, shutdown (registers in a thread)",
    code: `${sqs} import { readySync, resource, wrap } from "@lamella/core";
      export const handler = readySync(wrap(sqs(), resource("db", { init: () => ({}), shutdown: () => {} }), handle));`,
  },
];

/** Times the init phase and the shutdown of functions in processes of their own. */
export async function lifecycle(): Promise<unknown> {
  // Only now: it is built by then.
  const { startRuntime } = await import("@lamella/testing/runtime");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const measured = await Promise.all(
    programs.map(async (program, index) => {
      const file = fileURLToPath(new URL(`${index}.mjs`, folder));
      await writeFile(file, (await bundle(program)).code);
      return { name: program.name, file, inits: [] as number[], ends: [] as number[] };
    }),
  );
  // In turns, so that what disturbs the machine disturbs all; the first round is thrown away.
  for (let run = 0; run <= RUNS; run++) {
    for (const { file, inits, ends } of measured) {
      const runtime = await startRuntime({ file, client: "lamella" });
      if (runtime.init.error !== undefined) throw new Error(runtime.init.error.errorMessage);
      const { durationMs } = await runtime.shutdown();
      if (run === 0) continue;
      inits.push(runtime.init.durationMs * 1e6);
      ends.push(durationMs * 1e6);
    }
  }
  const figures = measured.map(({ name, inits, ends }) => ({ name, initNs: spreadOf(inits), endNs: spreadOf(ends) }));
  const show = (spread: Spread): string[] => [showNs(spread.median), showRange(spread, showNs)];
  const rows = figures.map(({ name, initNs, endNs }) => [name, ...show(initNs), ...show(endNs)]);
  console.log(`\nThe init phase of a process, and its end\n${toTable(["", "init", "middle half", "end", "middle half"], rows)}`);
  return figures;
}
