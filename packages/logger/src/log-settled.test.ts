import { Logger } from "@aws-lambda-powertools/logger";
import { direct, resource, wrap } from "@lamella/core";
import { s3 } from "@lamella/events/s3";
import { sqs } from "@lamella/events/sqs";
import { httpApi, router } from "@lamella/http";
import { httpApiEvent, s3Event } from "@lamella/testing";
import { describe, expect, it } from "vitest";
import { captureLines, context, messages, pick } from "../test/lines.ts";
import { logger } from "./logger.ts";

const failing = async ({ body }: { readonly body: string }) => {
  if (body === "bad") throw new Error("no stock");
};
const none = { failed: 0, invalid: 0, ignored: 0, unrun: 0 };

describe("the line of what an invocation came to", () => {
  it("counts the items where one of several failed", async () => {
    const { summaries } = captureLines();
    const handler = wrap(
      sqs({ onFailure: (error) => ((error as Error).message === "no stock" ? "ignore" : "retry") }),
      logger(),
      async (item) => {
        await failing(item);
        if (item.body === "worse") throw new Error("no warehouse");
      },
    );

    await handler(messages({ a: "good", b: "bad", c: "worse", d: "worse" }), context());

    expect(summaries.map((line) => pick(line, "level", "delivery_source", "items", "function_request_id", "delivery_id"))).toEqual([
      { level: "WARN", delivery_source: "sqs", items: { ...none, received: 4, failed: 2, ignored: 1 }, function_request_id: "request-1" },
    ]);
    expect(summaries[0]?.["duration_ms"]).toEqual(expect.any(Number));
  });

  it("counts what was not run", async () => {
    const { summaries } = captureLines();

    await wrap(sqs(), logger(), failing)(messages({ a: "bad", b: "good", c: "good" }, "orders.fifo"), context()).catch(() => {});

    expect(summaries.map((line) => line["items"])).toEqual([{ ...none, received: 3, failed: 1, unrun: 2 }]);
  });

  it.for([
    { when: "nothing failed", bodies: { a: "good", b: "good" }, summary: undefined, written: 0 },
    { when: "one of one failed", bodies: { a: "bad" }, summary: undefined, written: 0 },
    { when: "one of two failed", bodies: { a: "bad", b: "good" }, summary: undefined, written: 1 },
    { when: "nothing failed, and it is asked for", bodies: { a: "good" }, summary: true, written: 1 },
    { when: "one of two failed, and it is asked for", bodies: { a: "bad", b: "good" }, summary: true, written: 1 },
  ])("is written $written times when $when", async ({ bodies, summary, written }) => {
    const { summaries } = captureLines();

    await wrap(sqs(), logger({ summary }), failing)(messages(bodies), context()).catch(() => {});

    expect(summaries.length).toBe(written);
  });

  it("is written by the team's own logger too, and says when all went well", async () => {
    const { summaries } = captureLines();

    await wrap(
      sqs(),
      logger({ instance: new Logger({ serviceName: "mine" }), summary: true }),
      failing,
    )(messages({ a: "good" }), context());

    expect(summaries.map((line) => pick(line, "level", "service", "items"))).toEqual([
      { level: "INFO", service: "mine", items: { ...none, received: 1 } },
    ]);
  });

  it("is written once where the logger stands before a router's routes", async () => {
    const { summaries } = captureLines();
    const handler = wrap(httpApi(), router(logger({ summary: true }), { "GET /": async () => ({ ok: true }) }));

    await handler(httpApiEvent({ path: "/" }), context());

    expect(summaries.map((line) => pick(line, "delivery_source", "items"))).toEqual([
      { delivery_source: "httpApi", items: { ...none, received: 1 } },
    ]);
  });
});

describe("an invocation that failed outside of its items", () => {
  it.for([
    {
      of: "an event of another service",
      run: () => wrap(sqs(), logger(), failing)(s3Event([{ key: "a" }]) as never, context()),
      error: "WrongEventError",
    },
    {
      of: "an init that failed",
      run: () =>
        wrap(
          direct(),
          logger(),
          resource("db", {
            init: (): Promise<object> => {
              throw new TypeError("no database");
            },
          }),
          async () => {},
        )({}, context()),
      error: "InitError",
    },
  ])("is logged with its error: $of", async ({ run, error }) => {
    const { lines } = captureLines();

    await expect(run()).rejects.toThrow();

    expect(lines.map((line) => pick(line, "level", "message", "fate", "function_request_id"))).toEqual([
      { level: "ERROR", message: "Invocation failed", fate: "rejected", function_request_id: "request-1" },
    ]);
    expect(lines[0]?.["error"]).toMatchObject({ name: error });
  });

  it("is logged once where the item's failure was logged", async () => {
    const { lines } = captureLines();
    const handler = wrap(s3(), logger(), async () => {
      throw new Error("no access");
    });

    await handler(s3Event([{ key: "a" }]), context()).catch(() => {});

    expect(lines.map((line) => line["message"])).not.toContain("Invocation failed");
    expect(lines.length).toBe(1);
  });
});
