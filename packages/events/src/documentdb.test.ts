import { wrap } from "@lamella/core";
import { documentdbEvent, lambdaContext, testing } from "@lamella/testing";
import { documentdbFixture } from "@lamella/testing/fixtures";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type DocumentChange, type DocumentdbEvent, type DocumentdbOptions, documentdb } from "./documentdb.ts";

const context = lambdaContext();
const Order = z.object({ sku: z.string() });

/** The items that a handler gets for an event. */
async function open(event: DocumentdbEvent, options: DocumentdbOptions<unknown> = {}) {
  const items: DocumentChange<unknown>[] = [];
  await wrap(documentdb(options), async (item) => void items.push(item))(event, context);
  return items;
}

/** What becomes of a value in a document. */
async function read(value: unknown, options?: DocumentdbOptions<unknown>) {
  const changes = await open(documentdbEvent([{ fullDocument: { _id: 1, value } }]), options);
  return (changes.at(0)?.fullDocument as { readonly value?: unknown } | undefined)?.value;
}

describe("documentdb", () => {
  it("opens every kind of change", async () => {
    const [insert, update, replace, remove, invalidate] = await open(documentdbFixture);

    expect(insert).toMatchObject({
      id: "0163eeb6e7000000090100000009000041e1",
      operationType: "insert",
      clusterTime: new Date(1_769_860_800_000),
      db: "shop",
      collection: "orders",
      clusterArn: documentdbFixture.eventSourceArn,
      documentKey: { _id: "63eeb6e7d418cd98afb1c1d7" },
      updateDescription: undefined,
      to: undefined,
      raw: documentdbFixture.events[0],
    });
    expect(insert?.fullDocument).toEqual({
      _id: "63eeb6e7d418cd98afb1c1d7",
      sku: "pen",
      quantity: 2,
      views: 9_007_199_254_740_993n,
      price: 1.5,
      orderedAt: new Date(1_769_860_800_123),
      signature: Buffer.from([1, 2, 255]),
    });
    expect(update).toMatchObject({
      operationType: "update",
      fullDocument: undefined,
      updateDescription: { updatedFields: { quantity: 3, paidAt: new Date("2026-01-31T12:00:01.000Z") }, removedFields: ["note"] },
    });
    expect(replace).toMatchObject({ operationType: "replace", fullDocument: { sku: "ink", quantity: 1 } });
    expect(remove).toMatchObject({ operationType: "delete", documentKey: { _id: "63eeb6e7d418cd98afb1c1d7" }, fullDocument: undefined });
    expect(invalidate).toMatchObject({ operationType: "invalidate", documentKey: undefined });
  });

  it.for([
    { operationType: "rename", to: { db: "shop", coll: "old" }, gives: { operationType: "rename", to: { db: "shop", collection: "old" } } },
    { operationType: "drop", to: undefined, gives: { operationType: "drop", to: undefined } },
    { operationType: "dropDatabase", to: undefined, gives: { operationType: "dropDatabase", to: undefined } },
    { operationType: "createIndexes", to: undefined, gives: { operationType: "other", to: undefined } },
  ])("opens what happens to collections: $operationType", async ({ operationType, to, gives }) => {
    expect((await open(documentdbEvent([{ operationType, to }])))[0]).toMatchObject(gives);
  });

  it.for([
    { what: "an id", value: { $oid: "63eeb6e7d418cd98afb1c1d7" }, gives: "63eeb6e7d418cd98afb1c1d7" },
    { what: "a canonical date", value: { $date: { $numberLong: "-1" } }, gives: new Date(-1) },
    { what: "a relaxed date", value: { $date: "2026-01-31T12:00:00Z" }, gives: new Date("2026-01-31T12:00:00Z") },
    { what: "a date as a number", value: { $date: 5 }, gives: new Date(5) },
    { what: "a small long", value: { $numberLong: "9007199254740991" }, gives: 9_007_199_254_740_991 },
    { what: "a large long", value: { $numberLong: "9007199254740992" }, gives: 9_007_199_254_740_992n },
    { what: "an int", value: { $numberInt: "-7" }, gives: -7 },
    { what: "a double", value: { $numberDouble: "0.1" }, gives: 0.1 },
    { what: "a double of more digits", value: { $numberDouble: "0.1000000000000000055511151231257827" }, gives: 0.1 },
    { what: "infinity", value: { $numberDouble: "-Infinity" }, gives: -Infinity },
    { what: "not a number", value: { $numberDouble: "NaN" }, gives: Number.NaN },
    { what: "a decimal that fits", value: { $numberDecimal: "12.5" }, gives: 12.5 },
    { what: "a decimal that does not", value: { $numberDecimal: "0.12345678901234567890" }, gives: "0.12345678901234567890" },
    { what: "an infinite decimal", value: { $numberDecimal: "Infinity" }, gives: Infinity },
    { what: "bytes", value: { $binary: { base64: "AQ==", subType: "04" } }, gives: Buffer.from([1]) },
    { what: "bytes of the old form", value: { $binary: "AQ==", $type: "00" }, gives: Buffer.from([1]) },
    { what: "a symbol", value: { $symbol: "a" }, gives: "a" },
    { what: "undefined", value: { $undefined: true }, gives: undefined },
    { what: "a timestamp", value: { $timestamp: { t: 1, i: 2 } }, gives: { $timestamp: { t: 1, i: 2 } } },
    { what: "the least key", value: { $minKey: 1 }, gives: { $minKey: 1 } },
    { what: "nested values", value: [{ a: [{ $numberInt: "1" }] }], gives: [{ a: [1] }] },
    { what: "a document with a dollar", value: { $oid: "a", b: { $numberInt: "1" } }, gives: { $oid: "a", b: 1 } },
    { what: "plain values", value: [1, "a", true, null], gives: [1, "a", true, null] },
  ])("reads $what", async ({ value, gives }) => {
    expect(await read(value)).toEqual(gives);
  });

  it.for([
    { numbers: "bigint" as const, gives: 9_007_199_254_740_993n },
    { numbers: "string" as const, gives: "9007199254740993" },
    { numbers: "number" as const, gives: 9_007_199_254_740_992 },
  ])("gives a number that does not fit as $numbers", async ({ numbers, gives }) => {
    expect(await read({ $numberLong: "9007199254740993" }, { numbers })).toBe(gives);
  });

  it.for([
    { what: "is null", record: null },
    { what: "has no change", record: {} },
    { what: "is an insert without a document", record: { event: { operationType: "insert" } } },
    { what: "has a malformed number", record: { event: { operationType: "insert", fullDocument: { a: { $numberInt: "x" } } } } },
    { what: "has a malformed date", record: { event: { operationType: "insert", fullDocument: { a: { $date: "soon" } } } } },
    { what: "has malformed bytes", record: { event: { operationType: "insert", fullDocument: { a: { $binary: { base64: "é" } } } } } },
    { what: "has a document that does not fit", record: { event: { operationType: "insert", fullDocument: { sku: 1 } } } },
    {
      what: "has a key that pollutes",
      record: { event: { operationType: "insert", fullDocument: JSON.parse('{"__proto__":{"a":1},"sku":"x"}') } },
    },
  ])("fails a change that $what, does not run what is behind it, and rejects", async ({ record }) => {
    const events = [...documentdbEvent([{ fullDocument: { sku: "a" } }, { fullDocument: { sku: "b" } }]).events];
    events.splice(1, 0, record as never);

    const { error, outcomes } = await testing(wrap(documentdb({ document: Order, concurrency: 5 }), async () => {})).send({
      ...documentdbFixture,
      events,
    });

    expect(error).toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
    expect(outcomes).toMatchObject([{ fate: "done" }, { fate: "retry", error: { code: "LAMELLA_PAYLOAD" } }, { fate: "unrun" }]);
  });

  it("refuses a document that nests deeper than the stack", async () => {
    let deep: object = {};
    for (let depth = 0; depth < 50_000; depth++) deep = { a: deep };

    const { outcomes } = await testing(wrap(documentdb(), async () => {})).send(documentdbEvent([{ fullDocument: deep }]));

    expect(outcomes).toMatchObject([
      { error: { code: "LAMELLA_PAYLOAD", message: expect.stringContaining("nests more than 200 levels") } },
    ]);
  });

  it("waits for asynchronous schemas", async () => {
    const document = z.object({ sku: z.string().refine(async (sku) => sku !== "bad") });
    const { outcomes } = await testing(wrap(documentdb({ document }), async () => {})).send(
      documentdbEvent([{ fullDocument: { sku: "a" } }, { fullDocument: { sku: "bad" } }]),
    );

    expect(outcomes.map(({ fate }) => fate)).toEqual(["done", "retry"]);
  });

  it("survives a change of which only the operation is there", async () => {
    const event = { eventSource: "aws:docdb", events: [{ event: { operationType: "update" } }] } as unknown as DocumentdbEvent;

    expect((await open(event))[0]).toMatchObject({
      id: "",
      clusterTime: undefined,
      db: "",
      collection: "",
      clusterArn: "",
      updateDescription: { updatedFields: {}, removedFields: [] },
    });
  });

  it.for([null, {}, { eventSource: "aws:docdb" }, { eventSource: "aws:mq", events: [] }])("is not %j", (other) => {
    expect(documentdb().accepts(other)).toBe(false);
  });

  it.for([
    { what: "document is no schema", options: { document: 1 }, says: "documentdb({ document }) must be" },
    {
      what: "numbers is none of the words",
      options: { numbers: "float" },
      says: 'documentdb({ numbers }) must be "bigint", "string" or "number"',
    },
  ])("throws at load when $what", ({ options, says }) => {
    expect(() => documentdb(options as never)).toThrow(says);
  });

  it("inverts what the builder makes of a change, and changes nothing in it", async () => {
    const input = fc.record({
      operationType: fc.constantFrom("insert", "replace", "update"),
      fullDocument: fc.record({ _id: fc.uuid(), value: fc.jsonValue({ maxDepth: 3 }) }, { noNullPrototype: true }),
      id: fc.uuid(),
      clusterTime: fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => new Date(seconds * 1_000)),
      db: fc.stringMatching(/^[a-z]{1,8}$/),
      collection: fc.stringMatching(/^[a-z]{1,8}$/),
    });
    await fc.assert(
      fc.asyncProperty(input, async (change) => {
        fc.pre(!JSON.stringify(change.fullDocument).includes("__proto__") && !JSON.stringify(change.fullDocument).includes("$"));
        const event = documentdbEvent([change]);
        const before = JSON.stringify(event);
        const [got] = await open(event);

        const { operationType, fullDocument, id, clusterTime, db, collection } = got as DocumentChange<unknown>;
        expect({ operationType, fullDocument, id, clusterTime, db, collection }).toEqual(change);
        expect(JSON.stringify(event)).toBe(before);
      }),
      { numRuns: 100 },
    );
  });
});
