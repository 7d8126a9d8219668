import { readBudgets, writeBudgets } from "../budgets.ts";
import { toTable } from "../table.ts";
import { checkCosts } from "./check-cost.ts";

/** Counts what the compiler does for each program, prints the table, and gives the figures; `update` commits to them. */
export async function types(update: boolean): Promise<unknown> {
  const budgets = await readBudgets();
  const { tolerance, counts } = budgets.instantiations;
  const costs = await checkCosts();
  const rows = costs.map(({ name, types: made, instantiations }) => {
    const committed = counts[name];
    const change = committed === undefined ? "new" : `${(((instantiations - committed) / committed) * 100).toFixed(1)} %`;
    return [name, String(instantiations), String(committed ?? ""), change, String(made)];
  });
  console.log(`\nWhat tsc does for one wrap\n${toTable(["", "instantiations", "committed", "change", "types"], rows)}`);
  if (update) {
    const measured = Object.fromEntries(costs.map(({ name, instantiations }) => [name, instantiations]));
    await writeBudgets({ ...budgets, instantiations: { tolerance, counts: measured } });
  }
  return costs;
}
