import { LogFormatter, Logger, LogItem } from "@aws-lambda-powertools/logger";
import type { LogAttributes, UnformattedAttributes } from "@aws-lambda-powertools/logger/types";
import { direct, wrap } from "@lamella/core";
import { describe, expect, it, vi } from "vitest";
import { captureLines, context, type Line } from "../test/lines.ts";
import type { Log } from "./log.ts";
import { logger } from "./logger.ts";
import type { LoggerOptions } from "./logger-options.ts";

/** The lines that `write` makes with a logger of these options. */
async function linesOf(options: LoggerOptions<unknown>, write: (log: Log) => void): Promise<readonly Line[]> {
  const { lines } = captureLines();
  await wrap(direct(), logger(options), async (_event, { log }) => write(log))({}, context());
  return lines;
}

class Short extends LogFormatter {
  override formatAttributes({ message, lambdaContext }: UnformattedAttributes, additional: LogAttributes): LogItem {
    return new LogItem({
      attributes: { msg: message, fn: lambdaContext?.functionName, cold: lambdaContext?.coldStart, id: additional["delivery_id"] },
    });
  }
}

describe("an option", () => {
  const cases: readonly { options: LoggerOptions<unknown>; shows: Line }[] = [
    { options: { service: "orders" }, shows: { service: "orders" } },
    { options: { serviceName: "orders" }, shows: { service: "orders" } },
    { options: { persistentKeys: { team: "a" } }, shows: { team: "a" } },
    { options: { persistentLogAttributes: { team: "a" } }, shows: { team: "a" } },
    { options: { jsonReplacerFn: (key, value) => (key === "token" ? "***" : value) }, shows: { token: "***" } },
    { options: { sampleRateValue: 0 }, shows: { sampling_rate: 0 } },
    { options: { service: undefined, level: undefined, correlationId: undefined }, shows: { service: "service_undefined" } },
  ];
  it.for(cases)("of $options shows $shows in the line", async ({ options, shows }) => {
    const lines = await linesOf(options, (log) => log.info("x", { token: "secret" }));

    expect(lines).toEqual([expect.objectContaining(shows)]);
  });

  it.for([
    { options: { level: "WARN" }, written: ["warn", "error", "critical"], name: "WARN", number: 16 },
    { options: { logLevel: "trace" }, written: ["trace", "debug", "info", "warn", "error", "critical"], name: "TRACE", number: 6 },
    { options: { level: "SILENT" }, written: [], name: "SILENT", number: 28 },
    { options: {}, written: ["info", "warn", "error", "critical"], name: "INFO", number: 12 },
  ] as const)("of $options writes $written", async ({ options, written, name, number }) => {
    let level: unknown;
    const lines = await linesOf(options, (log) => {
      level = [log.getLevelName(), log.level];
      for (const method of ["trace", "debug", "info", "warn", "error", "critical"] as const) log[method](method);
    });

    expect(lines.map((line) => line["message"])).toEqual(written);
    expect(lines.map((line) => line["level"])).toEqual(written.map((method) => method.toUpperCase()));
    expect(level).toEqual([name, number]);
  });

  it("of the environment counts where none is given", async () => {
    vi.stubEnv("POWERTOOLS_SERVICE_NAME", "from env");
    vi.stubEnv("POWERTOOLS_LOG_LEVEL", "ERROR");

    const lines = await linesOf({}, (log) => (log.warn("x"), log.error("y")));

    expect(lines).toEqual([expect.objectContaining({ service: "from env", message: "y" })]);
  });

  it("gives lines another shape, with the item's keys and the Lambda context", async () => {
    const lines = await linesOf({ logFormatter: new Short() }, (log) => log.info("x"));

    expect(lines).toEqual([{ msg: "x", fn: "orders", cold: expect.any(Boolean), id: "request-1" }]);
  });

  it("gives keys an order", async () => {
    const lines = await linesOf({ logRecordOrder: ["delivery_id", "function_name", "message"] }, (log) => log.info("x"));

    expect(lines.map((line) => Object.keys(line).slice(0, 3))).toEqual([["delivery_id", "function_name", "message"]]);
  });

  it("holds lines back until an error", async () => {
    const quiet = await linesOf({ logBufferOptions: { maxBytes: 10_000, bufferAtVerbosity: "INFO" } }, (log) => log.info("held"));
    expect(quiet).toEqual([]);

    const loud = await linesOf({ logBufferOptions: { bufferAtVerbosity: "INFO" } }, (log) => (log.info("held"), log.error("failed")));
    expect(loud.map((line) => line["message"])).toEqual(["held", "failed"]);
  });
});

describe("a wrong option fails at load", () => {
  const cases: readonly { options: unknown; error: string | RegExp; kind?: string }[] = [
    { options: null, error: "logger(options) must have an object, got null" },
    { options: "orders", error: 'logger(options) must have an object, got "orders"' },
    { options: [], error: "logger(options) must have an object, got an array" },
    { options: { servce: "orders" }, error: /^logger\(\) has no option servce\. It takes .*service,/ },
    { options: { constructor: 1 }, error: /^logger\(\) has no option constructor\./ },
    { options: { service: "" }, error: 'logger({ service }) must be a text that is not empty, got ""' },
    { options: { serviceName: 1 }, error: "logger({ serviceName }) must be a text that is not empty, got 1" },
    { options: { level: "LOUD" }, error: 'logger({ level }) must be one of TRACE, DEBUG, INFO, WARN, ERROR, CRITICAL, SILENT, got "LOUD"' },
    {
      options: { logLevel: null },
      error: "logger({ logLevel }) must be one of TRACE, DEBUG, INFO, WARN, ERROR, CRITICAL, SILENT, got null",
    },
    {
      options: { persistentKeys: { level: "secret" } },
      error:
        "logger({ persistentKeys }) must be an object without level, message, sampling_rate, service, timestamp, which the logger writes itself, got an object with level",
    },
    { options: { persistentKeys: ["a"] }, error: /must be an object without .* got an array$/ },
    { options: { environment: "" }, error: 'logger({ environment }) must be a text that is not empty, got ""' },
    { options: { logFormatter: {} }, error: "logger({ logFormatter }) must be a Powertools LogFormatter, got an object with no keys" },
    { options: { logRecordOrder: "message" }, error: 'logger({ logRecordOrder }) must be an array or a Set of keys, got "message"' },
    { options: { sampleRateValue: -0.01 }, error: "logger({ sampleRateValue }) must be from 0 to 1, got -0.01", kind: "RangeError" },
    { options: { sampleRateValue: 1.01 }, error: "logger({ sampleRateValue }) must be from 0 to 1, got 1.01", kind: "RangeError" },
    { options: { sampleRateValue: Number.NaN }, error: "logger({ sampleRateValue }) must be from 0 to 1, got NaN", kind: "RangeError" },
    { options: { jsonReplacerFn: true }, error: "logger({ jsonReplacerFn }) must be a function, got true" },
    { options: { correlationId: "id" }, error: 'logger({ correlationId }) must be a function, got "id"' },
    {
      options: { logEvent: "all" },
      error: 'logger({ logEvent }) must be true, false, or { redact } with paths such as Records.*.body, got "all"',
    },
    { options: { logEvent: { redacted: [] } }, error: /^logger\(\{ logEvent \}\) must be .* got an object with redacted$/ },
    { options: { logEvent: { redact: "body" } }, error: /^logger\(\{ logEvent \}\) must be/ },
    { options: { logEvent: { redact: ["body..card"] } }, error: /^logger\(\{ logEvent \}\) must be/ },
    { options: { logEvent: { redact: [""] } }, error: /^logger\(\{ logEvent \}\) must be/ },
    { options: { correlationIdSearchFn: {} }, error: "logger({ correlationIdSearchFn }) must be a function, got an object with no keys" },
    { options: { logBufferOptions: { maxBytes: 0 } }, error: /^logger\(\{ logBufferOptions \}\) must be .* got an object with maxBytes$/ },
    { options: { logBufferOptions: { bufferAtVerbosity: "ERROR" } }, error: /^logger\(\{ logBufferOptions \}\) must be/ },
    { options: { logBufferOptions: true }, error: /^logger\(\{ logBufferOptions \}\) must be .* got true$/ },
    {
      options: { customConfigService: () => {} },
      error: "logger({ customConfigService }) must be a Powertools ConfigService, got a function",
    },
    { options: { instance: console }, error: /^logger\(\{ instance \}\) must be a Powertools Logger, got an object with/ },
    { options: { instance: null }, error: "logger({ instance }) must be a Powertools Logger, got null" },
    {
      options: { correlationId: () => "x", service: "orders", instance: new Logger() },
      error: "logger({ instance, service }) must not have both: set service where the instance is made",
    },
    { options: { service: "a", serviceName: "a" }, error: "logger({ service, serviceName }) must have only one of the two" },
    { options: { level: "INFO", logLevel: "INFO" }, error: "logger({ level, logLevel }) must have only one of the two" },
    {
      options: { logFormatter: new Short(), logRecordOrder: [] },
      error: "logger({ logFormatter, logRecordOrder }) must have only one of the two",
    },
  ];
  it.for(cases)("as $options with $error", ({ options, error, kind = "TypeError" }) => {
    const load = () => logger(options as LoggerOptions<unknown>);

    expect(load).toThrow(error);
    expect(load).toThrow(expect.objectContaining({ name: kind }));
  });
});

it("makes no Powertools logger before the first line", async () => {
  captureLines();
  const asked = vi.fn<() => string>(() => "orders");
  const handler = wrap(
    direct<boolean>(),
    logger({
      customConfigService: { getServiceName: asked, getLogLevel: () => "", getSampleRateValue: () => 0, getCurrentEnvironment: () => "" },
    } as never),
    async (says, { log }) => {
      log.appendKeys({ says });
      if (says) log.info("x");
    },
  );

  await handler(false, context());
  expect(asked).not.toHaveBeenCalled();

  await handler(true, context());
  expect(asked).toHaveBeenCalled();
});
