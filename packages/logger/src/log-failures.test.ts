import { direct, final, layer, wrap } from "@lamella/core";
import { singleSource, toOutcome } from "@lamella/core/extend";
import { sqs } from "@lamella/events/sqs";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import { captureLines, context, messages, pick } from "../test/lines.ts";
import { logger } from "./logger.ts";

/** A source that answers errors with their status, as those for HTTP do. */
function answering() {
  return singleSource({
    name: "http",
    expects: "any event",
    accepts: () => true,
    options: {},
    item: (event) => event,
    delivery: () => ({ id: "request-1", index: 0, source: "http", attempt: undefined }),
    finish: toOutcome,
    rescue: (error) => ({ ...toOutcome(undefined), ...(error as object) }),
    reply: () => "answered",
  });
}

const unreadable = {
  get secret(): string {
    throw new Error("no access");
  },
};

function fails(error: unknown) {
  return async () => {
    throw error;
  };
}

describe("the level of a failure", () => {
  it.for([
    {
      when: "the item comes again",
      handler: wrap(sqs({ whenAllFail: "report" }), logger(), fails(new Error("x"))),
      level: "ERROR",
      fate: "retry",
    },
    {
      when: "onFailure ignores it",
      handler: wrap(sqs({ onFailure: "ignore" }), logger(), fails(new Error("x"))),
      level: "WARN",
      fate: "ignore",
    },
    { when: "it is final", handler: wrap(sqs(), logger(), fails(final("x"))), level: "WARN", fate: "ignore" },
    { when: "the invocation rejects", handler: wrap(direct(), logger(), fails(new Error("x"))), level: "ERROR", fate: "rejected" },
    { when: "it is answered with 499", handler: wrap(answering(), logger(), fails({ status: 499 })), level: "WARN", fate: "answered" },
    { when: "it is answered with 500", handler: wrap(answering(), logger(), fails({ status: 500 })), level: "ERROR", fate: "answered" },
    { when: "it is answered without a status", handler: wrap(answering(), logger(), fails({})), level: "ERROR", fate: "answered" },
  ])("is $level when $when", async ({ handler, level, fate }) => {
    const { lines } = captureLines();

    await (handler as (event: unknown, ctx: unknown) => Promise<unknown>)(messages({ m1: "" }), context()).catch(() => {});

    expect(lines.map((line) => pick(line, "level", "fate"))).toEqual([{ level, fate }]);
  });

  it("is WARN for messages that were not run behind the one that failed", async () => {
    const { lines } = captureLines();
    const handler = wrap(sqs(), logger(), async ({ id }) => {
      if (id === "b") throw new TypeError("b");
    });

    await handler(messages({ a: "", b: "", c: "", d: "" }, "orders.fifo"), context());

    expect(lines.map((line) => pick(line, "level", "message", "delivery_id"))).toEqual([
      { level: "ERROR", message: "Item failed, and comes again", delivery_id: "b" },
      { level: "WARN", message: "Item was not run, and comes again", delivery_id: "c" },
      { level: "WARN", message: "Item was not run, and comes again", delivery_id: "d" },
    ]);
  });
});

describe("the line of a failure", () => {
  it("has the error with its causes, and the keys of its item", async () => {
    const { lines } = captureLines();
    const correlationId = ({ body }: { readonly body: string }): string => `order-${body}`;
    const handler = wrap(sqs(), logger({ correlationId }), async ({ body }, { log }) => {
      log.appendKeys({ sku: body });
      await Promise.resolve();
      if (body === "2") throw new TypeError("outer", { cause: new RangeError("inner") });
    });

    await handler(messages({ a: "1", b: "2" }), context());

    expect(lines).toEqual([
      expect.objectContaining({
        level: "ERROR",
        message: "Item failed, and comes again",
        fate: "retry",
        delivery_id: "b",
        delivery_attempt: 2,
        correlation_id: "order-2",
        sku: "2",
        function_request_id: "request-1",
        error: expect.objectContaining({
          name: "TypeError",
          message: "outer",
          stack: expect.stringContaining("log-failures.test.ts"),
          cause: expect.objectContaining({ name: "RangeError", message: "inner" }),
        }),
      }),
    ]);
  });

  it("has the correlation id of an item that never logged", async () => {
    const { lines } = captureLines();

    await wrap(
      direct<{ order: string }>(),
      logger({ correlationId: ({ order }) => order }),
      fails(new Error("x")),
    )({ order: "order-1" }, context()).catch(() => {});

    expect(lines.map((line) => pick(line, "correlation_id"))).toEqual([{ correlation_id: "order-1" }]);
  });

  it("names an item that failed before the logger saw it", async () => {
    const { lines } = captureLines();
    const handler = wrap(
      sqs({ whenAllFail: "report" }),
      layer("gate", async () => fails(new Error("x"))()),
      logger(),
      async () => {},
    );

    await handler(messages({ m1: "" }), context());

    expect(lines.map((line) => pick(line, "delivery_id", "correlation_id", "function_request_id"))).toEqual([
      { delivery_id: "m1", correlation_id: "m1", function_request_id: "request-1" },
    ]);
  });

  it("has the keys of an item that is still running when time runs out", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { lines } = captureLines();
    const endsAt = Date.now() + 3_000;
    const handler = wrap(sqs(), logger({ correlationId: () => "mine" }), async (_item, { log }) => {
      log.appendKeys({ sku: "a" });
      log.info("waiting");
      const child = log.createChild();
      child.appendKeys({ sku: "of the child" });
      child.info("child");
      log.info("unreadable", unreadable);
      await new Promise(() => {});
    });

    void handler(messages({ m1: "" }, "orders.fifo"), { ...context(), getRemainingTimeInMillis: () => endsAt - Date.now() });
    await vi.advanceTimersByTimeAsync(3_000);

    expect(lines.map((line) => pick(line, "message", "delivery_id", "sku", "correlation_id"))).toEqual([
      { message: "waiting", delivery_id: "m1", sku: "a", correlation_id: "mine" },
      { message: "child", delivery_id: "m1", sku: "of the child", correlation_id: "mine" },
      { message: "unreadable", delivery_id: "m1", sku: undefined, correlation_id: "mine" },
      { message: "Item failed, and comes again", delivery_id: "m1", sku: "a", correlation_id: "mine" },
    ]);
  });

  it("stays with its own invocation when two fail at once, on one event and one context", async () => {
    const { lines } = captureLines();
    let count = 0;
    const handler = wrap(sqs({ whenAllFail: "report" }), logger(), async (_item, { log }) => {
      log.appendKeys({ run: ++count });
      await Promise.resolve();
      throw new Error("x");
    });
    const event = messages({ m1: "" });
    const shared = context();

    await Promise.all([handler(event, shared), handler(event, shared)]);

    expect(lines.map((line) => line["run"])).toEqual([1, 2]);
  });
});

describe("many failures", () => {
  it("are shown in full up to five of a kind, and counted from there", async () => {
    const { lines } = captureLines();
    const bodies = Object.fromEntries(
      Array.from({ length: 13 }, (_, index) => [`m${index}`, index < 7 ? "type" : index < 12 ? "range" : "fine"]),
    );
    const handler = wrap(sqs({ onFailure: (error) => (error instanceof RangeError ? "ignore" : "retry") }), logger(), async ({ body }) => {
      if (body === "type") throw new TypeError("x");
      if (body === "range") throw new RangeError("x");
    });

    await handler(messages(bodies), context());

    const errors = lines.filter(({ level }) => level === "ERROR");
    expect(errors.map((line) => line["delivery_id"])).toEqual(["m0", "m1", "m2", "m3", "m4", undefined]);
    expect(pick(errors.at(-1), "message", "kind", "count", "function_request_id")).toEqual({
      message: "More items failed in the same way",
      kind: "TypeError (retry)",
      count: 2,
      function_request_id: "request-1",
    });
    expect(lines.filter(({ level }) => level === "WARN").map((line) => line["delivery_id"])).toEqual(["m7", "m8", "m9", "m10", "m11"]);
  });
});

describe("a payload that does not fit", () => {
  it.for([
    { what: "the wrong shape", body: '{"sku":"SECRET","quantity":"SECRET"}', issues: ["/quantity", "/sku"] },
    { what: "no JSON", body: "SECRET {", issues: [] },
    { what: "__proto__", body: '{"__proto__":{"SECRET":1}}', issues: [] },
  ])("with $what is logged with its places and without its values", async ({ body, issues }) => {
    const { lines } = captureLines();
    const quoting = ({ input }: { readonly input?: unknown }): string => `got ${JSON.stringify(input)}`;
    const Order = z.object({
      quantity: z.number({ error: quoting }),
      sku: z.string().max(3, { error: quoting }),
    });

    await wrap(sqs({ body: Order, whenAllFail: "report" }), logger(), async () => {})(messages({ m1: body }), context());

    expect(JSON.stringify(lines)).not.toContain("SECRET");
    expect(lines).toEqual([
      expect.objectContaining({
        level: "ERROR",
        delivery_id: "m1",
        error: expect.objectContaining({ name: "PayloadError", code: "LAMELLA_PAYLOAD", issues }),
      }),
    ]);
  });
});
