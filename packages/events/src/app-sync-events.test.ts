import { final, layer, whole, wrap } from "@lamella/core";
import { appSyncEventsEvent, lambdaContext, testing } from "@lamella/testing";
import { appSyncPublishFixture, appSyncSubscribeFixture } from "@lamella/testing/fixtures";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { appSyncEvents, drop, operations, type Published, type Subscribing } from "./app-sync-events.ts";

const publish = (...payloads: unknown[]) => appSyncEventsEvent({ publish: payloads, channel: "/chat/room" });
const subscribe = () => appSyncEventsEvent({ channel: "/chat/room" });

/** What AppSync is told. */
async function replyTo(event: ReturnType<typeof publish>, handle: (payload: never) => unknown, options = {}) {
  return wrap(appSyncEvents(options), async ({ payload }) => handle(payload as never))(event, lambdaContext());
}

afterEach(() => {
  vi.useRealTimers();
});

describe("appSyncEvents", () => {
  it("gives the handler each event that was published, with its channel", async () => {
    const seen: unknown[] = [];
    await wrap(appSyncEvents(), async ({ operation, id, payload, channel, segments, namespace, identity, raw, event }) => {
      seen.push({ operation, id, payload, channel, segments, namespace, identity, raw: raw === event.events?.[seen.length] });
    })(appSyncPublishFixture, lambdaContext());

    const common = { operation: "PUBLISH", channel: "/orders/eu/42", segments: ["orders", "eu", "42"], namespace: "orders", raw: true };
    expect(seen).toEqual(appSyncPublishFixture.events?.map((each) => ({ ...common, ...each, identity: { kind: "apiKey" } })));
  });

  it("gives the handler a subscription, with who subscribes", async () => {
    const seen: unknown[] = [];
    const reply = await wrap(appSyncEvents(), async ({ operation, id, payload, channel, identity, domainName, raw }) => {
      seen.push({ operation, id, payload, channel, identity, domainName, raw });
    })(appSyncSubscribeFixture, lambdaContext());

    expect(reply).toBeNull();
    expect(seen).toEqual([
      {
        operation: "SUBSCRIBE",
        id: undefined,
        payload: undefined,
        channel: "/orders/eu/*",
        identity: { kind: "lambda", context: { user: "ann" } },
        domainName: "events.example.com",
        raw: appSyncSubscribeFixture,
      },
    ]);
  });

  it.for([
    { what: "as they came, when the handler returns nothing", handle: () => undefined, payloads: ["a", "b"] },
    { what: "as the handler returned them", handle: (text: string) => text.toUpperCase(), payloads: ["A", "B"] },
    { what: "as null, when the handler returns it", handle: () => null, payloads: [null, null] },
    { what: "without those that were dropped", handle: (text: string) => (text === "a" ? drop() : text), payloads: ["b"] },
    { what: "not at all, when all were dropped", handle: () => drop(), payloads: [] },
  ])("broadcasts events $what", async ({ handle, payloads }) => {
    const reply = (await replyTo(publish("a", "b"), handle)) as { readonly events: readonly { readonly payload?: unknown }[] };

    expect(reply.events.map(({ payload }) => payload)).toEqual(payloads);
  });

  it("fails an event alone, and keeps the order of the others", async () => {
    const reply = await replyTo(publish("a", "bad", "c"), async (text: string) => {
      // The first takes longest.
      for (let turn = text === "a" ? 10 : 0; turn > 0; turn--) await Promise.resolve();
      if (text === "bad") throw new TypeError("secret");
      return text;
    });

    expect(reply).toEqual({
      events: [
        { id: "event-1", payload: "a" },
        { id: "event-2", error: "TypeError" },
        { id: "event-3", payload: "c" },
      ],
    });
  });

  it.for([
    { what: "a BigInt", output: 1n },
    { what: "a cycle", output: cyclic() },
    { what: "a function", output: () => {} },
  ])("fails an event alone when the handler returns $what, which no reply can hold", async ({ output }) => {
    expect(await replyTo(publish("a", "b"), (text: string) => (text === "a" ? output : text))).toEqual({
      events: [
        { id: "event-1", error: "OutputError" },
        { id: "event-2", payload: "b" },
      ],
    });
  });

  it("fails an event alone when its payload does not fit, and says where", async () => {
    const handler = wrap(appSyncEvents({ payload: z.object({ text: z.string().trim() }) }), async ({ payload }) => payload);

    expect(await handler(publish({ text: " a " }, { text: 5 }, JSON.parse('{"__proto__":{}}')), lambdaContext())).toEqual({
      events: [
        { id: "event-1", payload: { text: "a" } },
        { id: "event-2", error: "PayloadError: The payload does not fit its schema at /text. Fix the producer, or the schema." },
        { id: "event-3", error: expect.stringContaining("__proto__") },
      ],
    });
  });

  it("answers each event also when all fail, because none comes again", async () => {
    const handler = wrap(appSyncEvents(), async () => {
      throw new Error("x");
    });
    const { reply, outcomes } = await testing(handler).send(publish("a", "b"));

    expect(reply).toEqual({
      events: [
        { id: "event-1", error: "Error" },
        { id: "event-2", error: "Error" },
      ],
    });
    expect(outcomes).toMatchObject([{ error: new Error("x") }, { error: new Error("x") }]);
  });

  it.for([
    { what: "an error of one's own", thrown: new Error("secret"), reason: undefined, says: "Error" },
    { what: "final(…)", thrown: final("members only"), reason: undefined, says: "FinalError: members only" },
    { what: "nothing", thrown: undefined, reason: undefined, says: "thrown undefined" },
    { what: "what `reason` says", thrown: new Error("full"), reason: (error: unknown) => (error as Error).message, says: "full" },
    { what: "a reason that is none", thrown: new Error("full"), reason: () => "", says: "Error" },
    {
      what: "a reason that throws",
      thrown: new Error("full"),
      reason: () => {
        throw new Error("bug");
      },
      says: "Error",
    },
  ])("refuses a subscription with $says for $what", async ({ thrown, reason, says }) => {
    const fails = async () => {
      throw thrown;
    };

    expect(await replyTo(subscribe(), fails, { reason })).toEqual({ error: says });
  });

  it.for([{ returns: undefined }, { returns: { allowed: false } }, { returns: 1n }])(
    "allows a subscription when the handler returns, whatever it is: $returns",
    async ({ returns }) => {
      expect(await replyTo(subscribe(), () => returns)).toBeNull();
    },
  );

  it("runs layers around each event", async () => {
    const ids: string[] = [];
    const seen = layer("seen", async (_item, { delivery }, next) => {
      ids.push(delivery.id);
      return next();
    });
    await wrap(appSyncEvents(), seen, async () => {})(publish("a", "b"), lambdaContext());
    await wrap(appSyncEvents(), seen, async () => {})(subscribe(), lambdaContext());

    expect(ids).toEqual(["event-1", "event-2", "/chat/room"]);
  });

  it("gives all events at once to a handler of the whole", async () => {
    const handler = wrap(whole(appSyncEvents()), async ({ items, fail }) => {
      fail(items[1] as never, final("full"));
    });

    expect(await handler(publish("a", "b"), lambdaContext())).toEqual({
      events: [
        { id: "event-1", payload: "a" },
        { id: "event-2", error: "FinalError: full" },
      ],
    });
  });

  it("answers at the deadline, with what is done", async () => {
    vi.useFakeTimers();
    const done = replyTo(publish("a", "stuck"), (text: string) => (text === "a" ? text : new Promise(() => {})));
    await vi.advanceTimersByTimeAsync(30_000);

    expect(await done).toEqual({
      events: [
        { id: "event-1", payload: "a" },
        { id: "event-2", error: "DeadlineExceededError" },
      ],
    });
  });

  it("leaves out an event without an id, for which there is no answer", async () => {
    const event = { ...publish("a"), events: [null, { payload: "x" }, { id: "1", payload: "y" }] };

    expect(await replyTo(event as never, () => undefined)).toEqual({ events: [{ id: "1", payload: "y" }] });
  });

  it.for([
    { what: "no events", event: { ...subscribe(), info: { ...subscribe().info, operation: "PUBLISH" } } },
    { what: "another operation", event: { ...publish("a"), info: { ...subscribe().info, operation: "CONNECT" } } },
    { what: "no channel", event: { info: { operation: "SUBSCRIBE", channelNamespace: { name: "a" } } } },
  ])("refuses an event with $what as another service's", async ({ event }) => {
    await expect(replyTo(event as never, () => undefined)).rejects.toMatchObject({ code: "LAMELLA_WRONG_EVENT" });
  });

  it.for([
    { options: { payload: "x" }, says: "appSyncEvents({ payload }) must be a Standard Schema" },
    { options: { reason: "x" }, says: "appSyncEvents({ reason }) must be a function" },
    { options: { concurrency: 0 }, says: "appSyncEvents({ concurrency }) must be a whole number of 1 or more" },
  ])("throws at load when $says", ({ options, says }) => {
    expect(() => appSyncEvents(options as never)).toThrow(says);
  });
});

describe("operations", () => {
  const both = operations({
    publish: ({ payload }: Published<unknown>) => [payload],
    subscribe: async ({ channel }: Subscribing) => {
      if (channel !== "/chat/room") throw final("no such room");
    },
  });

  it.for([
    { event: publish("a"), reply: { events: [{ id: "event-1", payload: ["a"] }] } },
    { event: subscribe(), reply: null },
    { event: appSyncEventsEvent({ channel: "/chat/x" }), reply: { error: "FinalError: no such room" } },
  ])("runs the one for the operation, and so replies $reply", async ({ event, reply }) => {
    expect(await wrap(appSyncEvents(), both)(event, lambdaContext())).toEqual(reply);
  });

  it.for([
    { given: "publish", event: subscribe(), reply: { error: "FinalError: nobody handles SUBSCRIBE" } },
    { given: "subscribe", event: publish("a"), reply: { events: [{ id: "event-1", error: "FinalError: nobody handles PUBLISH" }] } },
  ])("refuses what nobody handles, with $given alone", async ({ given, event, reply }) => {
    expect(await wrap(appSyncEvents(), operations({ [given]: async () => {} }))(event, lambdaContext())).toEqual(reply);
  });

  it.for([{ each: {} }, { each: { publish: "x" } }])("throws at load when it is given no function: $each", ({ each }) => {
    expect(() => operations(each as never)).toThrow("operations(");
  });
});

function cyclic(): object {
  const data: { self?: object } = {};
  data.self = data;
  return data;
}
