import type { Json } from "../store.ts";
import { encode } from "./encode.ts";

/** What payloads are told apart by: `md5` is what Powertools writes. */
export type Hash = "sha256" | "md5";

/**
 * A value as text, the same for equal values in whichever order their members stand, and the same as Powertools' for
 * plain data.
 *
 * @throws {NotStorable} When the value has a cycle, a class or a function.
 */
export function canonical(value: unknown): string {
  return JSON.stringify(sorted(encode(value) ?? null));
}

export function hashOf(text: string, hash: Hash): string {
  return process.getBuiltinModule("node:crypto").createHash(hash).update(text).digest("base64");
}

/** Whether a record is of a payload; the record's hash may be of either kind. */
export function isOf(payload: string, stored: string): boolean {
  return hashOf(payload, stored.length === 24 ? "md5" : "sha256") === stored;
}

function sorted(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => byName(a.toLowerCase(), b.toLowerCase()) || byName(a, b))
      .map(([name, part]) => [name, sorted(part)]),
  );
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
