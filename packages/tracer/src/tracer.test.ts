import { setImmediate } from "node:timers/promises";
import { direct, type Layer, retry, whole, wrap } from "@lamella/core";
import { kinesis } from "@lamella/events/kinesis";
import { sqs } from "@lamella/events/sqs";
import { kinesisEvent, lambdaContext, sqsEvent } from "@lamella/testing";
import { describe, expect, it, vi } from "vitest";
import { namesOf, treesOf } from "../test/daemon.ts";
import { header, PARENT, TRACE, tracedContext, useXRay } from "../test/x-ray.ts";
import type { Trace } from "./trace.ts";
import { tracer } from "./tracer.ts";

const xray = useXRay();

const bodies = (count: number): { body: string }[] => Array.from({ length: count }, (_, index) => ({ body: `order-${index}` }));

describe("tracer()", () => {
  it("writes a subsegment for the invocation, one for each item, and one for each span", async () => {
    const handler = wrap(sqs({ concurrency: 10 }), tracer(), async ({ body }, { trace }) => {
      await trace.span("outer", async () => {
        await Promise.resolve();
        trace.annotate("body", body);
        await trace.span("inner", () => Promise.resolve());
      });
    });

    await handler(sqsEvent(bodies(2)), tracedContext());

    const documents = await xray().received(7);
    expect(namesOf(treesOf(documents, PARENT))).toEqual([
      [
        "## index.handler",
        [
          ["sqs", [["outer", ["inner"]]]],
          ["sqs", [["outer", ["inner"]]]],
        ],
      ],
    ]);
    expect(new Set(documents.map(({ trace_id }) => trace_id))).toEqual(new Set([TRACE]));
    expect(documents.filter(({ annotations }) => annotations?.["body"] !== undefined).map(({ name }) => name)).toEqual(["outer", "outer"]);
  });

  it("says of the invocation whether it was cold, and of which service it is", async () => {
    const handler = wrap(direct(), tracer({ service: "stock" }), (_event, { coldStart }) => coldStart);

    const cold = await handler({}, tracedContext());

    const [invocation] = treesOf(await xray().received(2), PARENT);
    expect(invocation?.annotations).toEqual({ ColdStart: cold, Service: "stock" });
  });

  it("takes the service from the environment", async () => {
    await wrap(direct(), tracer(), () => {})({}, tracedContext());

    expect(treesOf(await xray().received(2), PARENT)[0]?.annotations).toMatchObject({ Service: "orders" });
  });

  it("says which message an item is, and keeps what the handler returned out", async () => {
    const event = sqsEvent(bodies(1));
    const handler = wrap(sqs(), tracer(), () => ({ secret: "s" }));

    await handler(event, tracedContext());

    const [item] = treesOf(await xray().received(2), PARENT)[0]?.children ?? [];
    expect(item?.metadata).toEqual({ orders: { delivery: { id: event.Records[0]?.messageId, index: 0, attempt: 1 } } });
  });

  it.for([
    { of: "an object", returned: { amount: 12n, at: 1 }, kept: { amount: "12", at: 1 } },
    { of: "a text", returned: "done", kept: "done" },
    { of: "what is no JSON", returned: { toJSON: () => JSON.parse("{") as unknown }, kept: "[left out: no JSON]" },
    { of: "32 KB", returned: "x".repeat(32_766), kept: "x".repeat(32_766) },
    { of: "more than 32 KB", returned: "x".repeat(32_767), kept: "[left out: 32769 characters]" },
    { of: "nothing", returned: undefined, kept: undefined },
  ])("keeps what the handler returned if asked to: $of", async ({ returned, kept }) => {
    const handler = wrap(direct(), tracer({ captureResponse: true }), () => returned);

    await handler({}, tracedContext());

    const [item] = treesOf(await xray().received(2), PARENT)[0]?.children ?? [];
    expect(item?.metadata?.["orders"]?.["index.handler response"]).toEqual(kept);
  });

  it.for([
    { variable: "true", option: undefined, isKept: true },
    { variable: "true", option: false, isKept: false },
    { variable: "false", option: true, isKept: false },
    { variable: "", option: undefined, isKept: false },
  ])("keeps the response: $isKept, where the variable is '$variable' and the option $option", async ({ variable, option, isKept }) => {
    vi.stubEnv("POWERTOOLS_TRACER_CAPTURE_RESPONSE", variable);
    const handler = wrap(direct(), tracer({ captureResponse: option }), () => "done");

    await handler({}, tracedContext());

    const [item] = treesOf(await xray().received(2), PARENT)[0]?.children ?? [];
    expect(item?.metadata?.["orders"]?.["index.handler response"] === "done").toBe(isKept);
  });

  it("writes one subsegment for the first 100 items of a batch each, and counts the others", async () => {
    const traces: Trace[] = [];
    // Not all at once: the daemon's socket holds some 160 packets.
    const handler = wrap(sqs({ concurrency: 10 }), tracer(), async (_message, { trace }) => {
      traces.push(trace);
      await setImmediate();
      await trace.span("work", () => Promise.resolve());
    });

    await handler(sqsEvent(bodies(103)), tracedContext());

    const documents = await xray().received(201);
    const [invocation] = treesOf(documents, PARENT);
    expect(documents).toHaveLength(201);
    expect(invocation?.children).toHaveLength(100);
    expect(invocation?.children.every(({ children }) => children.length === 1)).toBe(true);
    expect(invocation?.annotations).toMatchObject({ UntracedItems: 3 });
    // What they call is told not to record either.
    expect(traces[99]?.headers()["X-Amzn-Trace-Id"]).toMatch(/Sampled=1/);
    expect(traces[100]?.headers()).toEqual({ "X-Amzn-Trace-Id": `Root=${TRACE};Parent=${invocation?.id};Sampled=0` });
    expect(traces[100]?.id).toBe(TRACE);
  });

  it("writes one for each of the others that fails as well, up to 100", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const handler = wrap(sqs({ concurrency: 10 }), tracer(), async ({ body }) => {
      await setImmediate();
      if (Number(body.slice("order-".length)) >= 150) throw new Error("no stock");
    });

    await handler(sqsEvent(bodies(251)), tracedContext());

    const [invocation] = treesOf(await xray().received(201), PARENT);
    expect(invocation?.children.filter(({ fault }) => fault === true)).toHaveLength(100);
    expect(invocation?.children).toHaveLength(200);
    // Fifty that succeeded, and one failure more than are shown.
    expect(invocation?.annotations).toMatchObject({ UntracedItems: 51 });
    const late = invocation?.children.find(({ fault }) => fault === true);
    expect(late?.start_time).toBeLessThanOrEqual(late?.end_time ?? 0);
    expect(late?.metadata?.["orders"]?.["delivery"]).toMatchObject({ index: 150 });
  });

  it("counts none where all items have a subsegment", async () => {
    await wrap(sqs({ concurrency: "unbounded" }), tracer(), () => {})(sqsEvent(bodies(100)), tracedContext());

    expect(treesOf(await xray().received(101), PARENT)[0]?.annotations).not.toHaveProperty("UntracedItems");
  });

  it("writes one subsegment for a whole batch", async () => {
    await wrap(whole(kinesis()), tracer(), () => {})(kinesisEvent([{ data: "a" }, { data: "b" }]), tracedContext());

    expect(namesOf(treesOf(await xray().received(2), PARENT))).toEqual([["## index.handler", ["kinesis"]]]);
  });

  it("writes a subsegment for each try, where it stands behind retry()", async () => {
    let tries = 0;
    const handler = wrap(direct(), retry({ attempts: 2, backoffMs: 0 }), tracer(), () => {
      tries++;
      if (tries === 1) throw Object.assign(new Error("busy"), { name: "ThrottlingException" });
    });

    await handler({}, tracedContext()).catch(() => {});

    const [invocation] = treesOf(await xray().received(tries + 1), PARENT);
    expect(invocation?.children).toHaveLength(tries);
    expect(invocation?.children[0]?.fault).toBe(true);
  });

  it("writes each invocation into its own trace", async () => {
    const handler = wrap(direct(), tracer(), (_event, { trace }) => trace.id);
    const traces = ["1-5759e988-bd862e3fe1be46a994272793", "1-5759e989-bd862e3fe1be46a994272793", "1-5759e98a-bd862e3fe1be46a994272793"];

    for (const trace of traces) expect(await handler({}, tracedContext(header(trace)))).toBe(trace);

    const documents = await xray().received(6);
    expect(traces.map((trace) => namesOf(treesOf(documents, PARENT, trace)))).toEqual(traces.map(() => [["## index.handler", ["direct"]]]));
  });

  it("reads the trace from the environment where the context has none", async () => {
    vi.stubEnv("_X_AMZN_TRACE_ID", header("1-5759e98b-bd862e3fe1be46a994272793"));

    expect(await wrap(direct(), tracer(), (_event, { trace }) => trace.id)({}, lambdaContext())).toBe(
      "1-5759e98b-bd862e3fe1be46a994272793",
    );
    expect(await xray().received(2)).toHaveLength(2);
  });

  it("has sent everything when the reply is given", async () => {
    const { Socket } = process.getBuiltinModule("node:dgram");
    const send = vi.spyOn(Socket.prototype, "send");
    const handler = wrap(sqs({ concurrency: "unbounded" }), tracer(), () => {});

    await handler(sqsEvent(bodies(100)), tracedContext());

    // A packet that waits for the socket to be bound is passed to `send` again.
    expect(new Set(send.mock.calls.map(([packet]) => (packet as Buffer).toString())).size).toBe(101);
  });

  it("closes what is still open when its item is done", async () => {
    let done = (): void => {};
    const handler = wrap(direct(), tracer(), (_event, { trace }) => {
      void trace.span("forgotten", () => new Promise<void>((resolve) => (done = resolve)));
    });

    await handler({}, tracedContext());
    done();

    const documents = await xray().received(3);
    expect(namesOf(treesOf(documents, PARENT))).toEqual([["## index.handler", [["direct", ["forgotten"]]]]]);
    expect(documents.map(({ name }) => name)).toEqual(["forgotten", "direct", "## index.handler"]);
    expect(documents[0]).not.toHaveProperty("fault");
  });

  it("hands the trace on below the span that is open", async () => {
    const handler = wrap(direct(), tracer(), (_event, { trace }) => [trace.headers(), trace.span("call", () => trace.headers())]);

    const headers = (await handler({}, tracedContext(`${header()};Lineage=a87bd80c:1`))) as Readonly<Record<string, string>>[];

    const documents = await xray().received(3);
    const idOf = (name: string): string | undefined => documents.find((document) => document.name === name)?.id;
    expect(headers).toEqual(
      ["direct", "call"].map((name) => ({ "X-Amzn-Trace-Id": `Root=${TRACE};Parent=${idOf(name)};Sampled=1;Lineage=a87bd80c:1` })),
    );
  });

  it("traces what layers after it do, and calls none of it its own", async () => {
    const seen: string[] = [];
    const inner: Layer<unknown, { readonly trace: Trace }, {}> = {
      name: "inner",
      hooks: { item: (_item, { trace }, next) => trace.span("inner", () => (seen.push("in"), next())) },
    };

    await wrap(direct(), tracer(), inner, () => void seen.push("handler"))({}, tracedContext());

    expect(seen).toEqual(["in", "handler"]);
    expect(namesOf(treesOf(await xray().received(3), PARENT))).toEqual([["## index.handler", [["direct", ["inner"]]]]]);
  });
});
