import { expect, it } from "vitest";
import { prove, QUEUE_MESSAGES } from "./check.ts";
import { checkQueue, queueScenarios } from "./queues.ts";

it("loses nothing of a standard queue, and repeats only what it must, whatever goes wrong", { timeout: 600_000 }, async () => {
  const had = await prove(queueScenarios(false), (scenario) => checkQueue(scenario, false), QUEUE_MESSAGES, 1);

  console.log(`standard queues: ${had} messages`);
  expect(had).toBeGreaterThanOrEqual(QUEUE_MESSAGES);
});
