import { expect, it } from "vitest";
import { readBudgets } from "./src/budgets.ts";
import { bundle } from "./src/size/bundle.ts";
import { budgeted } from "./src/size/programs.ts";

const { gzippedBytes } = await readBudgets();

it.for(budgeted)("bundles $name within its bound", async (program) => {
  const { gzipped } = await bundle(program);

  expect(gzipped, "bytes, minified and gzipped; budgets.json has the bound").toBeLessThanOrEqual(gzippedBytes[program.name]?.bound ?? 0);
});

it("has limits for each of these bundles, and for no other", () => {
  expect(Object.keys(gzippedBytes)).toEqual(budgeted.map(({ name }) => name));
});
