import { readBudgets } from "../budgets.ts";
import type { Spread } from "../stats.ts";
import { showBytes, showNs, showRange, toTable } from "../table.ts";
import { showVerdict, type Verdict } from "../verdict.ts";
import { type Bundle, bundle } from "./bundle.ts";
import { coldImport } from "./cold-import.ts";
import { budgeted, functions, importBudget, parts } from "./programs.ts";

/** Bundles every program, times the import of the functions, prints the tables, and gives the figures. */
export async function size(): Promise<unknown> {
  const { gzippedBytes } = await readBudgets();
  const bundles = await Promise.all([...budgeted, ...parts].map(bundle));
  console.log(`\nBundles, minified; bytes\n${toTable(["", "minified", "gzipped"], bundles.map(toRow))}`);

  const verdicts = bundles.flatMap(({ name, gzipped }): Verdict[] => {
    const limits = gzippedBytes[name];
    return limits === undefined ? [] : [{ figure: `${name}, gzipped`, budget: limits.budget, value: gzipped }];
  });
  console.log(`\n${verdicts.map((verdict) => showVerdict(verdict, showBytes)).join("\n")}`);

  const whole = await Promise.all(functions.map(bundle));
  const times = await coldImport(whole);
  const rows = whole.map((one, index) => {
    const time = times[index];
    return time === undefined ? toRow(one) : toRow(one).concat(showNs(time.median), showRange(time, showNs));
  });
  console.log(
    `\nWhole functions, and their import in a new process\n${toTable(["", "minified", "gzipped", "import", "middle half"], rows)}`,
  );

  const timeOf = (name: string): Spread | undefined => times[whole.findIndex((one) => one.name === name)];
  const own = timeOf(importBudget.of);
  // Of the faster of the two: with the SDK in the bundle, or with the runtime's.
  const peer = importBudget.peers
    .flatMap((name) => timeOf(name) ?? [])
    .toSorted((a, b) => a.median - b.median)
    .at(0);
  if (own === undefined || peer === undefined) throw new Error(`Nothing was measured for ${importBudget.figure}.`);
  const { figure, budget } = importBudget;
  const imported = { figure, budget, value: own.median / peer.median, low: own.low / peer.median, high: own.high / peer.median };
  verdicts.push(imported);
  console.log(`\n${showVerdict(imported)}`);

  return {
    bundles: bundles.map(toFigure),
    functions: whole.map((one, index) => Object.assign(toFigure(one), { importNs: times[index] })),
    verdicts,
  };
}

function toFigure({ name, bytes, gzipped }: Bundle): { name: string; bytes: number; gzipped: number } {
  return { name, bytes, gzipped };
}

function toRow({ name, bytes, gzipped }: Bundle): string[] {
  return [name, showBytes(bytes), showBytes(gzipped)];
}
