import { OutcomeNotStoredError } from "../errors/outcome-not-stored-error.ts";
import { MARK } from "./encode.ts";

/**
 * Makes what a handler returned of stored data, new at each call.
 *
 * @throws {OutcomeNotStoredError} When it could not be stored.
 */
export function decode(data: unknown): unknown {
  if (typeof data !== "object" || data === null) return data;
  if (Array.isArray(data)) return data.map(decode);
  if (data instanceof Uint8Array) return new Uint8Array(data);
  if (data instanceof Set) return new Set([...data].map(decode));
  if (Object.hasOwn(data, MARK)) return unmarked((data as Record<typeof MARK, unknown>)[MARK] as [string, unknown]);
  return Object.fromEntries(Object.entries(data).map(([name, part]) => [name, decode(part)]));
}

/** Whether what was stored is what a layer had answered. */
export function wasAnswered(data: unknown): boolean {
  const mark = typeof data === "object" && data !== null ? (data as Partial<Record<typeof MARK, unknown>>)[MARK] : undefined;
  return Array.isArray(mark) && mark[0] === "answer";
}

type Pair = [unknown, unknown];

function unmarked([kind, value]: [kind: string, value: unknown]): unknown {
  switch (kind) {
    case "undefined":
      return undefined;
    case "number":
      return Number(value);
    case "bigint":
      return BigInt(value as string);
    case "date":
      return new Date(value === null ? NaN : (value as number));
    case "bytes":
      return new Uint8Array(Buffer.from(value as string, "base64"));
    case "map":
      return new Map((value as Pair[]).map(([key, part]) => [decode(key), decode(part)]));
    case "set":
      return new Set((value as unknown[]).map(decode));
    case "object":
      return Object.fromEntries((value as Pair[]).map(([name, part]) => [name as string, decode(part)]));
    case "json":
      return decode(JSON.parse(value as string));
    case "answer":
      return decode((value as readonly unknown[])[0]);
    case "lost":
      throw new OutcomeNotStoredError(String(value));
    default:
      throw new OutcomeNotStoredError(`it was written by another version, as ${kind}`);
  }
}
