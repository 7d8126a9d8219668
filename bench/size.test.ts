import { expect, it } from "vitest";
import { readBudgets } from "./src/budgets.ts";
import { bundle } from "./src/size/bundle.ts";
import { budgeted } from "./src/size/programs.ts";

const { gzippedBytes } = await readBudgets();

it.for(budgeted)("bundles $name within its budget", async (program, { skip }) => {
  const bundled = await bundle(program);
  skip(bundled === undefined, `packages/${program.needs} does not exist`);

  expect(bundled?.gzipped, "bytes, minified and gzipped; budgets.json has the budget").toBeLessThanOrEqual(gzippedBytes[program.name] ?? 0);
});

it("has a program for each budget", () => {
  expect(Object.keys(gzippedBytes)).toEqual(budgeted.map(({ name }) => name));
});
