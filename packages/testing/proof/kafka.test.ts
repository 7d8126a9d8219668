import { expect, it } from "vitest";
import { prove, STREAM_MESSAGES } from "./check.ts";
import { checkKafka, streamScenarios } from "./streams.ts";

it("loses nothing of a Kafka topic, keeps the order of partitions, and repeats only what it must, whatever goes wrong", {
  timeout: 600_000,
}, async () => {
  const had = await prove(streamScenarios, (scenario) => checkKafka(scenario), STREAM_MESSAGES, 5);

  console.log(`Kafka: ${had} records`);
  expect(had).toBeGreaterThanOrEqual(STREAM_MESSAGES);
});
