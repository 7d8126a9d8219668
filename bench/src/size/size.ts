import { readBudgets } from "../budgets.ts";
import type { Spread } from "../stats.ts";
import { showBytes, showNs, showRange, toTable } from "../table.ts";
import { showVerdict, type Verdict } from "../verdict.ts";
import { type Bundle, bundle } from "./bundle.ts";
import { coldImport } from "./cold-import.ts";
import { budgeted, functions, type Program, parts } from "./programs.ts";

/** Bundles every program, times the import of the functions, prints the tables, and gives the figures. */
export async function size(): Promise<unknown> {
  const { gzippedBytes } = await readBudgets();
  const bundles = await bundleAll([...budgeted, ...parts]);
  const whole = await bundleAll(functions);
  const times = await coldImport([...whole.values()].filter((one) => one !== undefined));
  const verdicts: readonly Verdict[] = budgeted.map(({ name }) => ({
    figure: `${name}, gzipped`,
    budget: gzippedBytes[name] ?? 0,
    value: bundles.get(name)?.gzipped,
  }));
  console.log(`\nBundles, minified; bytes\n${toTable(["", "minified", "gzipped"], [...bundles].map(toRow))}`);
  console.log(`\n${verdicts.map((verdict) => showVerdict(verdict, showBytes)).join("\n")}`);
  const rows = [...whole].map((entry) => toRow(entry).concat(toTimes(times.get(entry[0]))));
  console.log(
    `\nWhole functions, and their import in a new process\n${toTable(["", "minified", "gzipped", "import", "middle half"], rows)}`,
  );
  const figures = [...bundles, ...whole].map(([name, one]) => ({
    name,
    bytes: one?.bytes,
    gzipped: one?.gzipped,
    importNs: times.get(name),
  }));
  return { figures, verdicts };
}

async function bundleAll(programs: readonly Program[]): Promise<ReadonlyMap<string, Bundle | undefined>> {
  return new Map(await Promise.all(programs.map(async (program) => [program.name, await bundle(program)] as const)));
}

function toRow([name, one]: readonly [string, Bundle | undefined]): string[] {
  return one === undefined ? [name, "not built"] : [name, showBytes(one.bytes), showBytes(one.gzipped)];
}

function toTimes(spread: Spread | undefined): string[] {
  return spread === undefined ? [] : [showNs(spread.median), showRange(spread, showNs)];
}
