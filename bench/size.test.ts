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

it.for([
  { uses: "neither retryLater nor sendTo", core: "final, wrap", has: false },
  { uses: "retryLater", core: "retryLater, wrap", has: true },
  { uses: "sendTo", core: "sendTo, wrap", has: true },
])("has a client for AWS in it: $has, where a function uses $uses", async ({ uses, core, has }) => {
  const code = `export { ${core} } from "@lamella/core"; export { sqs } from "@lamella/events/sqs";`;
  const { code: bundled } = await bundle({ name: uses, code });

  expect(Buffer.from(bundled).toString().includes("AWS4-HMAC-SHA256")).toBe(has);
});
