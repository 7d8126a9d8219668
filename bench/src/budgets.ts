import { readFile, writeFile } from "node:fs/promises";

/** What tests hold the sizes and the type-check cost to. */
export interface Budgets {
  /** Most bytes of each bundle, minified and gzipped. */
  readonly gzippedBytes: Readonly<Record<string, number>>;
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
