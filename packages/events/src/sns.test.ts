import { gzipSync } from "node:zlib";
import { base64, gzip, json, wrap } from "@lamella/core";
import { lambdaContext, snsEnvelope, snsEvent, sqsEvent, testing } from "@lamella/testing";
import { snsFixture } from "@lamella/testing/fixtures";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { fromSns, type Notification, type SnsOptions, sns } from "./sns.ts";
import { sqs } from "./sqs.ts";

const context = lambdaContext();
const Order = z.object({ id: z.string() });
const handler = wrap(sns(), async () => {});

async function open<Message = string>(
  event: Parameters<typeof handler>[0],
  options?: SnsOptions<Message>,
): Promise<Notification<Message>[]> {
  const items: Notification<Message>[] = [];
  await wrap(sns(options), async (item) => void items.push(item))(event, context);
  return items;
}

describe("sns", () => {
  it("opens a message", async () => {
    const [notification] = await open(snsFixture);

    expect(notification).toMatchObject({
      id: "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
      message: '{"id":"order-1","sku":"pen","quantity":2}',
      subject: "order placed",
      sentAt: new Date("2026-01-31T12:00:00.456Z"),
      topicArn: "arn:aws:sns:us-east-2:123456789012:orders",
      topicName: "orders",
      subscriptionArn: "arn:aws:sns:us-east-2:123456789012:orders:21be56ed-a058-49f5-8c98-aedd2564c486",
    });
    expect(notification?.raw).toBe(snsFixture.Records[0]);
  });

  it("decodes the publisher's attributes by their types", async () => {
    const [notification] = await open(snsFixture);

    expect({ ...notification?.messageAttributes }).toEqual({
      tenant: { type: "String", label: undefined, value: "acme" },
      priority: { type: "Number", label: undefined, value: 7, text: "7" },
      signature: { type: "Binary", label: undefined, value: Buffer.from([1, 2, 255]) },
      interests: { type: "Array", label: undefined, value: ["pens", 7, true, null] },
    });
  });

  it.for([
    { what: "null", attributes: null, gives: {} },
    { what: "one that is null", attributes: { a: null }, gives: {} },
    { what: "one without anything", attributes: { a: {} }, gives: { a: { type: "String", label: undefined, value: "" } } },
    ...["x", '{"a":1}', '[{"a":1}]', "[[1]]"].map((value) => ({
      what: `a list that is ${value}`,
      attributes: { a: { Type: "String.Array", Value: value } },
      gives: { a: { type: "String", label: "Array", value } },
    })),
  ])("survives attributes that are malformed: $what", async ({ attributes, gives }) => {
    const [record] = snsEvent([{ message: "x" }]).Records;
    const [notification] = await open({ Records: [{ ...record, Sns: { ...record?.Sns, MessageAttributes: attributes } } as never] });

    expect({ ...notification?.messageAttributes }).toEqual(gives);
  });

  it.for([
    { Type: 1, Value: "x" },
    { Type: "Number", Value: 2 },
  ])("fails the message whose attribute %s is read", async (attribute) => {
    const [record] = snsEvent([{ message: "x" }]).Records;
    const { outcomes } = await testing(wrap(sns(), async ({ messageAttributes }) => void messageAttributes)).send({
      Records: [{ ...record, Sns: { ...record?.Sns, MessageAttributes: { a: attribute } } } as never],
    });

    expect(outcomes).toMatchObject([{ error: { code: "LAMELLA_PAYLOAD", part: "message attribute a" } }]);
  });

  it("takes an attribute named __proto__ for what it is", async () => {
    const attributes: unknown = JSON.parse('{"__proto__":{"Type":"String","Value":"x"}}');
    const [record] = snsEvent([{ message: "x" }]).Records;
    const [notification] = await open({ Records: [{ ...record, Sns: { ...record?.Sns, MessageAttributes: attributes } } as never] });

    expect(Object.keys(notification?.messageAttributes ?? {})).toEqual(["__proto__"]);
    expect(({} as { type?: unknown }).type).toBeUndefined();
  });

  it("gives no subject where SNS sends null", async () => {
    const event = snsEvent([{ message: "x" }]);

    expect(event.Records[0]?.Sns.Subject).toBeNull();
    expect((await open(event))[0]?.subject).toBeUndefined();
  });

  it("gives the message as its codec makes it", async () => {
    const packed = gzipSync('{"id":"1"}').toString("base64");

    expect((await open(snsEvent([{ message: { id: "1" } }]), { message: Order }))[0]?.message).toEqual({ id: "1" });
    expect((await open(snsEvent([{ message: packed }]), { message: base64(gzip(Order)) }))[0]?.message).toEqual({ id: "1" });
  });

  it("rejects when a message fails, after the others have run", async () => {
    const handled: string[] = [];
    const { outcomes, error } = await testing(wrap(sns({ message: Order }), async ({ message }) => void handled.push(message.id))).send(
      snsEvent([{ message: { id: 1 } }, { message: "no JSON" }, { message: { id: "3" } }]),
    );

    expect(error).toMatchObject({ code: "LAMELLA_BATCH_FAILED", errors: [{ code: "LAMELLA_PAYLOAD" }, { code: "LAMELLA_PAYLOAD" }] });
    expect(outcomes).toMatchObject([{ fate: "retry", error: { issues: [{ path: ["id"] }] } }, { fate: "retry" }, { fate: "done" }]);
    expect(handled).toEqual(["3"]);
  });

  it("gives onFailure the record", async () => {
    const seen = vi.fn();
    const onFailure: SnsOptions<unknown>["onFailure"] = (error, { EventSource }) => {
      seen((error as { readonly code?: unknown }).code, EventSource);
      return "ignore";
    };
    const failing = wrap(sns({ message: Order, onFailure }), async () => {});

    expect(await failing(snsFixture, context)).toBeUndefined();
    await failing(snsEvent([{ message: "x" }]), context);
    expect(seen).toHaveBeenCalledExactlyOnceWith("LAMELLA_PAYLOAD", "aws:sns");
  });

  it.for([
    { what: "no Sns", record: { EventSource: "aws:sns" } },
    { what: "a message that is no text", record: { EventSource: "aws:sns", Sns: { Message: 5 } } },
    { what: "nothing", record: null },
  ])("survives a record with $what", async ({ record }) => {
    const { outcomes } = await testing(handler).send({ Records: [...snsFixture.Records, record as never] });

    expect(outcomes).toMatchObject([{ fate: "done" }, { fate: "retry", error: { code: "LAMELLA_PAYLOAD" } }]);
  });

  it.for([{ event: {} }, { event: null }, { event: { Records: [{ eventSource: "aws:sns" }] } }, { event: sqsEvent([{ body: "x" }]) }])(
    "refuses $event with WrongEventError",
    async ({ event }) => {
      await expect(handler(event as never, context)).rejects.toMatchObject({ code: "LAMELLA_WRONG_EVENT" });
    },
  );

  it.for([
    { options: { message: 5 }, says: "sns({ message }) must be a codec or a Standard Schema" },
    { options: { concurrency: 0 }, says: "sns({ concurrency }) must be a whole number" },
  ])("throws at load: $says", ({ options, says }) => {
    expect(() => sns(options as never)).toThrow(says);
  });

  it("inverts what the builder makes", async () => {
    const primitive = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const input = fc.record({
      id: fc.uuid(),
      message: fc.string(),
      subject: fc.option(fc.string(), { nil: undefined }),
      sentAt: fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }),
      messageAttributes: fc.dictionary(
        fc.stringMatching(/^[A-Za-z_.-]{1,10}$/),
        fc.oneof(fc.string(), fc.integer(), fc.uint8Array(), fc.array(primitive)),
      ),
    });
    await fc.assert(
      fc.asyncProperty(input, async (notification) => {
        const [got] = await open(snsEvent([notification], { topicName: "t" }));
        const attributes = Object.entries(got?.messageAttributes ?? {}).map(([name, { value }]) => [
          name,
          value instanceof Uint8Array ? new Uint8Array(value) : value,
        ]);
        const { id, message, subject, sentAt, topicName } = got as Notification<string>;

        expect({ id, message, subject, sentAt, messageAttributes: Object.fromEntries(attributes) }).toEqual(notification);
        expect(topicName).toBe("t");
      }),
      { numRuns: 200 },
    );
  });
});

describe("fromSns", () => {
  const send = async (body: unknown, inner?: Parameters<typeof fromSns<unknown>>[0]) => {
    const seen = vi.fn();
    const source = sqs({ body: inner === undefined ? fromSns() : fromSns(inner) });
    const { outcomes } = await testing(wrap(source, async (message) => seen(message.body))).send(sqsEvent([{ body }]));
    return { outcome: outcomes[0], value: seen.mock.calls[0]?.[0] as unknown };
  };

  it.for([
    { what: "text without an inner codec", inner: undefined, message: '{"id":"1"}', gives: '{"id":"1"}' },
    { what: "what a schema makes of it", inner: Order, message: '{"id":"1"}', gives: { id: "1" } },
    { what: "what a codec makes of it", inner: json(Order), message: '{"id":"1"}', gives: { id: "1" } },
    { what: "an empty message", inner: undefined, message: "", gives: "" },
    { what: "an envelope in an envelope", inner: fromSns(Order), message: snsEnvelope({ message: { id: "1" } }), gives: { id: "1" } },
  ])("gives $what", async ({ inner, message, gives }) => {
    expect(await send(snsEnvelope({ message, subject: "s" }), inner)).toMatchObject({ outcome: { fate: "done" }, value: gives });
  });

  it.for([
    {
      what: "a message of raw delivery",
      body: { id: "1" },
      says: "turn raw message delivery of the subscription off, or leave out fromSns(…)",
    },
    { what: "text of raw delivery", body: "hello", says: "turn raw message delivery of the subscription off, or leave out fromSns(…)" },
    { what: "null", body: "null", says: "is not in an SNS envelope" },
    { what: "a list", body: "[]", says: "is not in an SNS envelope" },
    { what: "a message that is no text", body: { Type: "Notification", TopicArn: "t", Message: {} }, says: "is not in an SNS envelope" },
    { what: "an envelope without a topic", body: { Type: "Notification", Message: "" }, says: "is not in an SNS envelope" },
    {
      what: "a request to confirm a subscription",
      body: { ...snsEnvelope({ message: "You have chosen to subscribe" }), Type: "SubscriptionConfirmation" },
      says: "asks to confirm an SNS subscription, and is no message; confirm it by its SubscribeURL",
    },
    { what: "a message that does not fit", body: snsEnvelope({ message: { id: 1 } }), says: "does not fit its schema at /id" },
    {
      what: "polluting keys in the envelope",
      body: '{"Type":"Notification","TopicArn":"t","Message":"{}","__proto__":{}}',
      says: "__proto__",
    },
    { what: "polluting keys in the message", body: snsEnvelope({ message: '{"id":"1","__proto__":{}}' }), says: "__proto__" },
  ])("refuses $what", async ({ body, says }) => {
    const { outcome } = await send(body, Order);

    expect(outcome).toMatchObject({ error: { code: "LAMELLA_PAYLOAD", part: "body", message: expect.stringContaining(says) } });
  });

  it("throws at load for what is neither a codec nor a schema", () => {
    expect(() => fromSns(5 as never)).toThrow("fromSns(inner) must be a codec or a Standard Schema");
  });
});
