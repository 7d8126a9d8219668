import { expect, it } from "vitest";
import { prove, WINDOW_MESSAGES } from "./check.ts";
import { checkWindows, windowScenarios } from "./windows.ts";

it("loses no state of a tumbling window, and adds no record to it twice, whatever goes wrong", { timeout: 600_000 }, async () => {
  const had = await prove(windowScenarios, (scenario) => checkWindows(scenario), WINDOW_MESSAGES, 6);

  console.log(`tumbling windows: ${had} records`);
  expect(had).toBeGreaterThanOrEqual(WINDOW_MESSAGES);
});
