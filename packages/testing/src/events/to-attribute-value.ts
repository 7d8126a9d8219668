import type { AttributeValue } from "aws-lambda";

/** A plain item as DynamoDB has it in its events. Members that are `undefined` are left out. */
export function toAttributeMap(item: Readonly<Record<string, unknown>>): Record<string, AttributeValue> {
  const present = Object.entries(item).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present.map(([name, value]) => [name, toAttributeValue(value)]));
}

/**
 * @throws {TypeError} When DynamoDB has no type for a value.
 */
function toAttributeValue(value: unknown): AttributeValue {
  switch (typeof value) {
    case "string":
      return { S: value };
    case "boolean":
      return { BOOL: value };
    case "bigint":
      return { N: String(value) };
    case "number":
      if (!Number.isFinite(value)) break;
      return { N: String(value) };
    case "object":
      if (value === null) return { NULL: true };
      if (value instanceof Uint8Array) return { B: toBase64(value) };
      if (Array.isArray(value)) return { L: value.map(toAttributeValue) };
      if (value instanceof Set) return toSet([...(value as Set<unknown>)]);
      if (value instanceof Date) break;
      return { M: toAttributeMap(value as Readonly<Record<string, unknown>>) };
    default:
  }
  throw new TypeError(
    `DynamoDB has no type for ${value instanceof Date ? "a Date" : typeof value === "number" ? value : `a ${typeof value}`}`,
  );
}

function toSet(members: readonly unknown[]): AttributeValue {
  if (members.length === 0) throw new TypeError("DynamoDB has no empty sets");
  if (members.every((member) => typeof member === "string")) return { SS: [...members] };
  if (members.every((member) => typeof member === "number" || typeof member === "bigint")) return { NS: members.map(String) };
  if (members.every((member) => member instanceof Uint8Array)) return { BS: members.map(toBase64) };
  throw new TypeError("A set of DynamoDB has members of one type: text, numbers or bytes");
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
