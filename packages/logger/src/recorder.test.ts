import { Logger } from "@aws-lambda-powertools/logger";
import { type AnyLayer, wrap } from "@lamella/core";
import { assemble, partsOf } from "@lamella/core/extend";
import { sqs } from "@lamella/events/sqs";
import { testing } from "@lamella/testing";
import { describe, expect, it, vi } from "vitest";
import { captureLines, context, type Line, messages, pick } from "../test/lines.ts";
import { logger } from "./logger.ts";
import type { LoggerOptions } from "./logger-options.ts";

/** The handler with its logger replaced by one that records, as the test kit does it. */
function recorded(handler: Parameters<typeof partsOf>[0], record: (entry: Line) => void) {
  const parts = partsOf(handler);
  if (parts === undefined) throw new TypeError("not wrapped");
  const layers = parts.layers.map((one: AnyLayer) => one.hooks.recorded?.(record) ?? one);
  return assemble({ ...parts, layers }) as unknown as typeof handler & ((event: unknown, ctx: unknown) => Promise<unknown>);
}

const failing = async (
  { id }: { readonly id: string },
  { log }: { readonly log: { info: (message: string) => void; debug: (message: string) => void } },
) => {
  log.debug("too low");
  log.info(`handling ${id}`);
  if (id === "b") throw new Error("b");
};

it("fills the logs of the test kit", async () => {
  const { lines } = captureLines();

  const { logs, reply } = await testing(wrap(sqs(), logger(), failing)).send(messages({ a: "", b: "" }));

  expect(reply.batchItemFailures).toEqual([{ itemIdentifier: "b" }]);
  expect(logs.map((line) => line["message"])).toEqual(["handling a", "handling b", "Item failed, and comes again", "Invocation settled"]);
  expect(lines).toEqual([]);
});

describe("a recorded logger", () => {
  it("hands over the lines that would have been written, and writes none", async () => {
    const { lines, texts } = captureLines();
    const record = vi.fn<(entry: Line) => void>();
    const handler = wrap(
      sqs(),
      logger({ service: "orders", jsonReplacerFn: (key, value) => (key === "function_arn" ? "***" : value) }),
      failing,
    );

    await recorded(handler, record)(messages({ a: "", b: "" }), context());

    expect([lines, texts]).toEqual([[], []]);
    expect(record.mock.calls.map(([entry]) => pick(entry, "level", "message", "service", "delivery_id", "function_arn"))).toEqual([
      { level: "INFO", message: "handling a", service: "orders", delivery_id: "a", function_arn: "***" },
      { level: "INFO", message: "handling b", service: "orders", delivery_id: "b", function_arn: "***" },
      { level: "ERROR", message: "Item failed, and comes again", service: "orders", delivery_id: "b", function_arn: "***" },
      { level: "WARN", message: "Invocation settled", service: "orders", delivery_id: undefined, function_arn: "***" },
    ]);

    await handler(messages({ a: "" }), context());
    expect(record).toHaveBeenCalledTimes(4);
    expect(lines.map((line) => line["message"])).toEqual(["handling a"]);
  });

  it("hands over what helpers log with the team's logger, and children", async () => {
    const { lines } = captureLines();
    const instance = new Logger();
    const record = vi.fn<(entry: Line) => void>();
    const handler = wrap(sqs(), logger({ instance }), async (_item, { log }) => {
      await Promise.resolve();
      instance.info("helper");
      instance.createChild().warn("child of the instance");
      log.createChild().error("child of the log");
    });

    await recorded(handler, record)(messages({ m1: "" }), context());
    instance.info("outside");

    expect(record.mock.calls.map(([entry]) => pick(entry, "message", "delivery_id"))).toEqual([
      { message: "helper", delivery_id: "m1" },
      { message: "child of the instance", delivery_id: "m1" },
      { message: "child of the log", delivery_id: "m1" },
    ]);
    expect(lines.map((line) => line["message"])).toEqual(["outside"]);
  });

  it.for([
    { level: "TRACE", method: "trace" },
    { level: "DEBUG", method: "debug" },
    { level: "CRITICAL", method: "critical" },
  ] as const)("hands over lines of level $level", async ({ level, method }) => {
    const { lines } = captureLines();
    const record = vi.fn<(entry: Line) => void>();

    await recorded(
      wrap(sqs(), logger({ level: "TRACE" }), async (_item, { log }) => log[method]("x")),
      record,
    )(messages({ m1: "" }), context());

    expect(record.mock.calls.map(([entry]) => entry["level"])).toEqual([level]);
    expect(lines).toEqual([]);
  });

  it("hands over lines that were held back, once an error lets them go", async () => {
    vi.stubEnv("_X_AMZN_TRACE_ID", "Root=1-1-1");
    const { lines } = captureLines();
    const record = vi.fn<(entry: Line) => void>();
    const options: LoggerOptions<unknown> = { logBufferOptions: { bufferAtVerbosity: "INFO" } };

    await recorded(wrap(sqs(), logger(options), failing), record)(messages({ a: "", b: "" }), context());

    expect(record.mock.calls.map(([entry]) => entry["message"])).toEqual([
      "too low",
      "handling b",
      "Item failed, and comes again",
      "Invocation settled",
    ]);
    expect(lines).toEqual([]);
  });

  it("hands over lines that a helper lets go", async () => {
    vi.stubEnv("_X_AMZN_TRACE_ID", "Root=1-1-1");
    const { lines } = captureLines();
    const instance = new Logger({ logBufferOptions: { bufferAtVerbosity: "INFO" } });
    const record = vi.fn<(entry: Line) => void>();
    const handler = wrap(sqs(), logger({ instance }), async () => {
      instance.info("held back");
      instance.flushBuffer();
    });

    await recorded(handler, record)(messages({ m1: "" }), context());

    expect(record.mock.calls.map(([entry]) => entry["message"])).toEqual(["held back"]);
    expect(lines).toEqual([]);
  });

  it("does not fail the work when what takes its lines does", async () => {
    captureLines();
    const handler = wrap(sqs(), logger(), async (_item, { log }) => log.info("x"));
    const record = (): void => {
      throw new Error("full");
    };

    await expect(recorded(handler, record)(messages({ m1: "" }), context())).resolves.toEqual({ batchItemFailures: [] });
  });
});
