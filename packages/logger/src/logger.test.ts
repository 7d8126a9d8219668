import { Logger } from "@aws-lambda-powertools/logger";
import { type Base, direct, type LambdaContext, layer, resource, whole, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { captureLines, context, gate, messages, pick } from "../test/lines.ts";
import { managedInstances } from "../test/managed-instances.ts";
import type { Log, LogKeys } from "./log.ts";
import { logger } from "./logger.ts";

const ABC = messages({ a: "1", b: "2", c: "3" });

describe("init", () => {
  it("is logged at the first invocation, with how long each took, and without an item's identity", async () => {
    const { lines } = captureLines();
    const db = resource("db", { init: () => ({}) });
    const handler = wrap(sqs(), logger(), db, async (_item, { log }) => log.info("handled"));

    await handler(ABC, context());
    await handler(ABC, context());

    const [first, ...rest] = lines;
    expect(first).toMatchObject({ level: "INFO", message: "Layers are ready", inits_ms: { db: expect.any(Number) } });
    expect(first).not.toHaveProperty("delivery_id");
    expect(rest.map(({ message }) => message)).toEqual(Array.from({ length: 6 }, () => "handled"));
  });
});

describe("the identity of an item", () => {
  it("is on each line of messages that are handled side by side", async () => {
    const { lines } = captureLines();
    const all = gate();
    let started = 0;
    const handler = wrap(sqs(), logger(), async ({ body }, { log }) => {
      log.info("before", { body });
      if (++started === 3) all.open();
      await all.opened;
      log.info("after", { body });
    });

    await handler(ABC, context());

    expect(lines.map((line) => [line["message"], line["delivery_id"], line["body"]])).toEqual([
      ["before", "a", "1"],
      ["before", "b", "2"],
      ["before", "c", "3"],
      ["after", "a", "1"],
      ["after", "b", "2"],
      ["after", "c", "3"],
    ]);
  });

  it.for([
    {
      of: "a message",
      handler: wrap(sqs(), logger(), async (_item, { log }) => log.info("x")),
      event: messages({ m1: "text" }),
      identity: { delivery_id: "m1", delivery_source: "sqs", delivery_index: 0, delivery_attempt: 2, correlation_id: "m1" },
    },
    {
      of: "a message without an id",
      handler: wrap(sqs(), logger(), async (_item, { log }) => log.info("x")),
      event: messages({ "": "text" }),
      identity: { delivery_id: undefined, delivery_source: "sqs", delivery_index: 0, delivery_attempt: 2, correlation_id: "request-1" },
    },
    {
      of: "a direct invocation",
      handler: wrap(direct(), logger(), async (_item, { log }) => log.info("x")),
      event: {},
      identity: {
        delivery_id: "request-1",
        delivery_source: "direct",
        delivery_index: 0,
        delivery_attempt: undefined,
        correlation_id: "request-1",
      },
    },
    {
      of: "a whole batch",
      handler: wrap(whole(sqs()), logger(), async (_item, { log }) => log.info("x")),
      event: ABC,
      identity: {
        delivery_id: "request-1",
        delivery_source: "sqs",
        delivery_index: 0,
        delivery_attempt: undefined,
        correlation_id: "request-1",
      },
    },
  ])("names $of", async ({ handler, event, identity }) => {
    const { lines } = captureLines();

    await (handler as (event: unknown, context: LambdaContext) => Promise<unknown>)(event, context());

    expect(lines.map((line) => pick(line, ...Object.keys(identity)))).toEqual([identity]);
  });
});

describe("the Lambda context", () => {
  it("is on each line under Powertools' names", async () => {
    const { lines } = captureLines();
    vi.stubEnv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=1;Sampled=1");

    await wrap(direct(), logger(), async (_event, { log }) => log.info("x"))({}, { ...context(), tenantId: "tenant" });

    expect(lines).toEqual([
      expect.objectContaining({
        level: "INFO",
        message: "x",
        service: "service_undefined",
        function_name: "orders",
        function_arn: "arn:aws:lambda:eu-west-1:123456789012:function:orders",
        function_memory_size: "128",
        function_request_id: "request-1",
        tenant_id: "tenant",
        xray_trace_id: "1-5759e988-bd862e3fe1be46a994272793",
      }),
    ]);
  });

  it("is of the line's own invocation when invocations overlap", async () => {
    const { lines } = captureLines();
    const gates = { one: gate(), two: gate() };
    const handler = wrap(direct<"one" | "two">(), logger(), async (name, { log }) => {
      await gates[name].opened;
      log.info(name);
    });

    const running = [handler("one", context("request-1")), handler("two", context("request-2"))];
    gates.two.open();
    await running[1];
    gates.one.open();
    await running[0];

    expect(lines.map((line) => pick(line, "message", "function_request_id", "correlation_id"))).toEqual([
      { message: "two", function_request_id: "request-2", correlation_id: "request-2" },
      { message: "one", function_request_id: "request-1", correlation_id: "request-1" },
    ]);
  });

  it("is of the line's own invocation when the work outlives it", async () => {
    const { lines } = captureLines();
    const instance = new Logger();
    const late: Promise<void>[] = [];
    const over = gate();
    const handler = wrap(direct<string>(), logger({ instance }), async (name, { log }) => {
      const work = async () => {
        await over.opened;
        log.info(`${name} by ctx.log`);
        instance.info(`${name} by the instance`);
      };
      late.push(work());
    });

    await handler("one", context("request-1"));
    await handler("two", context("request-2"));
    over.open();
    await Promise.all(late);

    expect(lines.map((line) => [line["message"], line["function_request_id"]])).toEqual([
      ["one by ctx.log", "request-1"],
      ["one by the instance", "request-1"],
      ["two by ctx.log", "request-2"],
      ["two by the instance", "request-2"],
    ]);
  });

  it("is of the line's own invocation on Managed Instances, where Powertools keeps one per invocation", async () => {
    const { lines } = captureLines();
    const invoke = managedInstances();
    const handler = wrap(sqs(), logger(), async ({ id }, { log, lambda }) => {
      log.appendKeys({ [`key_of_${id}`]: lambda.awsRequestId });
      await Promise.resolve();
      log.info(id);
    });

    await Promise.all(["one", "two"].map((id) => invoke(id, () => handler(messages({ [id]: "" }), context(id)))));

    expect(lines.map((line) => pick(line, "message", "function_request_id", "xray_trace_id", "key_of_one", "key_of_two"))).toEqual([
      { message: "one", function_request_id: "one", xray_trace_id: "trace of one", key_of_one: "one", key_of_two: undefined },
      { message: "two", function_request_id: "two", xray_trace_id: "trace of two", key_of_one: undefined, key_of_two: "two" },
    ]);
  });

  it("may be empty, as unit tests give it", async () => {
    const { lines } = captureLines();

    await wrap(sqs(), logger(), async (_item, { log }) => log.info("x"))(messages({ m1: "" }), {} as LambdaContext);

    expect(lines.map((line) => pick(line, "message", "delivery_id", "function_name"))).toEqual([
      { message: "x", delivery_id: "m1", function_name: undefined },
    ]);
  });

  it.for([
    { type: undefined, cold: true },
    { type: "on-demand", cold: true },
    { type: "provisioned-concurrency", cold: false },
  ])(
    "says a cold start of $cold in the first invocation, and of false from then on, with initialization type $type",
    async ({ type, cold }) => {
      vi.stubEnv("AWS_LAMBDA_INITIALIZATION_TYPE", type);
      vi.resetModules();
      const core = await import("@lamella/core");
      const events = await import("@lamella/events/sqs");
      const fresh = await import("./logger.ts");
      const { lines } = captureLines();
      const early = core.layer("early", async ({ id }: { readonly id: string }, _ctx, next) => {
        if (id === "early") throw new Error("failed before the logger saw it");
        return next();
      });
      const handler = core.wrap(events.sqs(), early, fresh.logger(), async ({ id }, { log }) => {
        if (id === "silent") throw new Error("failed without a line of its own");
        log.info(id);
        log.createChild().info(`child of ${id}`);
      });

      await handler(messages({ a: "", early: "", silent: "", b: "" }), context());
      await handler(messages({ c: "" }), context());

      expect(lines.map((line) => [line["message"], line["cold_start"]])).toEqual([
        ["a", cold],
        ["child of a", cold],
        ["b", cold],
        ["child of b", cold],
        ["Item failed, and comes again", cold],
        ["Item failed, and comes again", cold],
        ["c", false],
        ["child of c", false],
      ]);
    },
  );
});

describe("the correlation id", () => {
  const cases: readonly { when: string; correlationId: (item: { id: string }, ctx: Base) => string | undefined; gives: string }[] = [
    { when: "found in the item", correlationId: ({ id }) => `order-${id}`, gives: "order-m1" },
    { when: "found in ctx", correlationId: (_item, { lambda }) => lambda.awsRequestId, gives: "request-1" },
    { when: "not found", correlationId: () => undefined, gives: "m1" },
    { when: "found to be empty", correlationId: () => "", gives: "m1" },
    { when: "no text", correlationId: () => ({ secret: true }) as unknown as string, gives: "m1" },
    {
      when: "not to be found without failing",
      correlationId: () => {
        throw new Error("no such header");
      },
      gives: "m1",
    },
  ];
  it.for(cases)("is $gives when $when", async ({ correlationId, gives }) => {
    const { lines } = captureLines();

    await wrap(sqs(), logger({ correlationId }), async (_item, { log }) => log.info("x"))(messages({ m1: "" }), context());

    expect(lines.map((line) => line["correlation_id"])).toEqual([gives]);
  });

  it("is not looked for when an item never logs", async () => {
    const correlationId = vi.fn<() => string>(() => "id");

    await wrap(sqs(), logger({ correlationId }), async () => {})(ABC, context());

    expect(correlationId).not.toHaveBeenCalled();
  });

  it("is found in a payload once an asynchronous schema has decoded it", async () => {
    const { lines } = captureLines();
    const Order = z.object({ id: z.string() }).refine(async () => true);
    const early = layer("early", async (_item, { log }: { readonly log: Log }, next) => {
      log.info("not decoded");
      return next();
    });
    const handler = wrap(sqs({ body: Order }), logger({ correlationId: ({ body }) => body.id }), early, async (_item, { log }) => {
      log.info("decoded");
    });

    await handler(messages({ m1: '{"id":"order-1"}' }), context());

    expect(lines.map((line) => pick(line, "message", "correlation_id"))).toEqual([
      { message: "not decoded", correlation_id: "m1" },
      { message: "decoded", correlation_id: "order-1" },
    ]);
  });

  it("is what the handler sets", async () => {
    const { lines } = captureLines();
    const search = (path: string, value: unknown): unknown => (value as Readonly<Record<string, unknown>>)[path];

    await wrap(sqs(), logger({ correlationIdSearchFn: search }), async (_item, { log }) => {
      log.info("default");
      log.setCorrelationId("mine");
      log.info(String(log.getCorrelationId()));
      log.setCorrelationId({ trace: "found" }, "trace");
      log.info(String(log.getCorrelationId()));
    })(messages({ m1: "" }), context());

    expect(lines.map((line) => pick(line, "message", "correlation_id"))).toEqual([
      { message: "default", correlation_id: "m1" },
      { message: "mine", correlation_id: "mine" },
      { message: "found", correlation_id: "found" },
    ]);
  });
});

describe("appended keys", () => {
  it("stay with their item and their invocation", async () => {
    const { lines } = captureLines();
    const handler = wrap(sqs({ concurrency: 3 }), logger(), async ({ id }, { log }) => {
      log.appendKeys({ [`key_of_${id}`]: true, shared: id });
      await Promise.resolve();
      log.info("x");
    });

    await Promise.all([handler(ABC, context("request-1")), handler(ABC, context("request-2"))]);
    await handler(messages({ d: "" }), context("request-3"));

    const appended = lines.map((line) => Object.keys(line).filter((name) => name.startsWith("key_of_") || name === "shared"));
    expect(lines.map(({ delivery_id, shared }) => [delivery_id, shared])).toEqual(
      ["a", "b", "c", "a", "b", "c", "d"].map((id) => [id, id]),
    );
    expect(appended).toEqual(["a", "b", "c", "a", "b", "c", "d"].map((id) => [`key_of_${id}`, "shared"]));
  });

  it("are merged, taken away one by one, and all at once, and the identity stays", async () => {
    const { lines } = captureLines();

    await wrap(sqs(), logger(), async (_item, { log }) => {
      log.appendKeys({ order: { id: 1 }, other: 1 });
      log.appendKeys({ order: { sku: "a" } });
      log.info("merged");
      log.removeKeys(["other", "delivery_id", "absent"]);
      log.info("removed");
      log.resetKeys();
      log.info("reset");
    })(messages({ m1: "" }), context());

    expect(lines.map((line) => pick(line, "message", "order", "other", "delivery_id", "correlation_id"))).toEqual([
      { message: "merged", order: { id: 1, sku: "a" }, other: 1, delivery_id: "m1", correlation_id: "m1" },
      { message: "removed", order: { id: 1, sku: "a" }, other: undefined, delivery_id: "m1", correlation_id: "m1" },
      { message: "reset", order: undefined, other: undefined, delivery_id: "m1", correlation_id: "m1" },
    ]);
  });

  it("do not take the place of what the logger writes itself", async () => {
    const { lines } = captureLines();

    await wrap(sqs(), logger(), async (_item, { log }) => {
      log.appendKeys({ level: "mine", free: 1 } as unknown as LogKeys);
      log.info("x");
    })(messages({ m1: "" }), context());

    expect(lines.map((line) => pick(line, "level", "message", "free"))).toEqual([
      { level: "WARN", message: 'The key "level" is written by the logger itself and was not appended.', free: 1 },
      { level: "INFO", message: "x", free: 1 },
    ]);
  });

  it("give way to those of a single line", async () => {
    const { lines } = captureLines();

    await wrap(sqs(), logger(), async (_item, { log }) => {
      log.appendKeys({ step: "appended" });
      log.info({ message: "x", step: "of the line" });
      log.info("x", { step: "extra" });
      log.info("x");
    })(messages({ m1: "" }), context());

    expect(lines.map((line) => line["step"])).toEqual(["of the line", "extra", "appended"]);
  });
});

describe("a child", () => {
  it("carries the item's keys, and what either appends later stays its own", async () => {
    const { lines } = captureLines();

    await wrap(sqs(), logger({ service: "orders" }), async (_item, { log }) => {
      log.appendKeys({ order: 1 });
      const child = log.createChild({ serviceName: "stock", persistentKeys: { module: "stock" } });
      child.appendKeys({ of_child: 1 });
      log.appendKeys({ of_parent: 1 });
      child.info("child");
      child.createChild().info("grandchild");
      log.info("parent");
    })(messages({ m1: "" }), context());

    const names = ["message", "service", "delivery_id", "function_request_id", "order", "module", "of_child", "of_parent"];
    const common = { delivery_id: "m1", function_request_id: "request-1", order: 1 };
    const ofChild = { ...common, service: "stock", module: "stock", of_child: 1, of_parent: undefined };
    expect(lines.map((line) => pick(line, ...names))).toEqual([
      { message: "child", ...ofChild },
      { message: "grandchild", ...ofChild },
      { message: "parent", ...common, service: "orders", module: undefined, of_child: undefined, of_parent: 1 },
    ]);
  });
});

describe("two logger layers in one module", () => {
  it("know nothing of each other", async () => {
    const { lines } = captureLines();
    const one = wrap(direct(), logger({ service: "one", persistentKeys: { team: 1 } }), async (_event, { log }) => {
      log.appendKeys({ of: "one" });
      await Promise.resolve();
      log.info("x");
    });
    const two = wrap(direct(), logger({ service: "two" }), async (_event, { log }) => log.info("x"));

    await Promise.all([one({}, context("request-1")), two({}, context("request-2"))]);

    expect(lines.map((line) => pick(line, "service", "team", "of", "function_request_id"))).toEqual([
      { service: "two", team: undefined, of: undefined, function_request_id: "request-2" },
      { service: "one", team: 1, of: "one", function_request_id: "request-1" },
    ]);
  });
});
