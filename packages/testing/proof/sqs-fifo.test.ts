import { expect, it } from "vitest";
import { prove, QUEUE_MESSAGES } from "./check.ts";
import { checkQueue, queueScenarios } from "./queues.ts";

it("loses nothing of a FIFO queue, keeps the order of groups, and repeats only what it must, whatever goes wrong", {
  timeout: 600_000,
}, async () => {
  const had = await prove(queueScenarios(true), (scenario) => checkQueue(scenario, true), QUEUE_MESSAGES, 2);

  console.log(`FIFO queues: ${had} messages`);
  expect(had).toBeGreaterThanOrEqual(QUEUE_MESSAGES);
});
