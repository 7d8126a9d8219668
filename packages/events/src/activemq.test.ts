import { whole, wrap } from "@lamella/core";
import { activemqEvent, lambdaContext, testing } from "@lamella/testing";
import { activemqFixture } from "@lamella/testing/fixtures";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type ActivemqEvent, type ActivemqMessage, type ActivemqOptions, activemq } from "./activemq.ts";

const context = lambdaContext();
const Order = z.object({ id: z.string() });

/** The items that a handler gets for an event. */
async function open(event: ActivemqEvent, options: ActivemqOptions<unknown> = {}) {
  const items: ActivemqMessage<unknown>[] = [];
  await wrap(activemq(options), async (item) => void items.push(item))(event, context);
  return items;
}

describe("activemq", () => {
  it("opens messages, with what the producer says of them", async () => {
    const [message] = await open({ ...activemqFixture, messages: activemqFixture.messages.slice(0, 1) }, { body: Order });

    expect(message).toMatchObject({
      id: expect.stringMatching(/^ID:b-9bcfa592.*:1$/),
      body: { id: "order-1" },
      messageType: "text",
      queue: "orders",
      brokerArn: activemqFixture.eventSourceArn,
      redelivered: false,
      properties: { tenant: "acme", urgent: "true" },
      type: "order",
      correlationId: "correlation-1",
      replyTo: "answers",
      priority: 4,
      isPersistent: true,
      expiration: 60_000,
      sentAt: new Date(1_769_860_800_123),
      brokerInAt: new Date(1_769_860_800_125),
      brokerOutAt: new Date(1_769_860_800_130),
      raw: activemqFixture.messages[0],
    });
  });

  it("gives what the broker leaves out as undefined, whichever way it does", async () => {
    const message = (await open(activemqFixture))[1];

    expect(message).toMatchObject({
      body: Buffer.from([1, 2, 255]),
      messageType: "bytes",
      redelivered: true,
      properties: {},
      type: undefined,
      correlationId: undefined,
      replyTo: undefined,
      isPersistent: false,
      expiration: undefined,
    });
  });

  it.for([
    { spelling: "correlationId", raw: { correlationId: "a" } },
    { spelling: "correlationID", raw: { correlationID: "a" } },
  ])("reads the correlation id as $spelling", async ({ raw }) => {
    const [message] = await open({ ...activemqFixture, messages: [{ data: "", ...raw } as never] });

    expect(message?.correlationId).toBe("a");
  });

  it.for([
    { jms: "jms/text-message", gives: "text" },
    { jms: "jms/map-message", gives: "map" },
    { jms: "jms/object-message", gives: "object" },
    { jms: "something new", gives: "something new" },
    { jms: undefined, gives: "" },
  ])("gives the message type of $jms as $gives", async ({ jms, gives }) => {
    const [message] = await open({ ...activemqFixture, messages: [{ data: "", messageType: jms } as never] });

    expect(message).toMatchObject({ messageType: gives, queue: "", sentAt: undefined, priority: undefined });
  });

  it.for([
    { what: "is null", record: null },
    { what: "has no body", record: {} },
    { what: "has a body that is no base64", record: { data: "é" } },
    { what: "has a body that does not fit", record: { data: "e30=" } },
  ])("fails a message that $what, and rejects", async ({ record }) => {
    const event = { ...activemqEvent([{ body: { id: "1" } }]) };
    const { error, outcomes } = await testing(wrap(activemq({ body: Order }), async () => {})).send({
      ...event,
      messages: [...event.messages, record as never],
    });

    expect(error).toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
    expect(outcomes).toMatchObject([{ fate: "done" }, { fate: "retry", error: { code: "LAMELLA_PAYLOAD" } }]);
  });

  it("runs nothing behind a message of the queue that failed, because all of it comes again", async () => {
    const ran: string[] = [];
    const handler = wrap(activemq(), async ({ id }) => {
      ran.push(id);
      if (id === "b") throw new Error("no");
    });

    const { error, outcomes } = await testing(handler).send(
      activemqEvent([
        { id: "a", body: "" },
        { id: "b", body: "" },
        { id: "c", body: "" },
        { id: "d", body: "", queue: "other" },
      ]),
    );

    expect(ran).toEqual(["a", "b", "d"]);
    expect(error).toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
    expect(outcomes.map(({ fate }) => fate)).toEqual(["done", "retry", "unrun", "done"]);
  });

  it("gives the messages at once with whole, and succeeds with nothing", async () => {
    const handler = wrap(whole(activemq()), async ({ items }) => expect(items).toHaveLength(2));

    expect(await handler(activemqFixture, context)).toBeUndefined();
  });

  it.for([null, {}, { eventSource: "aws:mq" }, { eventSource: "aws:rmq", messages: [] }])("is not %j", (other) => {
    expect(activemq().accepts(other)).toBe(false);
  });

  it("throws at load when the body is no codec", () => {
    expect(() => activemq({ body: 1 as never })).toThrow("activemq({ body }) must be");
  });

  it("inverts what the builder makes of a message", async () => {
    const input = fc.record({
      body: fc.uint8Array(),
      id: fc.uuid(),
      queue: fc.stringMatching(/^[a-z]{1,8}$/),
      redelivered: fc.boolean(),
      sentAt: fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }),
      correlationId: fc.uuid(),
      properties: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string()),
    });
    await fc.assert(
      fc.asyncProperty(input, async (message) => {
        const [got] = await open(activemqEvent([message]));

        const { body, id, queue, redelivered, sentAt, correlationId, properties } = got as ActivemqMessage<Uint8Array>;
        expect({ body: new Uint8Array(body), id, queue, redelivered, sentAt, correlationId, properties: { ...properties } }).toEqual({
          ...message,
          properties: { ...message.properties },
        });
      }),
      { numRuns: 100 },
    );
  });
});
