import { Logger } from "@aws-lambda-powertools/logger";
import { type Base, direct, layer, type Next, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { describe, expect, it, vi } from "vitest";
import { captureLines, context, gate, messages, pick } from "../test/lines.ts";
import { logger } from "./logger.ts";

const ABC = messages({ a: "", b: "", c: "" });

// As a team has them: a module with the logger, and another that imports it.
function team(): { readonly instance: Logger; readonly reserve: (sku: string) => Promise<void> } {
  const instance = new Logger({ serviceName: "team", persistentKeys: { team: "a" } });
  const reserve = async (sku: string): Promise<void> => {
    instance.appendKeys({ sku });
    await Promise.resolve();
    instance.info("reserving");
  };
  return { instance, reserve };
}

describe("a helper that imports the logger", () => {
  it("logs for the item in whose course it runs", async () => {
    const { instance, reserve } = team();
    const { lines } = captureLines();
    const all = gate();
    let started = 0;
    const handler = wrap(sqs(), logger({ instance }), async ({ id }, { log }) => {
      if (++started === 3) all.open();
      await all.opened;
      await reserve(`sku of ${id}`);
      log.info("reserved");
    });

    await handler(ABC, context());

    const names = ["message", "service", "team", "delivery_id", "correlation_id", "function_request_id", "sku"];
    const lineOf = (message: string, id: string) => ({
      message,
      service: "team",
      team: "a",
      delivery_id: id,
      correlation_id: id,
      function_request_id: "request-1",
      sku: `sku of ${id}`,
    });
    expect(lines.filter(({ delivery_id }) => delivery_id === "a").map((line) => pick(line, ...names))).toEqual([
      lineOf("reserving", "a"),
      lineOf("reserved", "a"),
    ]);
    expect(lines.filter(({ delivery_id }) => delivery_id === "b").map((line) => pick(line, ...names))).toEqual([
      lineOf("reserving", "b"),
      lineOf("reserved", "b"),
    ]);
    expect(lines.filter(({ delivery_id }) => delivery_id === "c").map((line) => pick(line, ...names))).toEqual([
      lineOf("reserving", "c"),
      lineOf("reserved", "c"),
    ]);
    expect(lines).toHaveLength(6);
  });

  it("logs for the right one of invocations that overlap, in two handlers of one logger", async () => {
    const { instance, reserve } = team();
    const { lines } = captureLines();
    const held = gate();
    const one = wrap(direct(), logger({ instance }), async () => {
      await held.opened;
      await reserve("one");
    });
    const two = wrap(direct(), logger({ instance }), async () => reserve("two"));

    const running = one({}, context("request-1"));
    await two({}, context("request-2"));
    held.open();
    await running;

    expect(lines.map((line) => pick(line, "function_request_id", "correlation_id", "sku"))).toEqual([
      { function_request_id: "request-2", correlation_id: "request-2", sku: "two" },
      { function_request_id: "request-1", correlation_id: "request-1", sku: "one" },
    ]);
  });

  it("may set, read and take away the item's keys", async () => {
    const { instance } = team();
    const { lines } = captureLines();

    await wrap(sqs(), logger({ instance }), async (_item, { log }) => {
      instance.setCorrelationId("mine");
      log.appendKeys({ one: 1, two: 2 });
      instance.removeKeys(["one"]);
      instance.info(String(instance.getCorrelationId()));
      instance.resetKeys();
      log.info(String(log.getCorrelationId()));
    })(messages({ m1: "" }), context());

    expect(lines.map((line) => pick(line, "message", "correlation_id", "one", "two"))).toEqual([
      { message: "mine", correlation_id: "mine", one: undefined, two: 2 },
      { message: "m1", correlation_id: "m1", one: undefined, two: undefined },
    ]);
  });

  it("may make a child, which belongs to the item", async () => {
    const { instance } = team();
    const { lines } = captureLines();

    await wrap(sqs(), logger({ instance }), async ({ id }) => {
      const child = instance.createChild({ persistentKeys: { module: "stock" } });
      child.appendKeys({ of_child: id });
      await Promise.resolve();
      child.info("child");
      instance.info("parent");
    })(ABC, context());

    expect(lines.map((line) => pick(line, "message", "delivery_id", "of_child", "module")).toSorted((a, b) => order(a) - order(b))).toEqual(
      ["a", "b", "c"].flatMap((id) => [
        { message: "child", delivery_id: id, of_child: id, module: "stock" },
        { message: "parent", delivery_id: id, of_child: undefined, module: undefined },
      ]),
    );
  });

  it("may add the Lambda context, which is there already", async () => {
    const { instance } = team();
    const { lines } = captureLines();

    await wrap(sqs(), logger({ instance }), async (_item, { lambda, coldStart, log }) => {
      instance.addContext(lambda as Parameters<Logger["addContext"]>[0]);
      instance.info("x", { expected: coldStart });
      log.info("x", { expected: coldStart });
    })(ABC, context());
    instance.info("outside");

    for (const { cold_start, expected, function_request_id } of lines.slice(0, 6)) {
      expect(cold_start).toBe(expected);
      expect(function_request_id).toBe("request-1");
    }
    expect(pick(lines[6], "message", "function_request_id")).toEqual({ message: "outside", function_request_id: undefined });
  });
});

function order({ delivery_id, message }: Readonly<Record<string, unknown>>): number {
  return String(delivery_id).charCodeAt(0) * 2 + (message === "child" ? 0 : 1);
}

describe("between the items", () => {
  it("lines carry the invocation and no item, and keys that are set there are on all of its items' lines", async () => {
    const { instance } = team();
    const { lines } = captureLines();
    const tenants = {
      name: "tenants",
      hooks: {
        invocation: async ({ awsRequestId }: { readonly awsRequestId: string }, next: () => Promise<void>) => {
          instance.appendKeys({ tenant: `tenant of ${awsRequestId}` });
          await next();
          instance.info("end");
        },
      },
    };
    const onFailure = () => {
      instance.warn("given up");
      return "ignore" as const;
    };
    const handler = wrap(sqs({ onFailure, concurrency: 1 }), logger({ instance }), tenants, async ({ id }, { log }) => {
      log.appendKeys({ of_item: id });
      await Promise.resolve();
      if (id === "b") throw new Error("b");
      log.info("x");
    });

    await Promise.all([handler(ABC, context("request-1")), handler(messages({ d: "" }), context("request-2"))]);

    const names = ["message", "delivery_id", "tenant", "of_item"];
    const of = (request: string) => lines.filter((line) => line["function_request_id"] === request).map((line) => pick(line, ...names));
    const tenant = "tenant of request-1";
    expect(of("request-1")).toEqual([
      { message: "x", delivery_id: "a", tenant, of_item: "a" },
      { message: "given up", delivery_id: undefined, tenant, of_item: undefined },
      { message: "x", delivery_id: "c", tenant, of_item: "c" },
      { message: "Item failed, and counts as done", delivery_id: "b", tenant, of_item: "b" },
      { message: "end", delivery_id: undefined, tenant, of_item: undefined },
    ]);
    expect(of("request-2").map(({ message, tenant: theirs }) => [message, theirs])).toEqual([
      ["x", "tenant of request-2"],
      ["end", "tenant of request-2"],
    ]);
  });
});

it("gives an item that starts in the course of another none of the other's keys", async () => {
  const { instance } = team();
  const { lines } = captureLines();
  const { hooks } = logger({ instance });
  const ctxOf = (id: string) => ({ lambda: context(), coldStart: false, delivery: { id, index: 0, source: "own", attempt: 1 } }) as Base;
  const start = (id: string, next: () => Promise<void>) => hooks.item?.({}, ctxOf(id), next as unknown as Next);

  await hooks.invocation?.(context(), async () => {
    instance.appendKeys({ of_invocation: 1 });
    await start("one", async () => {
      instance.appendKeys({ of_one: 1 });
      await start("two", async () => instance.info("two"));
    });
  });

  expect(lines.map((line) => pick(line, "delivery_id", "of_invocation", "of_one"))).toEqual([
    { delivery_id: "two", of_invocation: 1, of_one: undefined },
  ]);
});

describe("outside of all invocations", () => {
  it("the logger is what it was", async () => {
    vi.stubEnv("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    const { instance } = team();
    const { lines } = captureLines();
    const handler = wrap(sqs(), logger({ instance }), async (_item, { log }) => {
      log.appendKeys({ leaked: true });
      instance.info("inside");
    });

    instance.appendKeys({ module: "main" });
    instance.info("before");
    await handler(messages({ m1: "" }), context());
    instance.info("after");
    instance.createChild().info("child");
    instance.addContext(context("request-9") as Parameters<Logger["addContext"]>[0]);
    await handler(messages({ m2: "" }), context());
    instance.info("last");

    const names = ["message", "module", "leaked", "delivery_id", "function_request_id"];
    const nothing = { leaked: undefined, delivery_id: undefined, function_request_id: undefined, module: "main" };
    expect(lines.slice(0, 4).map((line) => "cold_start" in line)).toEqual([false, true, false, false]);
    expect(lines.map((line) => pick(line, ...names))).toEqual([
      { message: "before", ...nothing },
      { message: "inside", module: "main", leaked: true, delivery_id: "m1", function_request_id: "request-1" },
      { message: "after", ...nothing },
      { message: "child", ...nothing },
      { message: "inside", module: "main", leaked: true, delivery_id: "m2", function_request_id: "request-1" },
      { message: "last", ...nothing, function_request_id: "request-9" },
    ]);
  });
});

it("binds children that are made of it later", async () => {
  const { instance } = team();
  const { lines } = captureLines();
  const handler = wrap(sqs(), logger({ instance }), async () => {
    await Promise.resolve();
    child.info("inside");
  });
  instance.addContext(context("request-9") as Parameters<Logger["addContext"]>[0]);
  const child = instance.createChild({ persistentKeys: { module: "stock" } });

  await handler(ABC, context());
  child.info("outside");

  expect(lines.map((line) => pick(line, "message", "module", "delivery_id", "function_request_id"))).toEqual([
    ...["a", "b", "c"].map((id) => ({ message: "inside", module: "stock", delivery_id: id, function_request_id: "request-1" })),
    { message: "outside", module: "stock", delivery_id: undefined, function_request_id: "request-9" },
  ]);
});

it("takes a subclass with methods of its own", async () => {
  class Loud extends Logger {
    override info(...[input]: Parameters<Logger["info"]>): void {
      super.info(typeof input === "string" ? input.toUpperCase() : input);
    }
  }
  const { lines } = captureLines();
  const instance = new Loud();

  await wrap(
    sqs(),
    logger({ instance }),
    layer("own", async (_item, _ctx, next) => (instance.info("layer"), next())),
    async (_item, { log }) => log.info("handler"),
  )(messages({ m1: "" }), context());

  expect(lines.map((line) => pick(line, "message", "delivery_id"))).toEqual([
    { message: "LAYER", delivery_id: "m1" },
    { message: "HANDLER", delivery_id: "m1" },
  ]);
});
