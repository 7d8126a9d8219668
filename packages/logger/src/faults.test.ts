import { LogFormatter, Logger, type LogItem } from "@aws-lambda-powertools/logger";
import { direct, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { describe, expect, it, vi } from "vitest";
import { captureLines, context, messages, pick } from "../test/lines.ts";
import type { Log } from "./log.ts";
import { logger } from "./logger.ts";

const cyclic: Record<string, unknown> = { name: "cyclic" };
cyclic["self"] = cyclic;
const unreadable = {
  get secret(): string {
    throw new Error("no access");
  },
};
const circular = new Error("one", { cause: new Error("other") });
(circular.cause as Error).cause = circular;

class Broken extends LogFormatter {
  override formatAttributes(): LogItem {
    throw new Error("no formatter");
  }
}

describe("a line with something that cannot be written", () => {
  const cases: readonly { with: string; write: (log: Log) => void; gives: Readonly<Record<string, unknown>> }[] = [
    { with: "a BigInt", write: (log) => log.info("x", { amount: 1n }), gives: { message: "x", amount: "1" } },
    { with: "a cycle", write: (log) => log.info("x", { cyclic }), gives: { message: "x", cyclic: { name: "cyclic" } } },
    {
      with: "a cycle in its keys",
      write: (log) => (log.appendKeys({ cyclic }), log.info("x")),
      gives: { message: "x", cyclic: { name: "cyclic" } },
    },
    { with: "a getter that throws", write: (log) => log.info("x", unreadable), gives: { message: "x", log_error: "Error: no access" } },
    {
      with: "a getter that throws, deeper",
      write: (log) => log.info("x", { unreadable }),
      gives: { message: "x", log_error: "Error: no access" },
    },
    {
      with: "a toJSON that throws",
      write: (log) => log.info("x", { value: { toJSON: () => unreadable.secret } }),
      gives: { message: "x", log_error: "Error: no access" },
    },
    {
      with: "keys that cannot be read",
      write: (log) => (log.appendKeys({ value: { toJSON: () => unreadable.secret } }), log.info("x")),
      gives: { message: "x", log_error: "Error: no access" },
    },
    {
      with: "an error whose causes go in circles",
      write: (log) => log.info("x", circular),
      gives: { message: "x", log_error: /^RangeError/ },
    },
    { with: "nothing for a message", write: (log) => log.info(undefined as unknown as string), gives: { message: "undefined" } },
    { with: "null for a message", write: (log) => log.info(null as unknown as string), gives: { message: "null" } },
    { with: "a number for a message", write: (log) => log.info(42 as unknown as string), gives: { message: "42" } },
    { with: "an error for a message", write: (log) => log.info(new TypeError("bad") as never), gives: { message: "bad" } },
  ];
  it.for(cases)("of $with is saved with the item's identity, and the work goes on", async ({ write, gives }) => {
    const { lines } = captureLines();

    const reply = await wrap(sqs(), logger({ correlationId: () => "mine" }), async (_item, { log }) => write(log))(
      messages({ m1: "" }),
      context(),
    );

    expect(reply).toEqual({ batchItemFailures: [] });
    const expected = Object.entries(gives).map(([name, value]) => [name, value instanceof RegExp ? expect.stringMatching(value) : value]);
    expect(lines).toEqual([
      expect.objectContaining({ delivery_id: "m1", correlation_id: "mine", function_name: "orders", ...Object.fromEntries(expected) }),
    ]);
  });
});

describe("keys that cannot be appended", () => {
  it("are told of, and the work goes on", async () => {
    const { lines, texts } = captureLines();

    const reply = await wrap(sqs(), logger(), async (_item, { log }) => {
      log.appendKeys(unreadable);
      log.appendKeys(null as unknown as { readonly [key: string]: unknown });
      log.removeKeys(1 as unknown as string[]);
      log.info("x");
    })(messages({ m1: "" }), context());

    expect(reply).toEqual({ batchItemFailures: [] });
    expect(lines.map((line) => pick(line, "message", "delivery_id"))).toEqual([{ message: "x", delivery_id: "m1" }]);
    expect(texts).toEqual([
      "[lamella] A line could not be logged (Error: no access): appendKeys(…)",
      expect.stringContaining("TypeError"),
      expect.stringContaining("TypeError"),
    ]);
  });
});

describe("a logger that cannot write", () => {
  it("falls back to the console when its formatter throws", async () => {
    const { lines, texts } = captureLines();

    const reply = await wrap(direct(), logger({ logFormatter: new Broken() }), async (_event, { log }) => {
      log.info("reserving", { token: "secret" });
      return "done";
    })({}, context());

    expect(reply).toBe("done");
    expect(lines).toEqual([]);
    expect(texts).toEqual(["[lamella] A line could not be logged (Error: no formatter): reserving"]);
  });

  it("falls back to the console when it cannot be made", async () => {
    const { texts } = captureLines();
    vi.stubEnv("POWERTOOLS_LOGGER_LOG_EVENT", "perhaps");

    const reply = await wrap(direct(), logger(), async (_event, { log }) => {
      log.info("reserving");
      log.setCorrelationId("mine");
      return log.getCorrelationId();
    })({}, context());

    expect(reply).toBe("request-1");
    expect(texts).toEqual([expect.stringContaining("reserving"), expect.stringContaining("setCorrelationId")]);
  });

  it("goes on when stdout and stderr are closed", async () => {
    captureLines();
    const closed = (): never => {
      throw Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
    };
    vi.spyOn(process.stdout, "write").mockImplementation(closed);
    vi.spyOn(process.stderr, "write").mockImplementation(closed);
    const handler = wrap(direct(), logger(), async (_event, { log }) => (log.info("x"), log.error("y"), "done"));

    await expect(handler({}, context())).resolves.toBe("done");
  });

  it("says nothing when the console fails too", async () => {
    captureLines();
    vi.spyOn(console, "error").mockImplementation(() => {
      throw new Error("no console");
    });

    const handler = wrap(direct(), logger({ logFormatter: new Broken() }), async (_event, { log }) => (log.info("x"), "done"));

    await expect(handler({}, context())).resolves.toBe("done");
  });

  it("fails neither the work of a helper that imports it", async () => {
    const { texts } = captureLines();
    const instance = new Logger({ logFormatter: new Broken() });

    const reply = await wrap(direct(), logger({ instance }), async () => {
      instance.info("from a helper");
      return "done";
    })({}, context());

    expect(reply).toBe("done");
    expect(texts).toEqual(["[lamella] A line could not be logged (Error: no formatter): from a helper"]);
  });

  it("does not take the item's own error away", async () => {
    const { texts } = captureLines();
    const failing = wrap(direct(), logger({ logFormatter: new Broken() }), async () => {
      throw new RangeError("the real one");
    });

    await expect(failing({}, context())).rejects.toThrow("the real one");
    expect(texts).toEqual(["[lamella] A line could not be logged (Error: no formatter): Item failed, and the invocation with it"]);
  });
});
