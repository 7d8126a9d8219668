import { readFile, writeFile } from "node:fs/promises";

/** A bundle may miss what the design gives it; it may still not grow. */
export interface ByteLimits {
  /** What the design gives it; the bench says whether it is kept. */
  readonly budget: number;
  /** What the test holds it to: the budget, or more while that is missed. */
  readonly bound: number;
}

/** What tests hold the sizes and the type-check cost to. */
export interface Budgets {
  /** Of each bundle, minified and gzipped. */
  readonly gzippedBytes: Readonly<Record<string, ByteLimits>>;
  /** Instantiations of each program, and how far a count may be off, as a share. */
  readonly instantiations: { readonly tolerance: number; readonly counts: Readonly<Record<string, number>> };
}

const file = new URL("../budgets.json", import.meta.url);

export async function readBudgets(): Promise<Budgets> {
  return JSON.parse(await readFile(file, "utf8"));
}

export async function writeBudgets(budgets: Budgets): Promise<void> {
  await writeFile(file, `${JSON.stringify(budgets, undefined, 2)}\n`);
}
