import { wrap } from "@lamella/core";
import { lambdaContext, rabbitmqEvent, testing } from "@lamella/testing";
import { rabbitmqFixture } from "@lamella/testing/fixtures";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type RabbitmqEvent, type RabbitmqMessage, type RabbitmqOptions, rabbitmq } from "./rabbitmq.ts";

const context = lambdaContext();
const Order = z.object({ id: z.string() });

/** The items that a handler gets for an event. */
async function open(event: RabbitmqEvent, options: RabbitmqOptions<unknown> = {}) {
  const items: RabbitmqMessage<unknown>[] = [];
  await wrap(rabbitmq(options), async (item) => void items.push(item))(event, context);
  return items;
}

/** An event of one message, of which only this is there. */
const eventOf = (raw: unknown) => ({ ...rabbitmqFixture, rmqMessagesByQueue: { "q::/": [raw] } }) as unknown as RabbitmqEvent;
const withProperties = (basicProperties: unknown) => eventOf({ data: "", basicProperties });

describe("rabbitmq", () => {
  it("opens messages, with what the producer says of them", async () => {
    const [message] = await open(
      { ...rabbitmqFixture, rmqMessagesByQueue: { "orders::/": rabbitmqFixture.rmqMessagesByQueue["orders::/"] ?? [] } },
      {
        body: Order,
      },
    );

    expect(message).toMatchObject({
      id: "message-1",
      body: { id: "order-1" },
      queue: "orders",
      vhost: "/",
      brokerArn: rabbitmqFixture.eventSourceArn,
      redelivered: false,
      contentType: "application/json",
      isPersistent: true,
      priority: 5,
      correlationId: "correlation-1",
      replyTo: "answers",
      expirationMs: 60_000,
      sentAt: new Date("2026-01-31T12:00:00.000Z"),
      type: "order",
      userId: "producer",
      appId: "shop",
    });
    expect(message?.raw).toBe(rabbitmqFixture.rmqMessagesByQueue["orders::/"]?.[0]);
  });

  it("gives what the producer did not say as undefined, and takes a queue whose name has colons apart from its host", async () => {
    const message = (await open(rabbitmqFixture))[1];

    expect(message).toMatchObject({
      id: undefined,
      body: Buffer.from([1, 2, 255]),
      queue: "audit::eu",
      vhost: "/logs",
      redelivered: true,
      contentType: undefined,
      contentEncoding: undefined,
      isPersistent: false,
      priority: undefined,
      expirationMs: undefined,
      sentAt: undefined,
    });
  });

  it("decodes the text of headers at any depth, from signed bytes, and keeps the rest", async () => {
    const [message] = await open(rabbitmqFixture);

    expect(JSON.parse(JSON.stringify(message?.headers))).toEqual({
      tenant: "acme",
      city: "Zürich",
      tries: 3,
      "x-death": [{ reason: "expired", count: 1 }],
    });
  });

  it.for([
    { what: "none", headers: undefined, gives: {} },
    { what: "null", headers: null, gives: {} },
    { what: "null in it", headers: { a: null }, gives: { a: null } },
    { what: "bytes beside others", headers: { a: { bytes: [97], b: 1 } }, gives: { a: { bytes: [97], b: 1 } } },
    { what: "no bytes", headers: { a: { bytes: "x" } }, gives: { a: { bytes: "x" } } },
  ])("survives headers that are malformed: $what", async ({ headers, gives }) => {
    const [message] = await open(withProperties({ headers }));

    expect(JSON.parse(JSON.stringify(message?.headers))).toEqual(gives);
  });

  it("takes a header named __proto__ for what it is", async () => {
    const [message] = await open(withProperties({ headers: JSON.parse('{"__proto__":{"bytes":[97]}}') }));

    expect(Object.entries(message?.headers ?? {})).toEqual([["__proto__", "a"]]);
  });

  it("survives headers that nest deeper than the stack", async () => {
    let headers: unknown = 1;
    for (let depth = 0; depth < 50_000; depth++) headers = { a: headers };

    expect((await open(withProperties({ headers })))[0]?.headers).toBeDefined();
  });

  it.for([
    { timestamp: "Jan 1, 1970, 12:33:41 AM", gives: new Date("1970-01-01T00:33:41.000Z") },
    { timestamp: "Jan 31, 2026, 11:00:00\u202FPM", gives: new Date("2026-01-31T23:00:00.000Z") },
    { timestamp: "some day", gives: undefined },
    { timestamp: 1, gives: undefined },
  ])("reads the timestamp $timestamp", async ({ timestamp, gives }) => {
    expect((await open(withProperties({ timestamp })))[0]?.sentAt).toEqual(gives);
  });

  it.for([
    { what: "is null", record: null },
    { what: "has no body", record: {} },
    { what: "has a body that is no base64", record: { data: "é" } },
    { what: "has a body that does not fit", record: { data: "e30=" } },
  ])("fails a message that $what, and rejects", async ({ record }) => {
    const { error, outcomes } = await testing(wrap(rabbitmq({ body: Order }), async () => {})).send(eventOf(record));

    expect(error).toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
    expect(outcomes).toMatchObject([{ fate: "retry", error: { code: "LAMELLA_PAYLOAD" } }]);
  });

  it("rejects where the messages of a queue are no list, and loses nothing", async () => {
    const event = { ...rabbitmqFixture, rmqMessagesByQueue: { "q::/": 1 } } as unknown as RabbitmqEvent;

    await expect(wrap(rabbitmq(), async () => {})(event, context)).rejects.toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
  });

  it("runs queues side by side, each in its order, and stops one behind a message that failed", async () => {
    const ran: string[] = [];
    const handler = wrap(rabbitmq({ concurrency: 2 }), async ({ id = "" }) => {
      ran.push(id);
      await Promise.resolve();
      if (id === "a2") throw new Error("no");
    });

    const { outcomes } = await testing(handler).send(
      rabbitmqEvent([
        { id: "a1", queue: "a", body: "" },
        { id: "a2", queue: "a", body: "" },
        { id: "a3", queue: "a", body: "" },
        { id: "b1", queue: "b", body: "" },
        { id: "b2", queue: "a", vhost: "other", body: "" },
      ]),
    );

    expect(ran.toSorted()).toEqual(["a1", "a2", "b1", "b2"]);
    expect(ran.indexOf("b1")).toBe(1);
    expect(outcomes.map(({ delivery, fate }) => `${delivery.id} ${fate}`)).toEqual([
      "a1 done",
      "a2 retry",
      "a3 unrun",
      "b1 done",
      "b2 done",
    ]);
  });

  it.for([null, {}, { eventSource: "aws:rmq" }, { eventSource: "aws:mq", rmqMessagesByQueue: {} }])("is not %j", (other) => {
    expect(rabbitmq().accepts(other)).toBe(false);
  });

  it("throws at load when the body is no codec", () => {
    expect(() => rabbitmq({ body: 1 as never })).toThrow("rabbitmq({ body }) must be");
  });

  it("inverts what the builder makes of a message", async () => {
    const input = fc.record({
      body: fc.uint8Array(),
      id: fc.uuid(),
      queue: fc.stringMatching(/^[a-z]{1,8}$/),
      vhost: fc.stringMatching(/^\/[a-z]{0,8}$/),
      redelivered: fc.boolean(),
      sentAt: fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => new Date(seconds * 1_000)),
      expirationMs: fc.nat(),
      headers: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.oneof(fc.string({ unit: "grapheme" }), fc.integer(), fc.boolean())),
    });
    await fc.assert(
      fc.asyncProperty(input, async (message) => {
        const [got] = await open(rabbitmqEvent([message]));

        const { body, id, queue, vhost, redelivered, sentAt, expirationMs, headers } = got as RabbitmqMessage<Uint8Array>;
        expect({ body: new Uint8Array(body), id, queue, vhost, redelivered, sentAt, expirationMs, headers: { ...headers } }).toEqual({
          ...message,
          headers: { ...message.headers },
        });
      }),
      { numRuns: 100 },
    );
  });
});
