import { layer, text, wrap } from "@lamella/core";
import { lambdaContext, sqsEvent, testing } from "@lamella/testing";
import { sqsFifoFixture, sqsFixture } from "@lamella/testing/fixtures";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type Message, type SqsOptions, sqs } from "./sqs.ts";

const context = lambdaContext();

/** The items that a handler gets for an event. */
async function open<Body = string>(event: Parameters<typeof send>[0], options?: SqsOptions<Body>): Promise<Message<Body>[]> {
  const items: Message<Body>[] = [];
  await wrap(sqs(options), async (message) => void items.push(message))(event, context);
  return items;
}
const send = wrap(sqs(), async () => {});

describe("sqs", () => {
  it("opens the messages of a standard queue", async () => {
    const [message] = await open(sqsFixture);

    expect(message).toMatchObject({
      id: "059f36b4-87a3-44ab-83d2-661975830a7d",
      body: '{"id":"order-1","sku":"pen","quantity":2}',
      receiveCount: 1,
      sentAt: new Date(1_769_860_800_123),
      groupId: undefined,
      deduplicationId: undefined,
      queueArn: "arn:aws:sqs:us-east-2:123456789012:orders",
      queueName: "orders",
      attributes: { SenderId: "AIDAIENQZJOLO23YVJ4VO" },
      raw: sqsFixture.Records[0],
    });
  });

  it("opens the messages of a FIFO queue", async () => {
    const [message] = await open(sqsFifoFixture);

    expect(message).toMatchObject({ groupId: "customer-1", deduplicationId: "5a1c0d2e", queueName: "orders.fifo", receiveCount: 3 });
  });

  it("decodes the producer's attributes by their types, and keeps their labels", async () => {
    const [message] = await open(sqsFixture);

    expect({ ...message?.messageAttributes }).toEqual({
      tenant: { type: "String", label: undefined, value: "acme" },
      priority: { type: "Number", label: "int", value: 7, text: "7" },
      account: { type: "Number", label: undefined, value: 12345678901234567000, text: "12345678901234567890" },
      signature: { type: "Binary", label: "sha256", value: Buffer.from([1, 2, 255]) },
    });
  });

  it.for([
    { what: "none", messageAttributes: undefined, gives: {} },
    { what: "null", messageAttributes: null, gives: {} },
    { what: "one that is null", messageAttributes: { a: null }, gives: {} },
    {
      what: "one without a type",
      messageAttributes: { a: { stringValue: "x" } },
      gives: { a: { type: "String", label: undefined, value: "x" } },
    },
    {
      what: "one without a value",
      messageAttributes: { a: { dataType: "Binary" } },
      gives: { a: { type: "Binary", label: undefined, value: Buffer.of() } },
    },
  ])("survives attributes that are malformed: $what", async ({ messageAttributes, gives }) => {
    const [message] = await open({ Records: [{ ...sqsFixture.Records[0], messageAttributes } as never] });

    expect({ ...message?.messageAttributes }).toEqual(gives);
  });

  it.for([
    { what: "type", attribute: { dataType: { length: 1 }, stringValue: "x" } },
    { what: "text", attribute: { dataType: "String", stringValue: 5 } },
    { what: "bytes", attribute: { dataType: "Binary", binaryValue: [1] } },
  ])("fails the item whose handler reads an attribute with a malformed $what", async ({ attribute }) => {
    const raw = { ...(sqsFixture.Records[0] as object), messageAttributes: { tenant: attribute } };
    const read = testing(wrap(sqs({ whenAllFail: "report" }), async ({ messageAttributes }) => void messageAttributes["tenant"]));

    expect((await read.send({ Records: [raw as never] })).outcomes).toMatchObject([
      { fate: "retry", error: { code: "LAMELLA_PAYLOAD", message: expect.stringContaining("message attribute tenant") } },
    ]);
  });

  it.for([{ arn: 5 }, { arn: {} }, { arn: ["arn:aws:sqs:eu-west-1:123456789012:orders.fifo"] }])(
    "opens messages whose queue is no text: $arn",
    async ({ arn }) => {
      const [message] = await open({ Records: [{ ...sqsFixture.Records[0], eventSourceARN: arn } as never] });

      expect(message).toMatchObject({ queueArn: "", queueName: "" });
    },
  );

  it("takes an attribute named __proto__ for what it is", async () => {
    const messageAttributes = JSON.parse('{"__proto__":{"dataType":"String","stringValue":"x"}}') as never;
    const [message] = await open({ Records: [{ ...(sqsFixture.Records[0] as object), messageAttributes } as never] });

    expect(Object.keys(message?.messageAttributes ?? {})).toEqual(["__proto__"]);
    expect(({} as { type?: unknown }).type).toBeUndefined();
  });

  it("survives a record of which only the source and the id are there", async () => {
    const { reply, outcomes } = await testing(send).send({
      Records: [{ eventSource: "aws:sqs", messageId: "a" } as never, ...sqsFixture.Records],
    });
    const [message] = await open({ Records: [{ eventSource: "aws:sqs", messageId: "a", body: "x" } as never] });

    expect(reply.batchItemFailures).toEqual([{ itemIdentifier: "a" }]);
    expect(outcomes.map(({ fate }) => fate)).toEqual(["retry", ...sqsFixture.Records.map(() => "done")]);
    expect(message).toMatchObject({ id: "a", body: "x", receiveCount: 1, groupId: undefined, queueArn: "", queueName: "", attributes: {} });
  });

  it("keeps unknown members of a record", async () => {
    const raw = { ...(sqsFixture.Records[0] as object), newMember: 1 };

    expect((await open({ Records: [raw as never] }))[0]?.raw).toBe(raw);
  });

  it("takes the same event twice, and changes nothing in it", async () => {
    // The fixtures are frozen all the way down, so a change would throw.
    expect(await send(sqsFixture, context)).toEqual(await send(sqsFixture, context));
    expect(Object.isFrozen(sqsFixture.Records[0]?.attributes)).toBe(true);
  });

  it("inverts what the builder makes of a message", async () => {
    const date = fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true });
    const input = fc.record({
      id: fc.uuid(),
      body: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
      receiveCount: fc.integer({ min: 1, max: 1_000 }),
      sentAt: date,
      groupId: fc.stringMatching(/^[a-z0-9]{1,10}$/),
      deduplicationId: fc.stringMatching(/^[a-z0-9]{1,10}$/),
      messageAttributes: fc.dictionary(fc.stringMatching(/^[A-Za-z_.-]{1,10}$/), fc.oneof(fc.string(), fc.integer(), fc.uint8Array())),
    });
    await fc.assert(
      fc.asyncProperty(input, fc.stringMatching(/^[a-z]{1,10}\.fifo$/), async (message, queueName) => {
        const [got] = await open(sqsEvent([message], { queueName }), { body: z.record(z.string(), z.unknown()) });
        const attributes = Object.fromEntries(
          Object.entries(got?.messageAttributes ?? {}).map(([name, { value }]) => [
            name,
            typeof value === "object" ? new Uint8Array(value) : value,
          ]),
        );

        const { id, body, receiveCount, sentAt, groupId, deduplicationId } = got as Message<unknown>;
        expect({ id, body, receiveCount, sentAt, groupId, deduplicationId, messageAttributes: attributes }).toEqual(message);
        expect(got?.queueName).toBe(queueName);
      }),
      { numRuns: 200 },
    );
  });
});

describe("the body", () => {
  const Order = z.object({ id: z.string() });
  const later = z.object({ id: z.string().refine(async (id) => id !== "bad") });
  const event = sqsEvent([{ id: "m", body: { id: "1" } }]);
  const invalid = sqsEvent([{ id: "m", body: { id: 1 } }]);
  const reading = layer("reading", async ({ body }: { readonly body: { readonly id: string } }, _ctx, next) => next({ read: body.id }));

  it("is text as it came without an option, also when it is JSON", async () => {
    expect((await open(event))[0]?.body).toBe('{"id":"1"}');
    expect((await open(event, { body: text() }))[0]?.body).toBe('{"id":"1"}');
  });

  it("is decoded inside of the layers that do not read it, and fails there", async () => {
    const notes: string[] = [];
    const body = z.object({ id: z.string() }).transform((order) => {
      notes.push("decoded");
      return order;
    });
    const outside = layer("outside", async (_item, _ctx, next) => {
      notes.push("outside");
      return next().catch((error: unknown) => {
        notes.push((error as Error).name);
        throw error;
      });
    });
    const handler = wrap(sqs({ body, whenAllFail: "report" }), outside, async () => void notes.push("handler"));

    await handler(event, context);
    await handler(invalid, context);

    expect(notes).toEqual(["outside", "decoded", "handler", "outside", "PayloadError"]);
  });

  it("is decoded just before the first layer that declares to read it", async () => {
    const notes: string[] = [];
    const body = later.transform((order) => {
      notes.push("decoded");
      return order;
    });
    const note = (name: string) => layer(name, async (_item, _ctx, next) => (notes.push(name), next()));
    const reads = layer("reads", async (item: { readonly body: { readonly id: string } }, _ctx, next) => next({ read: item.body.id }), {
      reads: true,
    });

    await wrap(sqs({ body }), note("a"), reads, note("b"), async (_message, { read }) => void notes.push(read))(event, context);

    expect(notes).toEqual(["a", "decoded", "b", "1"]);
  });

  it("is decoded once, and earlier where a layer reads it without saying so", async () => {
    const validate = vi.fn((order: { id: string }) => order);
    const handler = wrap(sqs({ body: Order.transform(validate) }), reading, reading as never, async ({ body }, { read }) =>
      expect(body.id).toBe(read),
    );

    expect((await handler(event, context)).batchItemFailures).toEqual([]);
    expect(validate).toHaveBeenCalledTimes(1);
  });

  it("fails the layer that reads it too early when it is invalid, each time it looks", async () => {
    const errors: unknown[] = [];
    const stubborn = layer("stubborn", async (item: { readonly body: unknown }, _ctx, next) => {
      for (const look of [1, 2]) {
        try {
          errors.push(look, item.body);
        } catch (error) {
          errors.push(error);
        }
      }
      return next();
    });

    const { outcomes } = await testing(wrap(sqs({ body: Order }), stubborn, async () => {})).send(invalid);

    expect(errors[0]).toMatchObject({ code: "LAMELLA_PAYLOAD" });
    expect(errors[1]).toBe(errors[0]);
    expect(outcomes[0]?.error).toBe(errors[0]);
  });

  it.for([
    { when: "valid", sent: event },
    { when: "invalid", sent: sqsEvent([{ body: { id: "bad" } }]) },
  ])("of an asynchronous schema cannot be read before it is decoded, which says what to do, when it is $when", async ({ sent }) => {
    const { outcomes } = await testing(wrap(sqs({ body: later }), reading, async () => {})).send(sent);

    // A rejection of the schema that nobody waits for would fail the run.
    expect(outcomes).toMatchObject([
      { fate: "retry", error: { code: "LAMELLA_PAYLOAD_NOT_READY", message: expect.stringContaining("{ reads: true }") } },
    ]);
  });

  it("is the same when a layer repeats the rest", async () => {
    const bodies: unknown[] = [];
    const twice = layer("twice", async (_item, _ctx, next) => next().catch(() => next()), { repeats: true });
    const handler = wrap(sqs({ body: later }), twice, async ({ body }) => {
      bodies.push(body);
      if (bodies.length === 1) throw new Error("once");
    });

    expect((await handler(event, context)).batchItemFailures).toEqual([]);
    expect(bodies[0]).toBe(bodies[1]);
  });
});
