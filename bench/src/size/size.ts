import { readBudgets } from "../budgets.ts";
import { showBytes, showNs, showRange, toTable } from "../table.ts";
import { showVerdict, type Verdict } from "../verdict.ts";
import { type Bundle, bundle } from "./bundle.ts";
import { coldImport } from "./cold-import.ts";
import { budgeted, functions, parts } from "./programs.ts";

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
