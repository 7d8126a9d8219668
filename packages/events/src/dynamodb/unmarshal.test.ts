import { inspect } from "node:util";
import { dynamodbEvent } from "@lamella/testing";
import { dynamodbFixture } from "@lamella/testing/fixtures";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Numbers } from "./attributes.ts";
import { unmarshal } from "./unmarshal.ts";

const value = (attribute: unknown, numbers: Numbers = "bigint") => unmarshal({ a: attribute }, numbers, "image")["a"];

describe("unmarshal", () => {
  it("gives the plain values of every type", () => {
    expect(unmarshal(dynamodbFixture.Records[0]?.dynamodb?.NewImage, "bigint", "image")).toEqual({
      id: "order-1",
      quantity: 2,
      account: 12345678901234567890n,
      price: 3.95,
      isGift: false,
      note: null,
      signature: Buffer.from([1, 2, 255]),
      tags: new Set(["new", "pen"]),
      sizes: new Set([1, 2.5]),
      scans: new Set([Buffer.of(1), Buffer.of(2)]),
      lines: [{ sku: "pen", quantity: 2 }],
      address: { city: "Gent", zip: "9000" },
    });
  });

  it.for([
    { text: "0", bigint: 0, string: 0, number: 0 },
    { text: "-0", bigint: 0, string: 0, number: 0 },
    { text: "-17", bigint: -17, string: -17, number: -17 },
    { text: "999999999999999", bigint: 999_999_999_999_999, string: 999_999_999_999_999, number: 999_999_999_999_999 },
    { text: "9007199254740991", bigint: 2 ** 53 - 1, string: 2 ** 53 - 1, number: 2 ** 53 - 1 },
    { text: "9007199254740992", bigint: 2n ** 53n, string: "9007199254740992", number: 2 ** 53 },
    { text: "9007199254740993", bigint: 2n ** 53n + 1n, string: "9007199254740993", number: 2 ** 53 },
    { text: "-9007199254740993", bigint: -(2n ** 53n) - 1n, string: "-9007199254740993", number: -(2 ** 53) },
    { text: "9".repeat(38), bigint: BigInt("9".repeat(38)), string: "9".repeat(38), number: 1e38 },
    { text: "0.1", bigint: 0.1, string: 0.1, number: 0.1 },
    { text: "-3.950", bigint: -3.95, string: -3.95, number: -3.95 },
    { text: "1234567.89012345678", bigint: "1234567.89012345678", string: "1234567.89012345678", number: 1234567.8901234567 },
    { text: "0.30000000000000004", bigint: 0.30000000000000004, string: 0.30000000000000004, number: 0.30000000000000004 },
    { text: "1E+125", bigint: 1e125, string: 1e125, number: 1e125 },
    { text: "1.5e-130", bigint: 1.5e-130, string: 1.5e-130, number: 1.5e-130 },
    { text: "1E400", bigint: "1E400", string: "1E400", number: Number.POSITIVE_INFINITY },
    { text: "1000000000000000000000e-400", bigint: "1000000000000000000000e-400", string: "1000000000000000000000e-400", number: 0 },
  ])("makes of the number $text what the option says, and loses no digit unless told to", ({ text, ...gives }) => {
    for (const numbers of ["bigint", "string", "number"] as const) expect(value({ N: text }, numbers), numbers).toBe(gives[numbers]);
  });

  it("loses no digit of any number that DynamoDB has", () => {
    const digits = fc.stringMatching(/^-?(0|[1-9][0-9]{0,18})(\.[0-9]{0,18}[1-9])?$/);
    fc.assert(
      fc.property(digits, (text) => {
        const got = value({ N: text }) as number | bigint | string;
        // A number is only given where it stands for the same decimal.
        if (typeof got === "number" && !/e/.test(String(got))) expect(String(got)).toBe(text === "-0" ? "0" : text);
        else if (typeof got !== "number") expect(String(got)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  it.for([
    { what: "text", attribute: "x", says: "has what is no DynamoDB attribute value at /a" },
    { what: "null", attribute: null, says: "has what is no DynamoDB attribute value at /a" },
    { what: "no type", attribute: {}, says: "of a type that is none of DynamoDB's at /a" },
    { what: "an unknown type", attribute: { X: "1" }, says: "of a type that is none of DynamoDB's at /a" },
    { what: "a number in S", attribute: { S: 1 }, says: "has an S that is no text at /a" },
    { what: "a number in N", attribute: { N: 1 }, says: "has an N that is no number in text at /a" },
    { what: "nothing in N", attribute: { N: "" }, says: "has an N" },
    { what: "a blank in N", attribute: { N: " 1" }, says: "has an N" },
    { what: "a sign in N", attribute: { N: "-" }, says: "has an N" },
    { what: "a hexadecimal N", attribute: { N: "0x10" }, says: "has an N" },
    { what: "an infinite N", attribute: { N: "Infinity" }, says: "has an N" },
    { what: "NaN in N", attribute: { N: "NaN" }, says: "has an N" },
    { what: "other digits in N", attribute: { N: "١" }, says: "has an N" },
    { what: "text in BOOL", attribute: { BOOL: "true" }, says: "has a BOOL" },
    { what: "a NULL that is false", attribute: { NULL: false }, says: "has a NULL" },
    { what: "no base64 in B", attribute: { B: "a*b=" }, says: "has a B that is no base64 at /a" },
    { what: "base64 that is cut short", attribute: { B: "AQL/A" }, says: "has a B" },
    { what: "a list in M", attribute: { M: [] }, says: "is no map of DynamoDB attribute values at /a" },
    { what: "a map in L", attribute: { L: {} }, says: "has an L that is no list at /a" },
    { what: "text in SS", attribute: { SS: "x" }, says: "has a set that is no list at /a" },
    { what: "a number in SS", attribute: { SS: [1] }, says: "has an S that is no text at /a" },
    { what: "a place inside", attribute: { L: [{ S: "x" }, { M: { "b/c": { N: "x" } } }] }, says: "at /a/1/b~1c" },
  ])("says what is wrong with $what, and where", ({ attribute, says }) => {
    const error = capture(() => value(attribute));

    expect(error).toMatchObject({ code: "LAMELLA_PAYLOAD", part: "image", message: expect.stringContaining(says) });
    expect((error as { issues: { path: unknown[] }[] }).issues[0]?.path[0]).toBe("a");
  });

  it.for([{ image: undefined }, { image: null }, { image: "x" }, { image: [] }])("refuses the image $image", ({ image }) => {
    expect(capture(() => unmarshal(image, "bigint", "image"))).toMatchObject({
      message: "The image is no map of DynamoDB attribute values. Fix the producer, or the schema.",
    });
  });

  it.for([
    { json: '{"__proto__":{"S":"x"}}' },
    { json: '{"__proto__":{"M":{"admin":{"BOOL":true}}}}' },
    { json: '{"a":{"L":[{"M":{"__proto__":{"M":{}}}}]}}' },
    { json: '{"constructor":{"M":{"prototype":{"M":{"admin":{"BOOL":true}}}}}}' },
  ])("refuses $json, which could change every object", ({ json }) => {
    expect(capture(() => unmarshal(JSON.parse(json), "bigint", "image"))).toMatchObject({ code: "LAMELLA_PAYLOAD" });
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });

  it.for([{ json: '{"constructor":{"S":"Ferrari"}}' }, { json: '{"constructor":{"NULL":true},"prototype":{"M":{}}}' }])(
    "takes $json",
    ({ json }) => {
      expect(Object.keys(unmarshal(JSON.parse(json), "bigint", "image"))).toEqual(Object.keys(JSON.parse(json) as object));
    },
  );

  it.for([
    { levels: 100, of: ["L"], fits: true },
    { levels: 101, of: ["L"], fits: false },
    { levels: 100, of: ["M"], fits: true },
    { levels: 101, of: ["M"], fits: false },
    { levels: 100_000, of: ["L", "M"], fits: false },
  ])("reads $levels levels of $of: $fits", ({ levels, of, fits }) => {
    let nested: unknown = { S: "deep" };
    for (let level = 0; level < levels; level++) nested = of[level % of.length] === "L" ? { L: [nested] } : { M: { m: nested } };

    if (fits) expect(inspect(value(nested), { depth: null })).toContain("deep");
    else
      expect(capture(() => value(nested))).toMatchObject({ code: "LAMELLA_PAYLOAD", message: expect.stringContaining("deeper than 100") });
  });

  it("passes over what it does not know beside a type", () => {
    expect(value({ S: "x", fieldOfTheFuture: 1 })).toBe("x");
  });

  it("changes nothing in the event", () => {
    const image = Object.freeze({ a: Object.freeze({ N: "1" }) });

    expect(unmarshal(image, "bigint", "image")).toEqual({ a: 1 });
    expect(image).toEqual({ a: { N: "1" } });
  });

  it("does not quote what it refuses", () => {
    expect(inspect(capture(() => value({ N: "secret" })))).not.toContain("secret");
  });

  it("inverts what the builder makes of an item", () => {
    const text = fc.string();
    const { attribute } = fc.letrec((tie) => ({
      attribute: fc.oneof(
        text,
        fc.integer(),
        fc
          .double({ noNaN: true, noDefaultInfinity: true })
          .filter((number) => !Number.isInteger(number) || Number.isSafeInteger(number))
          .map((number) => number + 0),
        fc.bigInt({ min: 2n ** 53n, max: 10n ** 38n - 1n }),
        fc.boolean(),
        fc.constant(null),
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        fc.array(text, { minLength: 1 }).map((list) => new Set(list)),
        fc.array(fc.integer(), { minLength: 1 }).map((list) => new Set(list)),
        fc.array(tie("attribute"), { maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie("attribute"), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(attribute, (plain) => {
        const image = JSON.parse(JSON.stringify(dynamodbEvent([{ newImage: { a: plain } }]).Records[0]?.dynamodb?.NewImage)) as unknown;
        expect(unmarshal(image, "bigint", "image")["a"]).toEqual(plain);
      }),
      { numRuns: 300 },
    );
  });
});

function capture(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
