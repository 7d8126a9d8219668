import { expect, it } from "vitest";
import { prove, STREAM_MESSAGES } from "./check.ts";
import { checkKinesis, streamScenarios } from "./streams.ts";

it("loses nothing of a Kinesis stream, keeps the order of keys, and repeats only what it must, whatever goes wrong", {
  timeout: 600_000,
}, async () => {
  const had = await prove(streamScenarios, (scenario) => checkKinesis(scenario), STREAM_MESSAGES, 3);

  console.log(`Kinesis: ${had} records`);
  expect(had).toBeGreaterThanOrEqual(STREAM_MESSAGES);
});
