import { expect, it } from "vitest";
import { readBudgets } from "./src/budgets.ts";
import { checkCosts } from "./src/types/check-cost.ts";

it("takes tsc as many instantiations as budgets.json says", { timeout: 60_000 }, async () => {
  const { tolerance, counts } = (await readBudgets()).instantiations;

  const costs = await checkCosts();

  expect(Object.keys(counts)).toEqual(costs.map(({ name }) => name));
  const changed = costs
    .map(({ name, instantiations }) => ({ name, instantiations, committed: counts[name] ?? 0 }))
    .filter(({ instantiations, committed }) => Math.abs(instantiations - committed) > committed * tolerance);
  expect(changed, "If the change is meant, commit the new counts: pnpm bench types --update").toEqual([]);
});
