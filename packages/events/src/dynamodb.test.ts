import { layer, whole, wrap } from "@lamella/core";
import { type DynamodbChangeInput, dynamodbEvent, dynamodbWindowEvent, kinesisEvent, lambdaContext, testing } from "@lamella/testing";
import { dynamodbFixture, dynamodbKeysOnlyFixture } from "@lamella/testing/fixtures";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import {
  type Change,
  type DynamoDBRecord,
  type DynamoDBStreamEvent,
  type DynamodbOptions,
  dynamodb,
  dynamodbJson,
  type StreamView,
} from "./dynamodb.ts";
import { kinesis } from "./kinesis.ts";

const context = lambdaContext();
const Order = z.object({ id: z.string(), quantity: z.number() });

/** The items that a handler gets for an event. */
async function open<Image, View extends StreamView>(
  event: DynamoDBStreamEvent,
  options: DynamodbOptions<Image, View>,
): Promise<Change<Image, View>[]> {
  const items: Change<Image, View>[] = [];
  await wrap(dynamodb(options), async (change) => void items.push(change))(event, context);
  return items;
}

/** Changes of the items of these keys, of which those fail that say so. */
async function run(ids: readonly string[], options: DynamodbOptions<never, "NEW_AND_OLD_IMAGES"> = {}) {
  const ran: string[] = [];
  const handler = wrap(dynamodb(options), async ({ sequenceNumber, keys }) => {
    ran.push(`${keys["id"] as string}${sequenceNumber}`);
    await new Promise((resolve) => setImmediate(resolve));
    if (ids[Number(sequenceNumber) - 1]?.includes("bad")) throw new Error(sequenceNumber);
  });
  const changes = ids.map((id, index): DynamodbChangeInput => ({ newImage: { id: id.slice(0, 1) }, sequenceNumber: String(index + 1) }));
  const sent = await testing(handler).send(dynamodbEvent(changes));
  return { ran, error: sent.error, reply: sent.error === undefined ? sent.reply : undefined, fates: sent.outcomes.map(({ fate }) => fate) };
}

describe("dynamodb", () => {
  it("opens changes of every kind", async () => {
    const [inserted, modified, removed] = await open(dynamodbFixture, {});

    expect(inserted).toMatchObject({
      kind: "INSERT",
      id: "c4ca4238a0b923820dcc509a6f75849b",
      keys: { id: "order-1" },
      newImage: { quantity: 2, account: 12345678901234567890n, tags: new Set(["new", "pen"]), note: null },
      oldImage: undefined,
      sequenceNumber: "111000000000000000000000001",
      createdAt: new Date("2026-01-31T12:00:00Z"),
      expiredByTtl: false,
      tableName: "orders",
      raw: dynamodbFixture.Records[0],
    });
    expect(modified).toMatchObject({ kind: "MODIFY", newImage: { quantity: 3 }, oldImage: { quantity: 2 }, expiredByTtl: false });
    expect(removed).toMatchObject({ kind: "REMOVE", newImage: undefined, oldImage: { id: "order-0", quantity: 1 }, expiredByTtl: true });
  });

  it("inverts what the builder makes of a change", async () => {
    const image = fc.record({ id: fc.string({ minLength: 1 }), quantity: fc.integer(), note: fc.option(fc.string()) });
    const input = fc.record(
      { newImage: image, oldImage: image, createdAt: fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }) },
      { requiredKeys: ["createdAt"] },
    );
    await fc.assert(
      fc.asyncProperty(input, fc.stringMatching(/^[a-zA-Z0-9_.-]{3,20}$/), async ({ createdAt, newImage, oldImage }, tableName) => {
        fc.pre(newImage !== undefined || oldImage !== undefined);
        const [change] = await open(dynamodbEvent([{ createdAt, newImage, oldImage }], { tableName }), {});

        expect(change).toMatchObject({
          kind: oldImage === undefined ? "INSERT" : newImage === undefined ? "REMOVE" : "MODIFY",
          newImage,
          oldImage,
          createdAt,
          tableName,
          keys: { id: (newImage ?? oldImage)?.id },
        });
      }),
      { numRuns: 200 },
    );
  });

  it.for([
    { view: "NEW_AND_OLD_IMAGES", newImage: { id: "1", quantity: 2 }, oldImage: { id: "1", quantity: 1 } },
    { view: "NEW_IMAGE", newImage: { id: "1", quantity: 2 }, oldImage: undefined },
    { view: "OLD_IMAGE", newImage: undefined, oldImage: { id: "1", quantity: 1 } },
    { view: "KEYS_ONLY", newImage: undefined, oldImage: undefined },
  ] as const)("gives the images that the view $view has", async ({ view, newImage, oldImage }) => {
    const event = dynamodbEvent([{ newImage: { id: "1", quantity: 2 }, oldImage: { id: "1", quantity: 1 } }], { view });

    for (const image of [undefined, Order])
      expect(await open(event, { view, image })).toMatchObject([{ kind: "MODIFY", newImage, oldImage }]);
  });

  it("opens keys alone", async () => {
    expect(await open(dynamodbKeysOnlyFixture, { view: "KEYS_ONLY" })).toMatchObject([{ keys: { id: "order-1", line: 2 } }]);
  });

  it.for([
    { told: undefined, actual: "NEW_IMAGE", says: "The stream's view is NEW_IMAGE, where dynamodb({ view }) says NEW_AND_OLD_IMAGES." },
    {
      told: "KEYS_ONLY",
      actual: "NEW_AND_OLD_IMAGES",
      says: "The stream's view is NEW_AND_OLD_IMAGES, where dynamodb({ view }) says KEYS_ONLY.",
    },
  ] as const)("fails when the stream's view is $actual and the option says $told", async ({ told, actual, says }) => {
    const onFailure = vi.fn(() => "retry" as const);
    const inner = vi.fn();
    const { error } = await testing(wrap(dynamodb({ view: told, onFailure }), async () => inner())).send(
      dynamodbEvent([{ newImage: { id: "1" } }], { view: actual }),
    );

    expect(error).toMatchObject({ errors: [{ code: "LAMELLA_STREAM_VIEW", message: expect.stringContaining(says) }] });
    expect(inner).not.toHaveBeenCalled();
  });

  it.for([
    { numbers: undefined, gives: 2n ** 60n },
    { numbers: "bigint", gives: 2n ** 60n },
    { numbers: "string", gives: String(2n ** 60n) },
    { numbers: "number", gives: 2 ** 60 },
  ] as const)("gives a number beyond 2^53 as $numbers says, in images and keys", async ({ numbers, gives }) => {
    const [change] = await open(dynamodbEvent([{ newImage: { id: 2n ** 60n } }]), { numbers });

    expect(change).toMatchObject({ newImage: { id: gives }, keys: { id: gives } });
  });

  it.for([
    { what: "no new image", change: { eventName: "INSERT" }, says: "The new image is missing." },
    { what: "no old image", change: { eventName: "REMOVE" }, says: "The old image is missing." },
    { what: "an image that is text", change: { eventName: "REMOVE", OldImage: "x" }, says: "The old image is no map of attributes." },
    { what: "a malformed attribute", change: { eventName: "INSERT", NewImage: { id: { X: 1 } } }, says: "of DynamoDB's at /id" },
    { what: "an unknown kind", change: { eventName: "UPSERT" }, says: "has an eventName that is none of INSERT, MODIFY and REMOVE" },
    { what: "no kind", change: {}, says: "has an eventName that is none" },
    {
      what: "an image that does not fit",
      change: { eventName: "INSERT", NewImage: { id: { S: "1" } } },
      says: "does not fit its schema at /quantity",
    },
  ])("fails a change with $what alone", async ({ change: { eventName, ...images }, says }) => {
    const [first, second] = dynamodbEvent([{ newImage: { id: "1", quantity: 1 } }, { newImage: { id: "2" }, sequenceNumber: "2" }])
      .Records as [DynamoDBRecord, DynamoDBRecord];
    const malformed = { ...second, eventName, dynamodb: { SequenceNumber: "2", Keys: {}, ...images } } as DynamoDBRecord;
    const { reply, outcomes } = await testing(wrap(dynamodb({ image: Order }), async () => {})).send({ Records: [first, malformed] });

    expect(reply).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
    expect(outcomes[1]?.error).toMatchObject({ code: "LAMELLA_PAYLOAD", message: expect.stringContaining(says) });
  });

  it.for([{ dynamodb: undefined }, { dynamodb: null }, { dynamodb: {} }])("survives a record whose body is $dynamodb", async (body) => {
    const event = { Records: [{ eventSource: "aws:dynamodb", eventName: "INSERT", ...body } as never] };
    const { error } = await testing(wrap(dynamodb(), async () => {})).send(event);

    expect(error).toMatchObject({ code: "LAMELLA_BATCH_FAILED", errors: [{ code: "LAMELLA_PAYLOAD" }] });
  });

  it.for([
    { option: "image", options: { image: 5 }, says: "dynamodb({ image }) must be a Standard Schema" },
    {
      option: "view",
      options: { view: "NEW" },
      says: "dynamodb({ view }) must be one of KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES",
    },
    { option: "numbers", options: { numbers: "big" }, says: 'dynamodb({ numbers }) must be "bigint", "string" or "number", got "big"' },
    { option: "onFailure", options: { onFailure: "drop" }, says: "dynamodb({ onFailure })" },
  ])("throws at load for a wrong $option", ({ options, says }) => {
    expect(() => dynamodb(options as never)).toThrow(says);
  });
});

describe("an image", () => {
  const event = dynamodbEvent([{ newImage: { id: "1", quantity: 2 }, oldImage: { id: "1", quantity: 1 } }]);

  it("is decoded inside of the layers, both of them together, and once", async () => {
    const notes: string[] = [];
    const image = Order.transform((order) => {
      notes.push(`decoded ${order.quantity}`);
      return order;
    });
    const outside = layer("outside", async (_item, _ctx, next) => {
      notes.push("outside");
      return next();
    });
    await wrap(dynamodb({ image }), outside, async ({ newImage, oldImage }) => {
      notes.push(`handler ${newImage?.quantity} ${oldImage?.quantity}`);
    })(event, context);

    expect(notes).toEqual(["outside", "decoded 2", "decoded 1", "handler 2 1"]);
  });

  it.for([
    { what: "both", bad: [], fails: undefined },
    { what: "the new", bad: [2], fails: "new image" },
    { what: "the old", bad: [1], fails: "old image" },
    { what: "neither", bad: [1, 2], fails: "new image" },
  ])("may have an asynchronous schema, which fits $what", async ({ bad, fails }) => {
    const image = Order.refine(async ({ quantity }) => bad.length === 0 || !(bad as number[]).includes(quantity));
    const seen: unknown[] = [];
    const { outcomes } = await testing(
      wrap(dynamodb({ image }), async ({ newImage, oldImage }) => void seen.push(newImage?.quantity, oldImage?.quantity)),
    ).send(event);

    expect(seen).toEqual(fails === undefined ? [2, 1] : []);
    expect(outcomes).toMatchObject([fails === undefined ? { fate: "done" } : { error: { code: "LAMELLA_PAYLOAD", part: fails } }]);
  });

  it("fails with one error when the new one is checked later and the old one is malformed", async () => {
    const [record] = event.Records as [DynamoDBRecord];
    const malformed = { ...record, dynamodb: { ...record.dynamodb, OldImage: { id: { S: 5 } } } } as never;
    const image = Order.refine(async () => false);

    // A rejection that nobody waits for would fail the run.
    expect((await testing(wrap(dynamodb({ image }), async () => {})).send({ Records: [malformed] })).outcomes[0]?.error).toMatchObject({
      code: "LAMELLA_PAYLOAD",
    });
  });

  it("without a schema is read when it is asked for", async () => {
    const [record] = event.Records as [DynamoDBRecord];
    const malformed = { ...record, dynamodb: { ...record.dynamodb, OldImage: { id: { S: 5 } } } } as never;

    const [change] = await open({ Records: [malformed] }, {});

    expect(change?.newImage).toBe(change?.newImage);
    expect(() => change?.oldImage).toThrow("The old image has an S that is no text at /id.");
  });

  it("is there for a layer that reads it", async () => {
    const reading = layer(
      "reading",
      async (change: { readonly newImage: { readonly id: string } | undefined }, _ctx, next) => next({ read: change.newImage?.id }),
      { reads: true },
    );
    const seen: unknown[] = [];
    await wrap(
      dynamodb({ image: Order.refine(async () => true) }),
      reading,
      async (_change, { read }) => void seen.push(read),
    )(event, context);

    expect(seen).toEqual(["1"]);
  });
});

describe("a batch of changes", () => {
  it("reports the lowest that failed alone, and starts nothing behind it", async () => {
    expect(await run(["a", "b", "a bad", "c"])).toMatchObject({
      ran: ["a1", "b2", "a3"],
      reply: { batchItemFailures: [{ itemIdentifier: "3" }] },
      fates: ["done", "done", "retry", "unrun"],
    });
  });

  it("rejects when the first failed", async () => {
    expect((await run(["a bad", "b"])).error).toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
  });

  it("goes on behind one that onFailure ignores", async () => {
    const onFailure = vi.fn((_error: unknown, _record: DynamoDBRecord) => "ignore" as const);

    expect(await run(["a bad", "b"], { onFailure })).toMatchObject({ ran: ["a1", "b2"], reply: { batchItemFailures: [] } });
    expect(onFailure.mock.calls[0]?.[1]).toMatchObject({ eventName: "INSERT", dynamodb: { SequenceNumber: "1" } });
  });

  it("runs items side by side with concurrency, and changes of one item in their order", async () => {
    expect((await run(["a", "b", "a", "a", "b"], { concurrency: 5 })).ran).toEqual(["a1", "b2", "a3", "b5", "a4"]);
  });

  it("knows an item by its key, whatever order its attributes are in", async () => {
    const keys = [
      { id: "1", line: 1 },
      { line: 1, id: "1" },
    ];
    let running = 0;
    const handler = wrap(dynamodb({ concurrency: 2 }), async () => {
      running++;
      expect(running).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    });

    expect(await handler(dynamodbEvent(keys.map((each) => ({ newImage: {}, keys: each }))), context)).toEqual({ batchItemFailures: [] });
  });

  it("goes to whole at once", async () => {
    const handler = wrap(whole(dynamodb({ image: Order })), async ({ items, fail }) => {
      for (const item of items) if (item.newImage?.quantity === 0) fail(item, new Error("none"));
    });
    const event = dynamodbEvent([1, 0, 2].map((quantity, index) => ({ newImage: { id: "1", quantity }, sequenceNumber: String(index) })));

    expect(await handler(event, context)).toEqual({ batchItemFailures: [{ itemIdentifier: "1" }] });
  });

  it("carries the state of a tumbling window", async () => {
    const state = z.object({ sold: z.number().default(0) });
    const handler = wrap(whole(dynamodb({ image: Order, state })), async ({ items, state: { sold }, isFinal, shardId }) => {
      expect([isFinal, shardId]).toEqual([items.length === 0, "shardId-00000001769860800000-0123abcd"]);
      return { sold: items.reduce((sum, { newImage }) => sum + (newImage?.quantity ?? 0), sold) };
    });
    const first = await handler(
      dynamodbWindowEvent([{ newImage: { id: "1", quantity: 2 } }, { newImage: { id: "2", quantity: 3 } }]),
      context,
    );

    expect(first).toEqual({ state: { sold: 5 }, batchItemFailures: [] });
    expect(await handler(dynamodbWindowEvent([], { state: first.state, isFinal: true }), context)).toEqual(first);
    await expect(wrap(dynamodb(), async () => {})(dynamodbWindowEvent([]), context)).rejects.toMatchObject({ code: "LAMELLA_WRONG_EVENT" });
  });
});

describe("dynamodbJson", () => {
  const decode = async (raw: string, ...options: Parameters<typeof dynamodbJson>) =>
    (await open2(kinesisEvent([{ data: raw }]), dynamodbJson(...options)))[0];
  async function open2(event: ReturnType<typeof kinesisEvent>, data: ReturnType<typeof dynamodbJson>) {
    const items: unknown[] = [];
    const { outcomes } = await testing(wrap(kinesis({ data, whenAllFail: "report" }), async (record) => void items.push(record.data))).send(
      event,
    );
    return items.length === 0 ? outcomes.map(({ error }) => error) : items;
  }

  it("gives plain values, and what a schema makes of them", async () => {
    const raw = '{"id":{"S":"1"},"quantity":{"N":"2"},"big":{"N":"9007199254740993"}}';

    expect(await decode(raw)).toEqual({ id: "1", quantity: 2, big: 2n ** 53n + 1n });
    expect(await decode(raw, undefined, { numbers: "string" })).toMatchObject({ big: "9007199254740993" });
    expect(await decode(raw, Order)).toEqual({ id: "1", quantity: 2 });
    expect(
      await decode(
        raw,
        Order.refine(async () => true),
      ),
    ).toEqual({ id: "1", quantity: 2 });
  });

  it.for([
    { raw: "", says: "is empty" },
    { raw: "[]", says: "is no map of DynamoDB attribute values" },
    { raw: "5", says: "is no map of DynamoDB attribute values" },
    { raw: '{"id":"1"}', says: "has what is no DynamoDB attribute value at /id" },
    { raw: '{"id":{"S":"1"}}', says: "does not fit its schema at /quantity" },
    { raw: '{"__proto__":{"M":{}}}', says: "could change every object" },
  ])("refuses $raw", async ({ raw, says }) => {
    expect(await decode(raw, Order)).toMatchObject({ code: "LAMELLA_PAYLOAD", part: "data", message: expect.stringContaining(says) });
  });

  it("throws at load for wrong options", () => {
    expect(() => dynamodbJson(5 as never)).toThrow("dynamodbJson(schema) must be a Standard Schema");
    expect(() => dynamodbJson(Order, { numbers: "big" as never })).toThrow("dynamodbJson(schema, { numbers }) must be");
  });
});
