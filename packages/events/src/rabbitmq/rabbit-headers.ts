import { isObject } from "../internal/is-object.ts";
import { toBytes } from "../internal/to-bytes.ts";

// Tables nest; what comes from elsewhere may not exhaust the stack.
const MAX_DEPTH = 100;

/** The headers with their text as text: Lambda sends it as arrays of bytes, at any depth. */
export function toRabbitHeaders(raw: unknown, depth = 0): Readonly<Record<string, unknown>> {
  // No prototype: `__proto__` is a valid name.
  const headers: Record<string, unknown> = Object.create(null);
  if (isObject(raw) && depth < MAX_DEPTH) for (const [name, value] of Object.entries(raw)) headers[name] = toValue(value, depth + 1);
  return headers;
}

function toValue(value: unknown, depth: number): unknown {
  if (Array.isArray(value)) return depth < MAX_DEPTH ? value.map((one) => toValue(one, depth + 1)) : [];
  if (!isObject(value)) return value;
  const { bytes } = value;
  if (Array.isArray(bytes) && Object.keys(value).length === 1) return Buffer.from(toBytes(bytes)).toString();
  return toRabbitHeaders(value, depth);
}
