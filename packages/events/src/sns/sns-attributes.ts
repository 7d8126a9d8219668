import { type MessageAttribute, toMessageAttributes } from "../internal/message-attributes.ts";

/**
 * A message attribute of SNS: as one of SQS, or a list.
 *
 * AWS: "Amazon SNS message attributes".
 */
export type SnsAttribute =
  | MessageAttribute
  /** Of the type `String.Array`. */
  | { readonly type: "Array"; readonly label: undefined; readonly value: readonly (string | number | boolean | null)[] };

interface RawAttribute {
  readonly Type?: unknown;
  readonly Value?: unknown;
}

/**
 * The attributes by name, decoded.
 *
 * @throws {PayloadError} When one is malformed.
 */
export function toSnsAttributes(raw: Readonly<Record<string, RawAttribute>>): Readonly<Record<string, SnsAttribute>> {
  // As entries, so that a name like `__proto__` stays a name.
  const renamed = Object.entries(raw).map(([name, attribute]) => [name, rename(attribute)] as const);
  const attributes: Record<string, SnsAttribute> = toMessageAttributes(Object.fromEntries(renamed) as never);
  for (const [name, attribute] of Object.entries(attributes)) attributes[name] = toList(attribute) ?? attribute;
  return attributes;
}

/** SQS has members of their own for text and bytes. */
function rename(attribute: RawAttribute | null): object | null {
  if (typeof attribute !== "object" || attribute === null) return null;
  const { Type: dataType, Value: value } = attribute;
  return { dataType, stringValue: value, binaryValue: value };
}

function toList({ type, label, value }: SnsAttribute): SnsAttribute | undefined {
  if (type !== "String" || label !== "Array") return undefined;
  try {
    const list: unknown = JSON.parse(value);
    const isList = Array.isArray(list) && list.every((member) => typeof member !== "object" || member === null);
    return isList ? { type: "Array", label: undefined, value: list } : undefined;
  } catch {
    return undefined;
  }
}
