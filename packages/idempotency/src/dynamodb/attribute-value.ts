import { flat } from "../data/encode.ts";
import type { Json } from "../store.ts";

/** A value as DynamoDB's JSON has it. */
export interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
  readonly L?: readonly AttributeValue[];
  readonly M?: Readonly<Record<string, AttributeValue>>;
  readonly B?: string | Uint8Array;
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  readonly BS?: readonly (string | Uint8Array)[];
}

export type Item = Readonly<Record<string, AttributeValue>>;

/** How deep DynamoDB nests, less a few levels for the item and the marks. */
const DEPTH = 25;

/** JSON as an attribute; as text where DynamoDB could not hold it. */
export function toAttribute(data: Json): AttributeValue {
  return convert(fits(data, DEPTH) ? data : flat(data));
}

function fits(data: Json, depth: number): boolean {
  if (typeof data !== "object" || data === null) return true;
  // No name may be empty.
  return depth > 0 && Object.entries(data).every(([name, part]) => name !== "" && fits(part, depth - 1));
}

function convert(data: Json): AttributeValue {
  if (data === null) return { NULL: true };
  if (typeof data === "string") return { S: data };
  if (typeof data === "number") return { N: String(data) };
  if (typeof data === "boolean") return { BOOL: data };
  if (Array.isArray(data)) return { L: data.map(convert) };
  return { M: Object.fromEntries(Object.entries(data).map(([name, part]) => [name, convert(part)])) };
}

/** What an attribute holds; also what only others write: bytes and sets. */
export function fromAttribute(attribute: AttributeValue | undefined): unknown {
  const [type, value] = Object.entries(attribute ?? {}).find(([, held]) => held !== undefined) ?? [];
  switch (type) {
    case "N":
      return Number(value);
    case "NULL":
      return null;
    case "L":
      return (value as readonly AttributeValue[]).map(fromAttribute);
    case "M":
      return Object.fromEntries(Object.entries(value as Item).map(([name, part]) => [name, fromAttribute(part)]));
    case "B":
      return toBytes(value as string);
    case "SS":
      return new Set(value as readonly string[]);
    case "NS":
      return new Set((value as readonly string[]).map(Number));
    case "BS":
      return new Set((value as readonly string[]).map(toBytes));
    default:
      return value;
  }
}

function toBytes(value: string | Uint8Array): Uint8Array {
  return new Uint8Array(typeof value === "string" ? Buffer.from(value, "base64") : value);
}
