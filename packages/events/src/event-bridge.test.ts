import { wrap } from "@lamella/core";
import { eventBridgeEvent, lambdaContext, snsEnvelope, sqsEvent, testing } from "@lamella/testing";
import { eventBridgeFixture, eventBridgeReplayFixture } from "@lamella/testing/fixtures";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type BusEvent, eventBridge, fromEventBridge } from "./event-bridge.ts";
import { fromSns } from "./sns.ts";
import { sqs } from "./sqs.ts";

const context = lambdaContext();
const Placed = z.object({ orderId: z.string(), total: z.number() });
const Cancelled = z.object({ orderId: z.string(), reason: z.string() });
const both = { "order.placed": Placed, "order.cancelled": Cancelled };

describe("eventBridge", () => {
  it.for([
    {
      event: eventBridgeFixture,
      gives: {
        id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        detailType: "order.placed",
        detail: { id: "order-1", sku: "pen", quantity: 2 },
        source: "com.example.shop",
        time: new Date("2026-01-31T12:00:00Z"),
        account: "123456789012",
        region: "us-east-2",
        resources: ["arn:aws:dynamodb:us-east-2:123456789012:table/orders"],
        replayName: undefined,
        raw: eventBridgeFixture,
      },
    },
    { event: eventBridgeReplayFixture, gives: { source: "aws.ec2", replayName: "after-the-outage" } },
  ])("opens an event of $event.source", async ({ event, gives }) => {
    const items: BusEvent<string, unknown>[] = [];
    const reply = await wrap(eventBridge(), async (item) => void items.push(item))(event, context);

    expect(items).toMatchObject([gives]);
    expect(items[0]?.raw).toBe(event);
    expect(reply).toBeUndefined();
  });

  it("gives the detail as one schema makes it", async () => {
    const detail = Placed.transform(({ total }) => total * 2);
    const seen = vi.fn();
    await wrap(eventBridge({ detail }), async (event) => seen(event.detail))(
      eventBridgeEvent({ detailType: "x", detail: { orderId: "1", total: 2 } }) as never,
      context,
    );

    expect(seen).toHaveBeenCalledWith(4);
  });

  it.for([
    { detailType: "order.placed", detail: { orderId: "1", total: 2 }, gives: { fate: "done" } },
    { detailType: "order.cancelled", detail: { orderId: "1", reason: "late" }, gives: { fate: "done" } },
    {
      detailType: "order.cancelled",
      detail: { orderId: "1", total: 2 },
      gives: { error: { code: "LAMELLA_PAYLOAD", part: "detail", issues: [{ path: ["reason"] }] } },
    },
    {
      detailType: "order.lost",
      detail: {},
      gives: { error: { code: "LAMELLA_PAYLOAD", part: "detail-type", message: expect.stringContaining('is "order.lost", which') } },
    },
    // What every object has is no detail type.
    { detailType: "constructor", detail: {}, gives: { error: { part: "detail-type" } } },
    { detailType: "__proto__", detail: {}, gives: { error: { part: "detail-type" } } },
    { detailType: "", detail: {}, gives: { error: { part: "detail-type" } } },
  ])("checks a detail of type '$detailType' by the schema of its type", async ({ detailType, detail, gives }) => {
    const handled = vi.fn();
    const sent = await testing(wrap(eventBridge({ detail: both }), async () => handled())).send(
      eventBridgeEvent({ detailType, detail }) as never,
    );

    expect(sent.outcomes).toMatchObject([gives]);
    expect(handled).toHaveBeenCalledTimes("fate" in gives ? 1 : 0);
  });

  it("succeeds without layers, handler and items for an unlisted type with others: ignore", async () => {
    const handled = vi.fn();
    const { send } = testing(wrap(eventBridge({ detail: both, others: "ignore" }), async ({ detailType }) => handled(detailType)));

    const ignored = await send(eventBridgeEvent({ detailType: "order.lost", detail: {} }) as never);
    const listed = await send(eventBridgeEvent({ detailType: "order.placed", detail: { orderId: "1", total: 2 } }));

    expect(ignored).toMatchObject({ outcomes: [], reply: undefined });
    expect(listed.outcomes).toMatchObject([{ fate: "done", delivery: { source: "eventBridge" } }]);
    expect(handled.mock.calls).toEqual([["order.placed"]]);
  });

  it("rejects with the handler's own error", async () => {
    const error = new TypeError("mine");
    const handler = wrap(eventBridge(), async () => {
      throw error;
    });

    await expect(handler(eventBridgeFixture, context)).rejects.toBe(error);
  });

  it.for([{ what: '{"__proto__":{"admin":true}}' }, { what: '{"a":[{"constructor":{"prototype":{}}}]}' }])(
    "refuses the detail $what, which could change every object",
    async ({ what }) => {
      const event = eventBridgeEvent({ detailType: "x", detail: JSON.parse(what) as unknown });

      for (const source of [eventBridge(), eventBridge({ detail: z.looseObject({}) })]) {
        await expect(wrap(source, async () => {})(event as never, context)).rejects.toMatchObject({ code: "LAMELLA_PAYLOAD" });
      }
    },
  );

  it.for([
    { what: "null", event: null },
    { what: "text", event: "x" },
    { what: "an empty object", event: {} },
    { what: "no detail", event: { "detail-type": "x", source: "y" } },
    { what: "a detail type that is no text", event: { "detail-type": 1, source: "y", detail: {} } },
    { what: "records", event: sqsEvent([{ body: "x" }]) },
  ])("refuses $what with WrongEventError", async ({ event }) => {
    await expect(wrap(eventBridge(), async () => {})(event as never, context)).rejects.toMatchObject({ code: "LAMELLA_WRONG_EVENT" });
  });

  it("survives an event of which only the marks are there", async () => {
    const items: BusEvent<string, unknown>[] = [];
    const event = { "detail-type": "x", source: "y", detail: null };
    await wrap(eventBridge(), async (item) => void items.push(item))(event as never, context);

    expect(items).toMatchObject([{ id: "", detail: null, account: "", region: "", resources: [], replayName: undefined }]);
    expect(items[0]?.time.getTime()).toBeNaN();
  });

  it.for([
    { options: { detail: "Order" }, says: "eventBridge({ detail }) must be a Standard Schema" },
    { options: { detail: {} }, says: "or an object with one for each detail type, got object" },
    { options: { detail: { a: 5 } }, says: 'eventBridge({ detail })["a"] must be a Standard Schema' },
    { options: { detail: both, others: "skip" }, says: 'eventBridge({ others }) must be "fail" or "ignore", got "skip"' },
    { options: { detail: Placed, others: "ignore" }, says: "eventBridge({ others }) must be left out where detail is not an object" },
    { options: { others: "ignore" }, says: "eventBridge({ others }) must be left out" },
  ])("throws at load: $says", ({ options, says }) => {
    expect(() => eventBridge(options as never)).toThrow(says);
    expect(() => eventBridge(options as never)).toThrow(TypeError);
  });

  it("inverts what the builder makes", async () => {
    const input = fc.record({
      id: fc.uuid(),
      detailType: fc.string({ minLength: 1 }),
      detail: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
      source: fc.string(),
      time: fc
        .date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true })
        .map((date) => new Date(date.setMilliseconds(0))),
      resources: fc.array(fc.string()),
      replayName: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(input, async (event) => {
        await wrap(eventBridge(), async ({ id, detailType, detail, source, time, resources, replayName }) =>
          expect({ id, detailType, detail, source, time, resources, replayName }).toEqual(event),
        )(eventBridgeEvent(event), context);
      }),
      { numRuns: 200 },
    );
  });
});

describe("fromEventBridge", () => {
  const placed = eventBridgeEvent({ detailType: "order.placed", detail: { orderId: "1", total: 2 } });

  it.for([
    { where: "a queue", body: placed },
    { where: "a topic's envelope in a queue", body: snsEnvelope({ message: placed }), isWrapped: true },
  ])("gives the event in $where, with its detail by the schema of its type", async ({ body, isWrapped }) => {
    const seen = vi.fn();
    const inner = fromEventBridge(both);
    await wrap(sqs({ body: isWrapped ? fromSns(inner) : inner }), async ({ body: event }) => {
      if (event.detailType === "order.placed") seen(event.detail.total, event.id, event.time);
    })(sqsEvent([{ body }]), context);

    expect(seen).toHaveBeenCalledWith(2, "00000000-0000-4000-8000-000000000001", new Date("2026-01-31T12:00:00Z"));
  });

  it("waits for an asynchronous schema", async () => {
    const later = Placed.refine(async ({ total }) => total > 1);
    const { outcomes } = await testing(wrap(sqs({ body: fromEventBridge(later) }), async ({ body }) => void body.detail.total)).send(
      sqsEvent([{ body: placed }, { body: eventBridgeEvent({ detailType: "x", detail: { orderId: "1", total: 1 } }) }]),
    );

    expect(outcomes).toMatchObject([{ fate: "done" }, { fate: "retry", error: { code: "LAMELLA_PAYLOAD" } }]);
  });

  it.for([
    { what: "no JSON", body: "x", says: "is not JSON" },
    { what: "the detail alone", body: { orderId: "1" }, says: "is no EventBridge event" },
    { what: "null", body: "null", says: "is no EventBridge event" },
    {
      what: "an unlisted type",
      body: eventBridgeEvent({ detailType: "order.lost", detail: {} }),
      says: "which fromEventBridge(detail) does not list",
    },
    { what: "polluting keys", body: '{"detail-type":"x","source":"y","detail":{"__proto__":{}}}', says: "__proto__" },
  ])("refuses $what", async ({ body, says }) => {
    const { outcomes } = await testing(wrap(sqs({ body: fromEventBridge(both) }), async () => {})).send(sqsEvent([{ body }]));

    expect(outcomes).toMatchObject([{ error: { code: "LAMELLA_PAYLOAD", message: expect.stringContaining(says) } }]);
  });

  it("throws at load for what is neither a schema nor an object of schemas", () => {
    expect(() => fromEventBridge(5 as never)).toThrow("fromEventBridge(detail) must be a Standard Schema");
  });
});
