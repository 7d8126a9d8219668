import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { sqs } from "@lamella/events/sqs";
import { HttpError, httpApi, route, router } from "@lamella/http";
import { httpApiEvent, lambdaContext, sqsEvent } from "@lamella/testing";
import { createTransport, getCurrentScope, withScope } from "@sentry/core";
import { ServerRuntimeClient } from "@sentry/core/server";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { context, messages } from "../test/messages.ts";
import { direct, dispatch, type FailureReport, final, json, type Layer, layer, lifecycle, onFailure, retry, whole, wrap } from "./index.ts";

type Told = FailureReport<unknown, object>;

const boom = new Error("boom");
const fails = (): never => {
  throw boom;
};
const partial = { whenAllFail: "report" } as const;

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
});

describe("onFailure", () => {
  it("is told of each failed item once, with what is known of it", async () => {
    const told: Told[] = [];
    const tenant = layer("tenant", async (_item, _ctx, next) => next({ tenant: "acme" }));
    const handler = wrap(
      sqs(),
      onFailure((failure) => void told.push(failure)),
      tenant,
      ({ id }) => {
        if (id.startsWith("bad")) throw boom;
        if (id === "final") throw final("never");
      },
    );
    const event = sqsEvent(messages("good", "bad 1", "final"));
    await handler(event, context);

    expect(told).toHaveLength(2);
    expect(told[0]).toMatchObject({
      error: boom,
      fate: "retry",
      delivery: { id: "bad 1", index: 1, source: "sqs" },
      item: { id: "bad 1" },
      ctx: { tenant: "acme" },
      source: "sqs",
      lambda: context,
    });
    expect(told[0]?.raw).toBe(event.Records[1]);
    expect(told[1]).toMatchObject({ error: { code: "LAMELLA_FINAL" }, fate: "ignore", delivery: { id: "final" } });
  });

  it.for<{ what: string; run: (tell: Layer<unknown, {}, {}>) => Promise<unknown>; report: object }>([
    {
      what: "a single item",
      run: (tell) => wrap(direct(), tell, fails)("event", context),
      report: { error: boom, fate: "rejected", item: "event", raw: "event", delivery: { source: "direct" } },
    },
    {
      what: "an event of another source",
      run: (tell) => wrap(sqs(), tell, () => {})({} as never, context),
      report: { error: { code: "LAMELLA_WRONG_EVENT" }, fate: "rejected", delivery: undefined, source: "sqs" },
    },
    {
      what: "an event that dispatch has no handler for",
      run: (tell) =>
        dispatch(
          wrap(sqs(), tell, () => {}),
          wrap(sqs(), tell, () => {}),
        )({} as never, context),
      report: { error: { code: "LAMELLA_WRONG_EVENT" }, delivery: undefined, source: "dispatch" },
    },
    {
      what: "an init",
      run: (tell) => {
        const life: Layer<unknown, {}, {}> = { name: "life", hooks: { lifecycle: lifecycle("life", { init: fails }) } };
        return wrap(sqs(), tell, life, () => {})(sqsEvent(messages("a")), context);
      },
      report: { error: { code: "LAMELLA_INIT", cause: boom }, fate: "rejected", delivery: undefined },
    },
    {
      what: "an invocation hook around HTTP",
      run: (tell) => {
        const hook: Layer<unknown, {}, {}> = { name: "hook", hooks: { invocation: () => Promise.reject(boom) } };
        return wrap(httpApi(), tell, hook, () => "")(httpApiEvent(), context);
      },
      report: { error: boom, fate: "answered", source: "httpApi", item: undefined },
    },
    {
      what: "an invocation hook, after its items",
      run: (tell) => {
        const hook: Layer<unknown, {}, {}> = { name: "hook", hooks: { invocation: (_lambda, next) => next().then(fails) } };
        return wrap(sqs(), tell, hook, () => {})(sqsEvent(messages("a")), context);
      },
      report: { error: boom, fate: "rejected", delivery: undefined },
    },
    {
      what: "a request that is answered with 500",
      run: (tell) => wrap(httpApi(), tell, fails)(httpApiEvent(), context),
      report: { error: boom, fate: "answered", status: 500, item: { method: "GET" } },
    },
    {
      what: "a payload",
      run: (tell) => wrap(sqs({ body: json(), ...partial }), tell, () => {})(sqsEvent([{ id: "a", body: "{" }]), context),
      report: { error: { code: "LAMELLA_PAYLOAD" }, fate: "retry", raw: { body: "{" } },
    },
    {
      what: "a record that is no object",
      run: (tell) => wrap(sqs(partial), tell, () => {})({ Records: [{ ...sqsEvent(messages("a")).Records[0] }, null] } as never, context),
      report: { error: { code: "LAMELLA_PAYLOAD" }, item: undefined, raw: null },
    },
  ])("is told of $what, once", async ({ run, report }) => {
    const told: Told[] = [];
    await run(onFailure((failure) => void told.push(failure))).catch(() => {});

    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject(report);
  });

  it("is told of each item of a whole batch, with the batch and its context", async () => {
    const told: Told[] = [];
    const handler = wrap(
      whole(sqs()),
      onFailure((failure) => void told.push(failure)),
      layer("tenant", async (_item, _ctx, next) => next({ tenant: "acme" })),
      ({ items: [first], fail }) => first && fail(first, boom),
    );
    await handler(sqsEvent(messages("a", "b")), context);

    expect(told).toMatchObject([
      { error: boom, delivery: { id: "a" }, ctx: { tenant: "acme" }, item: { items: [{ id: "a" }, { id: "b" }] } },
    ]);
  });

  it("is told of a retried item once, and of none where a retry succeeds", async () => {
    const told: Told[] = [];
    let tries = 0;
    const tell = onFailure((failure) => void told.push(failure));
    await wrap(sqs(partial), retry({ backoffMs: 0 }), tell, fails)(sqsEvent(messages("a")), context);
    await wrap(direct(), retry({ backoffMs: 0 }), tell, () => (++tries < 2 ? fails() : "done"))("event", context);

    expect(told).toHaveLength(1);
  });

  it("is not told of what is the caller's affair, nor of what was not run or says that nothing went wrong, unless asked", async () => {
    const expected = Object.assign(new Error("busy"), { "~level": "info" });
    const run = async (options: Parameters<typeof onFailure>[1]): Promise<unknown[]> => {
      const told: Told[] = [];
      const tell = onFailure((failure) => void told.push(failure), options);
      await wrap(httpApi(), tell, () => Promise.reject(new HttpError(404)))(httpApiEvent(), context);
      await wrap(sqs(partial), tell, () => Promise.reject(expected))(sqsEvent(messages("busy", "unrun"), { queueName: "q.fifo" }), context);
      return told.map(({ delivery, fate }) => [delivery?.id, fate]);
    };

    expect(await run({})).toEqual([]);
    expect(await run({ expected: true })).toEqual([["busy", "retry"]]);
    expect(await run({ unrun: true })).toEqual([["unrun", "unrun"]]);
  });

  it("stands in a router for the routes that have it, and no others", async () => {
    const told: Told[] = [];
    const tell: Layer<unknown, {}, {}> = onFailure((failure) => void told.push(failure));
    const handler = wrap(httpApi(), router({ "GET /a": route({}, tell, fails), "GET /b": fails }));
    await handler(httpApiEvent({ path: "/b" }), context);
    await handler(httpApiEvent({ path: "/a" }), context);

    expect(told).toMatchObject([{ error: boom, item: { path: "/a" } }]);
  });

  it("leaves the failures to the console, or to the layers that report", async () => {
    await wrap(
      sqs(partial),
      onFailure(() => {}),
      fails,
    )(sqsEvent(messages("a")), context);

    expect(console.error).toHaveBeenCalledExactlyOnceWith("[lamella] sqs a failed (retry):", boom);
  });

  it("tells so many at the same time, and flushes once, at the end", async () => {
    let running = 0;
    let most = 0;
    const order: string[] = [];
    const tell = onFailure(
      async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        order.push("told");
      },
      { concurrency: 3, flush: () => order.push("flush") },
    );
    await wrap(sqs(partial), tell, fails)(sqsEvent(messages("a", "b", "c", "d", "e", "f", "g", "h")), context);
    order.push("reply");

    expect(most).toBe(3);
    expect(order).toEqual([...Array.from({ length: 8 }, () => "told"), "flush", "reply"]);
  });

  it.for([
    { how: "throws", tell: () => Promise.reject(new Error("down")), flush: undefined },
    { how: "throws at once", tell: fails, flush: undefined },
    { how: "cannot flush", tell: () => {}, flush: fails },
  ])("never fails the work where the tracker $how, and tells the rest", async ({ tell, flush }) => {
    const spy = vi.fn(tell);
    const handler = wrap(sqs(partial), onFailure(spy, { flush }), ({ id }) => (id === "good" ? undefined : fails()));

    expect(await handler(sqsEvent(messages("a", "good", "b")), context)).toEqual({
      batchItemFailures: [{ itemIdentifier: "a" }, { itemIdentifier: "b" }],
    });
    expect(spy).toHaveBeenCalledTimes(2);
    expect(console.error).toHaveBeenCalledWith("[lamella] onFailure failed:", expect.any(Error));
  });

  it.for([
    { options: {}, remainingMs: 30_000, afterMs: 2_000 },
    { options: { timeoutMs: 500 }, remainingMs: 30_000, afterMs: 500 },
    { options: { timeoutMs: 500 }, remainingMs: 400, afterMs: 370 },
  ])(
    "gives up a tracker that hangs, after $afterMs ms, with $options and $remainingMs ms left",
    async ({ options, remainingMs, afterMs }) => {
      vi.useFakeTimers();
      let isDone = false;
      const tell = onFailure(() => new Promise(() => {}), { ...options, concurrency: 1 });
      const reply = wrap(sqs(partial), tell, fails)(sqsEvent(messages("a", "b")), lambdaContext({ remainingMs }));
      void reply.then(() => (isDone = true));
      await vi.advanceTimersByTimeAsync(afterMs - 1);
      expect(isDone).toBe(false);
      await vi.advanceTimersByTimeAsync(1);

      expect(isDone).toBe(true);
      expect(vi.getTimerCount()).toBe(0);
      expect(console.error).toHaveBeenCalledWith(`[lamella] onFailure was given up after ${afterMs} ms; 0 of 2 failures were told`);
    },
  );

  it.for([
    { args: [undefined], says: "onFailure(tell) must be a function", kind: TypeError },
    { args: [fails, { timeoutMs: 0 }], says: "must be more than 0 milliseconds, got 0", kind: RangeError },
    { args: [fails, { concurrency: 1.5 }], says: "must be a whole number of 1 or more, got 1.5", kind: RangeError },
    { args: [fails, { flush: true }], says: "onFailure(…, { flush }) must be a function", kind: TypeError },
    { args: [fails, { unrun: 1 }], says: "onFailure(…, { unrun }) must be true or false", kind: TypeError },
    { args: [fails, { expected: 1 }], says: "onFailure(…, { expected }) must be true or false", kind: TypeError },
  ])("throws at load with $args", ({ args, says, kind }) => {
    const make = (): unknown => onFailure(...(args as Parameters<typeof onFailure>));
    expect(make).toThrow(kind);
    expect(make).toThrow(says);
  });
});

describe("a Sentry client", () => {
  it("has sent each failure over its socket before the reply, with the item's identity", async () => {
    const events: { readonly tags: object; readonly exception: { readonly values: readonly { readonly value: string }[] } }[] = [];
    const server = createServer((request, response) => {
      let text = "";
      request.setEncoding("utf8");
      request.on("data", (chunk: string) => (text += chunk));
      request.on("end", () => {
        // An envelope: its header, an item's header, the item.
        events.push(JSON.parse(text.split("\n")[2] as string));
        response.end("{}");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const client = new ServerRuntimeClient({
      dsn: `http://key@127.0.0.1:${port}/1`,
      integrations: [],
      stackParser: () => [],
      transport: (options) =>
        createTransport(options, async ({ body }) => {
          const { status } = await fetch(options.url, { method: "POST", body: body as string });
          return { statusCode: status };
        }),
    });
    getCurrentScope().setClient(client);
    client.init();
    const handler = wrap(
      sqs(),
      onFailure(
        ({ error, delivery, fate }) =>
          withScope((scope) => {
            scope.setTags({ item: delivery?.id, fate });
            scope.captureException(error);
          }),
        { flush: () => client.flush(1_000) },
      ),
      ({ id }) => {
        if (id !== "good") throw new Error(`failed ${id}`);
      },
    );
    await handler(sqsEvent(messages("a", "good", "b")), context);

    expect(new Set(events.map(({ tags, exception }) => [tags, exception.values[0]?.value]))).toEqual(
      new Set([
        [{ item: "a", fate: "retry" }, "failed a"],
        [{ item: "b", fate: "retry" }, "failed b"],
      ]),
    );
  });
});
