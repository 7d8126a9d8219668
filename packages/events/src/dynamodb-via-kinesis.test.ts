import { wrap } from "@lamella/core";
import { dynamodbViaKinesisEvent, kinesisEvent, kinesisWindowEvent, lambdaContext, testing } from "@lamella/testing";
import { dynamodbViaKinesisFixture } from "@lamella/testing/fixtures";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  type DynamodbViaKinesisKind,
  type DynamodbViaKinesisOptions,
  dynamodbViaKinesis,
  type KinesisStreamEvent,
} from "./dynamodb-via-kinesis.ts";

const context = lambdaContext();
const Order = z.object({ id: z.string(), quantity: z.number() });

async function open<Image>(event: KinesisStreamEvent, options: DynamodbViaKinesisOptions<Image> = {}) {
  const items: DynamodbViaKinesisKind<Image>["item"][] = [];
  await wrap(dynamodbViaKinesis(options), async (change) => void items.push(change))(event, context);
  return items;
}

describe("dynamodbViaKinesis", () => {
  it("opens changes", async () => {
    const [change] = await open(dynamodbViaKinesisFixture, { image: Order });

    expect(change).toMatchObject({
      kind: "MODIFY",
      id: "5a88419c-468a-4ac4-8bad-7f832caf7345",
      keys: { id: "order-1" },
      newImage: { id: "order-1", quantity: 3 },
      oldImage: { id: "order-1", quantity: 2 },
      sequenceNumber: "49628654765235663403446902955224362712470206619186102290",
      createdAt: new Date(1_769_860_800_250),
      createdAtMicros: 1_769_860_800_250_647,
      arrivedAt: new Date(1_769_860_800_387),
      expiredByTtl: false,
      tableName: "orders",
      raw: dynamodbViaKinesisFixture.Records[0],
    });
  });

  it.for([{ precision: "MICROSECOND" }, { precision: "MILLISECOND" }] as const)(
    "inverts the builder with $precision",
    async ({ precision }) => {
      const createdAt = new Date(1_769_860_800_250);
      const image = { id: "1", quantity: 2, tags: new Set(["new"]) };
      const changes = [
        { newImage: image, createdAt },
        { oldImage: image, expiredByTtl: true },
      ];
      const items = await open(dynamodbViaKinesisEvent(changes, { precision, tableName: "stock" }));

      expect(items).toMatchObject([
        { kind: "INSERT", newImage: image, oldImage: undefined, createdAt, createdAtMicros: 1_769_860_800_250_000, tableName: "stock" },
        { kind: "REMOVE", newImage: undefined, oldImage: image, expiredByTtl: true },
      ]);
    },
  );

  it("takes times without a precision for milliseconds, as they were before there was one", async () => {
    const data = { eventName: "REMOVE", dynamodb: { ApproximateCreationDateTime: 1_769_860_800_250, Keys: {}, OldImage: {} } };

    expect((await open(kinesisEvent([{ data }])))[0]?.createdAt).toEqual(new Date(1_769_860_800_250));
  });

  it("tells duplicates by their id, and the later of two changes by its microseconds", async () => {
    const change = (id: string, quantity: number, micros: number) => ({
      data: {
        eventID: id,
        eventName: "INSERT",
        dynamodb: {
          ApproximateCreationDateTime: micros,
          ApproximateCreationDateTimePrecision: "MICROSECOND",
          Keys: { id: { S: "1" } },
          NewImage: { id: { S: "1" }, quantity: { N: String(quantity) } },
        },
      },
    });
    const latest = new Map<unknown, { at: number; quantity: number }>();
    const ids = new Set<string>();
    await wrap(dynamodbViaKinesis({ image: Order }), async ({ id, keys, newImage, createdAtMicros: at }) => {
      ids.add(id);
      if (newImage !== undefined && at > (latest.get(keys["id"])?.at ?? 0)) latest.set(keys["id"], { at, quantity: newImage.quantity });
    })(kinesisEvent([change("b", 2, 1_000_002), change("a", 1, 1_000_001), change("b", 2, 1_000_002)]), context);

    expect([ids.size, latest.get("1")?.quantity]).toEqual([2, 2]);
  });

  it.for([
    { what: "no JSON", data: "x", says: "The data is not JSON" },
    { what: "null", data: "null", says: "The data is no change of a DynamoDB table." },
    { what: "JSON of something else", data: '{"page":"/"}', says: "The data is no change of a DynamoDB table." },
    { what: "a change of null", data: '{"dynamodb":null}', says: "The data is no change of a DynamoDB table." },
    { what: "a change without a kind", data: '{"dynamodb":{}}', says: "The record has an eventName that is none of" },
    { what: "a change without its image", data: '{"eventName":"INSERT","dynamodb":{}}', says: "The new image is missing." },
    { what: "a polluting key", data: '{"dynamodb":{"__proto__":{}}}', says: "could change every object" },
  ])("fails a record of $what alone", async ({ data, says }) => {
    const event = { Records: [...dynamodbViaKinesisFixture.Records, ...kinesisEvent([{ data, sequenceNumber: "2" }]).Records] };
    const { reply, outcomes } = await testing(wrap(dynamodbViaKinesis(), async () => {})).send(event);

    expect(reply).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
    expect(outcomes[1]?.error).toMatchObject({ code: "LAMELLA_PAYLOAD", message: expect.stringContaining(says) });
  });

  it("runs changes of one item in their order, and those of others side by side", async () => {
    const ran: unknown[] = [];
    const changes = ["a", "a", "b"].map((id, index) => ({ newImage: { id, quantity: index } }));
    await wrap(dynamodbViaKinesis({ image: Order, concurrency: 3 }), async ({ newImage }) => {
      ran.push(newImage?.quantity);
      await new Promise((resolve) => setImmediate(resolve));
    })(dynamodbViaKinesisEvent(changes), context);

    expect(ran).toEqual([0, 2, 1]);
  });

  it("refuses events of a tumbling window, whose state it would lose", async () => {
    await expect(wrap(dynamodbViaKinesis(), async () => {})(kinesisWindowEvent([]), context)).rejects.toMatchObject({
      code: "LAMELLA_WRONG_EVENT",
    });
  });

  it("throws at load for wrong options", () => {
    expect(() => dynamodbViaKinesis({ image: 5 as never })).toThrow("dynamodbViaKinesis({ image }) must be a Standard Schema");
    expect(() => dynamodbViaKinesis({ numbers: "big" as never })).toThrow("dynamodbViaKinesis({ numbers }) must be");
  });
});
