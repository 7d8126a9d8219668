import { createHash } from "node:crypto";
import { kinesisEvent } from "@lamella/testing";
import { kinesisAggregatedFixture } from "@lamella/testing/fixtures";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mayBeAggregate, takeApart } from "./aggregate.ts";

const MAGIC = [0xf3, 0x89, 0x9a, 0xc2];

/** An aggregate with this message, whose digest fits. */
function aggregateOf(message: readonly number[]): Buffer {
  return Buffer.concat([Buffer.from(MAGIC), Buffer.from(message), createHash("md5").update(Buffer.from(message)).digest()]);
}
const field = (tag: number, ...bytes: number[]) => [tag, bytes.length, ...bytes];
const VARINT = [0x28, 0x96, 0x01];
const FIXED_64 = [0x31, 1, 2, 3, 4, 5, 6, 7, 8];
const FIXED_32 = [0x3d, 1, 2, 3, 4];
const PARTITION_KEY = field(0x0a, 0x61);
const RECORD = field(0x1a, 0x08, 0, ...field(0x1a, 0x78));

describe("takeApart", () => {
  it("opens what AWS's own library packs", () => {
    const users = takeApart(Buffer.from(kinesisAggregatedFixture.Records[1]?.kinesis.data ?? "", "base64"));

    expect(users).toEqual([
      { data: Buffer.from('{"page":"/","user":"user-1"}'), partitionKey: "user-1", explicitHashKey: undefined },
      {
        data: Buffer.from('{"page":"/prices","user":"user-2"}'),
        partitionKey: "user-2",
        explicitHashKey: "339606600942967391854603552402021847292",
      },
      { data: Buffer.from('{"page":"/buy","user":"user-1"}'), partitionKey: "user-1", explicitHashKey: undefined },
    ]);
  });

  it.for([
    { what: "the smallest aggregate", message: [...PARTITION_KEY, ...RECORD], gives: 1 },
    { what: "no record", message: PARTITION_KEY, gives: 0 },
    { what: "no message", message: [], gives: 0 },
    { what: "a record before the key that it names", message: [...RECORD, ...PARTITION_KEY], gives: 1 },
    {
      what: "tags and unknown fields of every kind",
      message: [
        ...PARTITION_KEY,
        ...VARINT,
        ...FIXED_64,
        ...FIXED_32,
        ...field(0x1a, 0x08, 0, ...field(0x1a, 0x78), ...field(0x22, ...field(0x0a, 0x6b))),
      ],
      gives: 1,
    },
    { what: "a key that is not there", message: [...PARTITION_KEY, ...field(0x1a, 0x08, 1, ...field(0x1a, 0x78))], gives: "malformed" },
    { what: "no key", message: [...PARTITION_KEY, ...field(0x1a, ...field(0x1a, 0x78))], gives: "malformed" },
    { what: "no data", message: [...PARTITION_KEY, ...field(0x1a, 0x08, 0)], gives: "malformed" },
    {
      what: "a hash key that is not there",
      message: [...PARTITION_KEY, ...field(0x1a, 0x08, 0, 0x10, 0, ...field(0x1a, 0x78))],
      gives: "malformed",
    },
    { what: "a length beyond the end", message: [0x0a, 5, 0x61], gives: "malformed" },
    { what: "a length without an end", message: [0x0a, 0xff], gives: "malformed" },
    { what: "a number of more than 64 bits", message: [0x08, ...Array.from({ length: 11 }, () => 0xff), 1], gives: "malformed" },
    { what: "a length of 64 bits", message: [0x0a, ...Array.from({ length: 9 }, () => 0xff), 1, 0x61], gives: "malformed" },
    { what: "a group", message: [0x0b, 0x0c], gives: "malformed" },
    { what: "field 0", message: [0x02, 1, 0x61], gives: "malformed" },
  ])("reads $what", ({ message, gives }) => {
    const users = takeApart(aggregateOf(message));

    expect(Array.isArray(users) ? users.length : users).toBe(gives);
  });

  it.for([
    { what: "empty data", bytes: [] },
    { what: "the magic number alone", bytes: MAGIC },
    { what: "too few bytes for a digest", bytes: [...MAGIC, ...Array.from({ length: 15 }, () => 0)] },
    { what: "a digest that does not fit", bytes: [...MAGIC, ...PARTITION_KEY, ...RECORD, ...Array.from({ length: 16 }, () => 0)] },
    { what: "another magic number", bytes: [0xf3, 0x89, 0x9a, 0xc3, ...aggregateOf([...PARTITION_KEY, ...RECORD]).subarray(4)] },
  ])("takes $what for a record by itself", ({ bytes }) => {
    expect(takeApart(Buffer.from(bytes))).toBeUndefined();
  });

  it("inverts what the builder packs, and is found by its first characters", () => {
    const user = fc.record({
      data: fc.uint8Array({ maxLength: 300 }),
      partitionKey: fc.string({ unit: "grapheme", minLength: 1 }),
      explicitHashKey: fc.option(fc.stringMatching(/^[0-9]{1,38}$/), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(user, { maxLength: 200 }), (aggregate) => {
        const { data } = (kinesisEvent([{ aggregate }]).Records[0] as { kinesis: { data: string } }).kinesis;
        expect(mayBeAggregate(data)).toBe(true);
        const users = takeApart(Buffer.from(data, "base64"));
        expect(Array.isArray(users) && users.map((each) => ({ ...each, data: new Uint8Array(each.data) }))).toEqual(aggregate);
      }),
      { numRuns: 100 },
    );
  });

  it("never throws and never hangs, whatever the message is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (message) => {
        const users = takeApart(aggregateOf([...message]));
        expect(users === "malformed" || Array.isArray(users)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
