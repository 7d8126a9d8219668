import { direct, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { describe, expect, it, vi } from "vitest";
import { captureLines, context, gate, messages, pick } from "../test/lines.ts";
import type { Log } from "./log.ts";
import { logger } from "./logger.ts";

/** What `Math.random` gives, one a call. */
const draws = (...values: readonly number[]) => {
  const random = vi.spyOn(Math, "random");
  for (const value of values) random.mockReturnValueOnce(value);
  return random;
};

describe("sampling", () => {
  it.for([
    { rate: 0.01, draw: 0.009_9, gives: ["debug", "info"] },
    { rate: 0.01, draw: 0.01, gives: ["info"] },
    { rate: 1, draw: 0.999_999, gives: ["debug", "info"] },
    { rate: 0, draw: 0, gives: ["info"] },
  ])("writes $gives at a rate of $rate when $draw is drawn", async ({ rate, draw, gives }) => {
    const { lines } = captureLines();
    draws(draw);

    await wrap(direct(), logger({ sampleRateValue: rate }), async (_event, { log }) => {
      for (const level of ["trace", "debug", "info"] as const) log[level](level);
    })({}, context());

    expect(lines.map((line) => pick(line, "message", "level", "sampling_rate"))).toEqual(
      gives.map((message) => ({ message, level: message.toUpperCase(), sampling_rate: rate })),
    );
  });

  it("is of one in a hundred invocations at a rate of 0.01", async () => {
    const { lines } = captureLines();
    let state = 1;
    // A generator of its own, so that the share is the same in each run of the test.
    vi.spyOn(Math, "random").mockImplementation(() => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647);
    const handler = wrap(direct(), logger({ sampleRateValue: 0.01 }), async (_event, { log }) => log.debug("sampled"));

    for (let invocation = 0; invocation < 10_000; invocation++) await handler({}, context());

    expect(lines.length).toBeGreaterThan(80);
    expect(lines.length).toBeLessThan(120);
  });

  it("is decided once for all items of an invocation, and for each of those that overlap", async () => {
    const { lines } = captureLines();
    const random = draws(0, 0.9);
    const first = gate();
    const handler = wrap(sqs(), logger({ sampleRateValue: 0.5 }), async ({ body }, { log, lambda }) => {
      if (lambda.awsRequestId === "sampled") await first.opened;
      log.debug(body);
    });

    const sampled = handler(messages({ a: "a", b: "b" }), context("sampled"));
    await handler(messages({ c: "c", d: "d" }), context("other"));
    first.open();
    await sampled;

    expect(random).toHaveBeenCalledTimes(2);
    expect(lines.map((line) => pick(line, "message", "function_request_id"))).toEqual([
      { message: "a", function_request_id: "sampled" },
      { message: "b", function_request_id: "sampled" },
    ]);
  });

  it("is seen in the log's level, and by its children", async () => {
    const { lines } = captureLines();
    draws(0, 0.9);
    const seen: unknown[] = [];
    const handler = wrap(direct(), logger({ sampleRateValue: 0.5 }), async (_event, { log }: { readonly log: Log }) => {
      seen.push([log.getLevelName(), log.level]);
      log.createChild().debug("child");
    });

    await handler({}, context());
    await handler({}, context());

    expect(seen).toEqual([
      ["DEBUG", 8],
      ["INFO", 12],
    ]);
    expect(lines.map((line) => pick(line, "message", "sampling_rate"))).toEqual([{ message: "child", sampling_rate: 0.5 }]);
  });

  it("of a child that asks for its own is decided for the child", async () => {
    const { lines } = captureLines();
    draws(0.9);

    await wrap(direct(), logger(), async (_event, { log }) => {
      log.createChild({ sampleRateValue: 1 }).debug("child");
      log.debug("parent");
    })({}, context());

    expect(lines.map((line) => pick(line, "message", "sampling_rate"))).toEqual([{ message: "child", sampling_rate: 1 }]);
  });

  it.for([
    { value: "0.5", gives: 0.5 },
    { value: "2", gives: 0 },
    { value: "-1", gives: 0 },
  ])("is $gives when the environment says $value", async ({ value, gives }) => {
    vi.stubEnv("POWERTOOLS_LOGGER_SAMPLE_RATE", value);
    const { lines } = captureLines();
    draws(0.4);

    await wrap(direct(), logger(), async (_event, { log }) => (log.debug("sampled"), log.info("always")))({}, context());

    expect(lines.map((line) => pick(line, "message", "sampling_rate"))).toEqual(
      [...(gives > 0 ? ["sampled"] : []), "always"].map((message) => ({ message, sampling_rate: gives })),
    );
  });
});
