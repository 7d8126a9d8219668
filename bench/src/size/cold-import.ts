import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { type Spread, spreadOf } from "../stats.ts";
import type { Bundle } from "./bundle.ts";

const RUNS = 21;
const folder = new URL("../../.tmp/cold-import/", import.meta.url);

/** How long `import()` of each bundle takes in a new process, in nanoseconds. */
export async function coldImport(bundles: readonly Bundle[]): Promise<Spread[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const files = await Promise.all(
    bundles.map(async ({ code }, index) => {
      const file = new URL(`${index}.mjs`, folder);
      await writeFile(file, code);
      return { file, runs: [] as number[] };
    }),
  );
  // One more, which is thrown away: it brings the files into the system's cache.
  for (let run = 0; run <= RUNS; run++) {
    for (const { file, runs } of files) {
      const ns = await importOnce(file);
      if (run > 0) runs.push(ns);
    }
  }
  return files.map(({ runs }) => spreadOf(runs));
}

async function importOnce(file: URL): Promise<number> {
  const code = `const start = process.hrtime.bigint(); await import(${JSON.stringify(file.href)}); console.log(String(process.hrtime.bigint() - start));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", code]);
  return Number(stdout);
}
