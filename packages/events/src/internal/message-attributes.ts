import { PayloadError } from "@lamella/core";

/**
 * A message attribute of SQS or SNS. `label` is the producer's own suffix of the type: `int` for `Number.int`.
 *
 * AWS: "Amazon SQS message metadata", "Amazon SNS message attributes".
 */
export type MessageAttribute =
  | { readonly type: "String"; readonly label: string | undefined; readonly value: string }
  /** `text` keeps the digits that do not fit into `value`. */
  | { readonly type: "Number"; readonly label: string | undefined; readonly value: number; readonly text: string }
  | { readonly type: "Binary"; readonly label: string | undefined; readonly value: Uint8Array };

interface RawAttribute {
  readonly dataType?: unknown;
  readonly stringValue?: unknown;
  readonly binaryValue?: unknown;
}

/**
 * The attributes by name, decoded.
 *
 * @throws {PayloadError} When one is malformed.
 */
export function toMessageAttributes(raw: Readonly<Record<string, RawAttribute>>): Readonly<Record<string, MessageAttribute>> {
  // No prototype: `__proto__` is a valid name.
  const attributes: Record<string, MessageAttribute> = Object.create(null);
  for (const [name, attribute] of Object.entries(raw)) {
    if (typeof attribute === "object" && attribute !== null) attributes[name] = toMessageAttribute(attribute, name);
  }
  return attributes;
}

function toMessageAttribute({ dataType = "String", stringValue = "", binaryValue = "" }: RawAttribute, name: string): MessageAttribute {
  if (typeof dataType !== "string" || typeof stringValue !== "string" || typeof binaryValue !== "string")
    throw new PayloadError({ part: `message attribute ${name}`, problem: "has a type or value that is no text" });
  const dot = dataType.indexOf(".");
  const type = dot === -1 ? dataType : dataType.slice(0, dot);
  const label = dot === -1 ? undefined : dataType.slice(dot + 1);
  if (type === "Binary") return { type, label, value: Buffer.from(binaryValue, "base64") };
  if (type === "Number") return { type, label, value: Number(stringValue), text: stringValue };
  return { type: "String", label, value: stringValue };
}
