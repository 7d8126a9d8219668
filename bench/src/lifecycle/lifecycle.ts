import { mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { bundle } from "../size/bundle.ts";
import type { Program } from "../size/programs.ts";
import { type Spread, spreadOf } from "../stats.ts";
import { showBytes, showNs, showRange, toTable } from "../table.ts";
import { startFakeAws } from "./fake-aws.ts";
import { layers, lives } from "./programs.ts";

const RUNS = 15;
const folder = new URL("../../.tmp/lifecycle/", import.meta.url);

interface Measured {
  readonly name: string;
  /** Of the bundle, minified and gzipped. */
  readonly gzipped: number;
  /** From the start of the process to its first question for an invocation. */
  readonly initNs: Spread;
  /** From SIGTERM, or SIGKILL, to its end. */
  readonly endNs: Spread;
  /** What the program itself has counted: the time of `ready`, or the processor's. */
  readonly tookNs: Spread | undefined;
}

/** Times the init phase and the end of functions in processes of their own. */
export async function lifecycle(): Promise<unknown> {
  const aws = await startFakeAws();
  try {
    const ready = await measure("lives", lives, aws.env);
    console.log(
      `\nReady, with and without resources: ready itself, the whole init phase, and the end\n${toTable(
        ["", "ready", "middle half", "init", "middle half", "end"],
        ready.map(({ name, tookNs, initNs, endNs }) => [
          name,
          ...(tookNs === undefined ? ["", ""] : show(tookNs)),
          ...show(initNs),
          showNs(endNs.median),
        ]),
      )}`,
    );
    const cold = await measure("layers", layers, aws.env);
    const cpuOf = ({ tookNs }: Measured): number => tookNs?.median ?? 0;
    const [none] = cold;
    console.log(
      `\nThe init phase with each layer on its own\n${toTable(
        ["", "bundle", "processor time", "middle half", "more than none", "init"],
        cold.map((one) => [
          one.name,
          showBytes(one.gzipped),
          ...(one.tookNs === undefined ? ["", ""] : show(one.tookNs)),
          showNs(cpuOf(one) - (none === undefined ? 0 : cpuOf(none))),
          showNs(one.initNs.median),
        ]),
      )}`,
    );
    return { ready, cold };
  } finally {
    aws.stop();
  }
}

const show = (spread: Spread): string[] => [showNs(spread.median), showRange(spread, showNs)];

async function measure(group: string, programs: readonly Program[], env: Readonly<Record<string, string>>): Promise<readonly Measured[]> {
  // Only now: it is built by then.
  const { startRuntime } = await import("@lamella/testing/runtime");
  const place = new URL(`${group}/`, folder);
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { recursive: true });
  const cases = await Promise.all(
    programs.map(async (program, index) => {
      const file = fileURLToPath(new URL(`${index}.mjs`, place));
      const { code, gzipped } = await bundle(program);
      await writeFile(file, code);
      return { name: program.name, gzipped, file, inits: [] as number[], ends: [] as number[], took: [] as number[] };
    }),
  );
  // In turns, so that what disturbs the machine disturbs all; the first round is thrown away.
  for (let run = 0; run <= RUNS; run++) {
    for (const { name, file, inits, ends, took } of cases) {
      const runtime = await startRuntime({ file, client: "lamella", env });
      if (runtime.init.error !== undefined) throw new Error(`${name}: ${runtime.init.error.errorMessage}`);
      const { durationMs } = await runtime.shutdown();
      if (run === 0) continue;
      inits.push(runtime.init.durationMs * 1e6);
      ends.push(durationMs * 1e6);
      const [, ms] = /took ([\d.]+)/.exec(runtime.logs.join("\n")) ?? [];
      if (ms !== undefined) took.push(Number(ms) * 1e6);
    }
  }
  return cases.map(({ name, gzipped, inits, ends, took }) => ({
    name,
    gzipped,
    initNs: spreadOf(inits),
    endNs: spreadOf(ends),
    tookNs: took.length === 0 ? undefined : spreadOf(took),
  }));
}
