import { sqs } from "@lamella/events/sqs";
import { HttpError, httpApi, route, router } from "@lamella/http";
import { httpApiEvent, lambdaContext, sqsEvent, testing } from "@lamella/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { streamEvent, topic } from "../test/batches.ts";
import { context, messages } from "../test/messages.ts";
import { invocationOf, type Settled, settled } from "./extend.ts";
import { type AnyLayer, direct, dispatch, json, type Layer, layer, lifecycle, resource, timeout, warmup, whole, wrap } from "./index.ts";

type Told = Partial<Settled>;
type Plain = Layer<unknown, {}, {}>;

/** A layer that keeps what it is told. */
function watching(told: Told[]): Plain {
  return { name: "watching", hooks: { watch: settled((one) => void told.push(one)) } };
}

const boom = new Error("boom");
const fails = (): never => {
  throw boom;
};

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a layer that watches", () => {
  it("is told once of a batch, with counts, the age of its oldest record and how long it took", async () => {
    const told: Told[] = [];
    const at = Date.now() - 60_000;
    const handler = wrap(sqs({ onFailure: (error) => (error === boom ? "ignore" : "retry") }), watching(told), ({ id }) => {
      if (id === "ignored") throw boom;
      if (id === "failed") throw new Error("other");
    });

    await handler(
      sqsEvent([
        { id: "done", body: "", sentAt: new Date(at + 10) },
        { id: "ignored", body: "", sentAt: new Date(at) },
        { id: "failed", body: "", sentAt: new Date(at + 20) },
      ]),
      context,
    );

    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ source: "sqs", isNested: false, isStuck: false, lambda: context, rejection: undefined, oldestAt: at });
    expect(told[0]).toMatchObject({ received: 3, failed: 1, ignored: 1, invalid: 0, unrun: 0 });
    expect(told[0]?.failures?.map(({ fate }) => fate)).toEqual(["ignore", "retry"]);
    expect(told[0]?.durationMs).toBeGreaterThan(0);
  });

  it("has the records asked for their age only when it wants to know", async () => {
    const told: Told[] = [];
    const event = sqsEvent([{ body: "", sentAt: new Date(1_000) }]);
    const sentAt = vi.fn(() => "1000");
    Object.defineProperty(event.Records[0]?.attributes, "SentTimestamp", { get: sentAt });

    await wrap(sqs(), watching(told), () => {})(event, context);

    expect(sentAt).not.toHaveBeenCalled();
    expect(told[0]?.oldestAt).toBe(1_000);
  });

  it("is told of payloads that do not fit, whatever became of them, and of what was not run", async () => {
    const told: Told[] = [];
    const invalid = { id: "1", body: "{" };
    await wrap(sqs({ body: json(), onFailure: "ignore" }), watching(told), () => {})(sqsEvent([invalid, { id: "2", body: "{}" }]), context);
    await wrap(sqs({ body: json() }), watching(told), () => {})(
      sqsEvent(
        [
          { ...invalid, groupId: "a" },
          { id: "2", body: "{}", groupId: "a" },
          { id: "3", body: "{}", groupId: "b" },
        ],
        { queueName: "q.fifo" },
      ),
      context,
    );

    expect(told).toMatchObject([
      { received: 2, invalid: 1, ignored: 1, failed: 0, unrun: 0 },
      { received: 3, invalid: 1, ignored: 0, failed: 1, unrun: 1 },
    ]);
  });

  it.for([
    {
      what: "nothing in the batch succeeded",
      source: () => sqs(),
      event: sqsEvent(messages("a")),
      code: "LAMELLA_BATCH_FAILED",
      failed: 1,
    },
    { what: "the event is another's", source: () => sqs(), event: { nobody: true }, code: "LAMELLA_WRONG_EVENT", failed: 0 },
    { what: "it takes no partial reply", source: () => topic(), event: streamEvent(["a"]), code: "LAMELLA_BATCH_FAILED", failed: 1 },
    {
      what: "a whole batch fails",
      source: () => whole(sqs()),
      event: sqsEvent(messages("a", "b")),
      code: "LAMELLA_BATCH_FAILED",
      failed: 2,
    },
  ])("is told what the invocation rejected with when $what", async ({ source, event, code, failed }) => {
    const told: Told[] = [];
    const handler = (wrap as (...parts: readonly unknown[]) => (event: unknown, lambda: unknown) => Promise<unknown>)(
      source(),
      watching(told),
      fails,
    );

    const error = await handler(event, context).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code });
    expect(told).toEqual([expect.objectContaining({ rejection: { error }, failed, received: failed })]);
  });

  it("is told what a single item failed with, and a thrown `undefined` as well", async () => {
    const told: Told[] = [];
    await expect(wrap(direct(), watching(told), fails)("event", context)).rejects.toBe(boom);
    await expect(wrap(direct(), watching(told), () => Promise.reject(undefined))("event", context)).rejects.toBeUndefined();

    expect(told).toMatchObject([
      { received: 1, failed: 1, rejection: { error: boom } },
      { received: 1, failed: 1, rejection: { error: undefined } },
    ]);
  });

  it.for([
    { status: 503, failed: 1 },
    { status: 404, failed: 0 },
  ])("counts a request that was answered with $status as failed: $failed", async ({ status, failed }) => {
    const told: Told[] = [];
    const handler = wrap(httpApi(), watching(told), () => {
      throw new HttpError(status);
    });

    expect(await handler(httpApiEvent(), context)).toMatchObject({ statusCode: status });
    expect(told).toMatchObject([{ received: 1, failed, rejection: undefined, failures: [{ fate: "answered", status }] }]);
  });

  it.for([
    { source: "direct", rejects: true },
    { source: "httpApi", rejects: false },
  ])("is told of an init that failed, with $source", async ({ source, rejects }) => {
    const told: Told[] = [];
    const life: Plain = { name: "life", hooks: { lifecycle: lifecycle("life", { init: fails }) } };
    const handler = source === "direct" ? wrap(direct(), watching(told), life, () => {}) : wrap(httpApi(), watching(told), life, () => {});
    await (handler as (event: unknown, lambda: unknown) => Promise<unknown>)(httpApiEvent(), context).catch(() => {});

    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ received: 0, rejection: rejects ? { error: { code: "LAMELLA_INIT" } } : undefined });
    // An HTTP source answers it, so it is a failure as any other that was answered.
    expect(told[0]?.failures).toMatchObject(rejects ? [] : [{ fate: "answered", error: { code: "LAMELLA_INIT" } }]);
  });

  it("is told of an invocation hook that failed before a request", async () => {
    const told: Told[] = [];
    const hook: Plain = { name: "hook", hooks: { invocation: () => Promise.reject(boom) } };
    await wrap(httpApi(), watching(told), hook, () => "")(httpApiEvent(), context);

    expect(told).toMatchObject([{ received: 0, failed: 1, failures: [{ error: boom }] }]);
  });

  it("leaves the console what no layer reports", async () => {
    await wrap(sqs({ whenAllFail: "report" }), watching([]), fails)(sqsEvent(messages("a")), context);

    expect(console.error).toHaveBeenCalledExactlyOnceWith("[lamella] sqs a failed (retry):", boom);
  });

  it("is told after the layers that report, and before the reply", async () => {
    const order: string[] = [];
    const reporting: Plain = { name: "reporting", hooks: { report: () => void order.push("report") } };
    const watches: Plain = {
      name: "watches",
      hooks: { watch: settled(async () => void (await Promise.resolve(), order.push("settled"))) },
    };
    await wrap(sqs({ whenAllFail: "report" }), watches, reporting, fails)(sqsEvent(messages("a")), context);
    order.push("reply");

    expect(order).toEqual(["report", "settled", "reply"]);
  });

  it.for([
    { how: "throws", tell: fails },
    { how: "rejects", tell: () => Promise.reject(boom) },
  ])("never fails the work when it $how", async ({ tell }) => {
    const watches: Plain = { name: "watches", hooks: { watch: settled(tell) } };

    expect(await wrap(direct(), watches, () => 1)("event", context)).toBe(1);
    await expect(wrap(direct(), watches, () => Promise.reject(new Error("own")))("event", context)).rejects.toThrow("own");
    expect(console.error).toHaveBeenCalledWith("[lamella] telling what an invocation came to failed:", boom);
  });

  it.for([
    { takesMs: 979, waits: true },
    { takesMs: 981, waits: false },
  ])("is waited for until just before the time is up: $waits, where it takes $takesMs ms of 1,000", async ({ takesMs, waits }) => {
    vi.useFakeTimers();
    let isThrough = false;
    const tell = () =>
      new Promise<void>((resolve) =>
        setTimeout(() => {
          isThrough = true;
          resolve();
        }, takesMs),
      );
    const watches: Plain = { name: "watches", hooks: { watch: settled(tell) } };
    const reply = wrap(direct(), watches, () => isThrough)("event", lambdaContext({ remainingMs: 1_000 })).then(() => isThrough);
    await vi.advanceTimersByTimeAsync(1_000);

    expect(await reply).toBe(waits);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is told of an ordered batch that is stuck, which has no reply, and only once where it comes out after all", async () => {
    vi.useFakeTimers();
    const told: Told[] = [];
    const reply = wrap(
      sqs(),
      watching(told),
      () => new Promise((resolve) => setTimeout(resolve, 2_900)),
    )(sqsEvent(messages("a"), { queueName: "q.fifo" }), lambdaContext({ remainingMs: 3_000 }));
    await vi.advanceTimersByTimeAsync(2_850);

    expect(told).toMatchObject([{ isStuck: true, received: 1, failed: 1, failures: [{ fate: "retry" }] }]);
    await vi.advanceTimersByTimeAsync(200);
    await reply;
    expect(told).toHaveLength(1);
  });

  it("is told once of an event that no handler of dispatch takes, and of others by their own source", async () => {
    const told: Told[] = [];
    const watches = watching(told);
    const handler = dispatch(
      wrap(httpApi(), () => {}),
      wrap(sqs(), watches, () => {}),
      wrap(topic(), watches, () => {}),
    );
    await handler(sqsEvent(messages("a")), context);
    const nobodys = dispatch(
      wrap(httpApi(), () => {}),
      wrap(sqs(), watches, () => {}),
      wrap(sqs(), watches, () => {}),
    );
    await expect(nobodys({} as never, context)).rejects.toMatchObject({ code: "LAMELLA_WRONG_EVENT" });

    expect(told).toMatchObject([
      { source: "sqs", received: 1, rejection: undefined },
      { source: "dispatch", received: 0, rejection: { error: { code: "LAMELLA_WRONG_EVENT" } } },
    ]);
    expect(told).toHaveLength(2);
  });

  it("is told that it stands in a router", async () => {
    const told: Told[] = [];
    const handler = wrap(httpApi(), router({ "GET /a": route({}, watching(told), () => "a") }));
    await handler(httpApiEvent({ path: "/a" }), context);

    expect(told).toMatchObject([{ isNested: true, source: "httpApi", received: 1 }]);
  });

  it.for([
    { what: "in front", order: (watches: AnyLayer) => [watches, warmup()] },
    { what: "behind", order: (watches: AnyLayer) => [warmup(), watches] },
  ])("receives nothing with a ping, where it stands $what", async ({ order }) => {
    const told: Told[] = [];
    const handler = (wrap as (...parts: readonly unknown[]) => (event: unknown, lambda: unknown) => Promise<unknown>)(
      direct(),
      ...order(watching(told)),
      () => {},
    );

    expect(await handler({ warmer: true }, context)).toBe("warmup");
    expect(told).toMatchObject([{ received: 0, failed: 0, rejection: undefined }]);
  });

  it("knows the invocation by its items, also behind a timeout and where invocations share a context", async () => {
    const seen = new Map<unknown, unknown>();
    const told: Settled[] = [];
    const watches: Plain = {
      name: "watches",
      hooks: {
        item: (item, ctx, next) => {
          seen.set(item, invocationOf(ctx));
          return next();
        },
        watch: settled((one) => void told.push(one)),
      },
    };
    const handler = wrap(direct<string, string>(), timeout(1_000), watches, async (item) => item);
    await Promise.all([handler("a", context), handler("b", context)]);

    expect(seen.get("a")).toBe(told[0]?.invocation);
    expect(seen.get("b")).toBe(told[1]?.invocation);
    expect(told[0]?.invocation).not.toBe(told[1]?.invocation);
    expect(invocationOf({} as never)).toBeUndefined();
  });

  it("is replaced in tests with all that it watches", async () => {
    const told: Told[] = [];
    const handler = wrap(sqs(), watching(told), () => {});
    await testing(handler, { watching: layer("watching", async (_item, _ctx, next) => next()) }).send(sqsEvent(messages("a")));

    expect(told).toEqual([]);
  });

  it("tells two layers, each once", async () => {
    const [one, other]: [Told[], Told[]] = [[], []];
    await wrap(
      sqs({ whenAllFail: "report" }),
      watching(one),
      resource("db", { init: () => 1 }),
      watching(other),
      fails,
    )(sqsEvent(messages("a")), context);

    for (const told of [one, other]) expect(told).toMatchObject([{ failed: 1, received: 1, failures: [{ error: boom }] }]);
  });
});
