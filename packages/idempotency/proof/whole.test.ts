import * as fc from "fast-check";
import { expect, it, vi } from "vitest";
import { memoryStore } from "../src/memory.ts";
import { check, scenarios } from "./whole.ts";

// `LAMELLA_EFFECTS=100000` for the full length.
const messages = Number(process.env["LAMELLA_EFFECTS"] ?? 6_000) / 6;

const CASES = (["sqs", "fifo", "kinesis"] as const).flatMap((source) => [
  { source, hasHole: false, what: "exactly one effect for each order" },
  { source, hasHole: true, what: "no second effect but for a process that dies between the first and its record" },
]);

it.for(CASES)("has $what, behind $source, whatever goes wrong", { timeout: 0 }, async ({ source, hasHole }) => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const had = { messages: 0, holes: 0 };
  const property = fc.asyncProperty(scenarios(source, hasHole), async (scenario) => {
    had.messages += scenario.planned.length;
    had.holes += (await check(scenario, memoryStore())).holes;
  });
  for (let seed = 1; had.messages < messages; seed++) await fc.assert(property, { numRuns: Math.ceil(messages / 50), seed });

  console.log(`${source}: ${had.messages} messages, ${had.holes} deaths between an effect and its record`);
  // Where there is a hole, something must fall into it, or the test shows nothing of it.
  expect(had.holes > 0).toBe(hasHole);
});
