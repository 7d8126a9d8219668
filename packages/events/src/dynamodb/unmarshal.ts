import { PayloadError } from "@lamella/core";
import { toPointer } from "@lamella/core/extend";
import { fromBase64 } from "../internal/base64.ts";
import { toNumber as readNumber } from "../internal/to-number.ts";
import type { Attribute, Attributes, Numbers } from "./attributes.ts";

// DynamoDB nests 32 levels; what comes from elsewhere may not exhaust the stack.
const MAX_DEPTH = 100;

/** An attribute value as it comes: of its members one is there, and nobody has checked it. */
type RawValue = { readonly [Type in "S" | "N" | "BOOL" | "NULL" | "M" | "L" | "B" | "SS" | "NS" | "BS"]?: unknown };

/** What is wrong, and where; found deep inside, so that the path grows on the way out. */
class Malformed extends Error {
  readonly path: (string | number)[] = [];
}

/**
 * The plain values of a map of attribute values, such as an image of a stream record.
 *
 * @throws {PayloadError} When it is no such map, or has a key that pollutes prototypes.
 */
export function unmarshal(map: unknown, numbers: Numbers, part: string): Attributes {
  try {
    return toMap(map, numbers, 0);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const { message, path } = error;
    const place = path.length === 0 ? "" : ` at ${toPointer(path)}`;
    throw new PayloadError({ part, problem: `${message}${place}`, issues: [{ message, path }] });
  }
}

function toMap(map: unknown, numbers: Numbers, depth: number): Attributes {
  if (typeof map !== "object" || map === null || Array.isArray(map)) throw new Malformed("is no map of DynamoDB attribute values");
  if (depth > MAX_DEPTH) throw new Malformed(`is nested deeper than ${MAX_DEPTH} levels`);
  // A copy, whose members are then replaced: adding one after the other takes three times as long.
  const values = { ...map } as Record<string, Attribute>;
  let name = "";
  try {
    for (const key in map) {
      name = key;
      const value = toValue((map as Record<string, unknown>)[key], numbers, depth);
      // Merged into another object such keys would change every object.
      if (key === "__proto__" || (key === "constructor" && hasPrototype(value)))
        throw new Malformed("has a key __proto__ or constructor.prototype, which could change every object");
      values[key] = value;
    }
  } catch (error) {
    throw inside(error, name);
  }
  return values;
}

function toList(list: unknown, numbers: Numbers, depth: number): Attribute[] {
  if (!Array.isArray(list)) throw new Malformed("has an L that is no list");
  if (depth > MAX_DEPTH) throw new Malformed(`is nested deeper than ${MAX_DEPTH} levels`);
  const values: Attribute[] = [];
  let index = 0;
  try {
    for (; index < list.length; index++) values.push(toValue(list[index], numbers, depth));
  } catch (error) {
    throw inside(error, index);
  }
  return values;
}

// By the members themselves, the frequent ones first: to list them takes longer than all the rest.
function toValue(attribute: unknown, numbers: Numbers, depth: number): Attribute {
  if (typeof attribute !== "object" || attribute === null) throw new Malformed("has what is no DynamoDB attribute value");
  const { S: text } = attribute as RawValue;
  if (text !== undefined) return toText(text);
  const { N: number } = attribute as RawValue;
  if (number !== undefined) return toNumber(number, numbers);
  return toRareValue(attribute, numbers, depth);
}

function toRareValue({ BOOL, NULL, M, L, B, SS, NS, BS }: RawValue, numbers: Numbers, depth: number): Attribute {
  if (BOOL !== undefined) {
    if (typeof BOOL !== "boolean") throw new Malformed("has a BOOL that is neither true nor false");
    return BOOL;
  }
  if (M !== undefined) return toMap(M, numbers, depth + 1);
  if (L !== undefined) return toList(L, numbers, depth + 1);
  if (NULL !== undefined) {
    if (NULL !== true) throw new Malformed("has a NULL that is not true");
    return null;
  }
  if (B !== undefined) return toBytes(B);
  if (SS !== undefined) return toSet(SS, toText);
  if (NS !== undefined) return toSet(NS, (each) => toNumber(each, numbers));
  if (BS !== undefined) return toSet(BS, toBytes);
  throw new Malformed("has an attribute value of a type that is none of DynamoDB's");
}

function toText(value: unknown): string {
  if (typeof value !== "string") throw new Malformed("has an S that is no text");
  return value;
}

function toNumber(value: unknown, numbers: Numbers): number | bigint | string {
  const number = typeof value === "string" ? readNumber(value, numbers) : undefined;
  if (number === undefined) throw new Malformed("has an N that is no number in text");
  return number;
}

function toBytes(value: unknown): Uint8Array {
  // In events it is base64; the SDK's clients give bytes.
  const bytes = typeof value === "string" ? fromBase64(value) : value;
  if (!(bytes instanceof Uint8Array)) throw new Malformed("has a B that is no base64");
  return bytes;
}

function toSet<Member extends string | number | bigint | Uint8Array>(value: unknown, toMember: (value: unknown) => Member): Set<Member> {
  if (!Array.isArray(value)) throw new Malformed("has a set that is no list");
  const members = new Set<Member>();
  for (const member of value) members.add(toMember(member));
  return members;
}

function hasPrototype(value: Attribute): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "prototype");
}

function inside(error: unknown, key: string | number): unknown {
  if (error instanceof Malformed) error.path.unshift(key);
  return error;
}
