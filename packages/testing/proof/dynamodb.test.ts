import { expect, it } from "vitest";
import { prove, STREAM_MESSAGES } from "./check.ts";
import { checkDynamodb, streamScenarios } from "./streams.ts";

it("loses nothing of a DynamoDB stream, keeps the order of items, and repeats only what it must, whatever goes wrong", {
  timeout: 600_000,
}, async () => {
  const had = await prove(streamScenarios, checkDynamodb, STREAM_MESSAGES, 4);

  console.log(`DynamoDB streams: ${had} changes`);
  expect(had).toBeGreaterThanOrEqual(STREAM_MESSAGES);
});
