import type { Json } from "../store.ts";

/** The member that tells what JSON cannot hold from a plain object. */
export const MARK = "~lamella";

/** How deep a value may be nested. */
const DEPTH = 500;

/** Why a value cannot be stored. The message names the place and no values. */
export class NotStorable extends Error {}

/**
 * Makes JSON of what a handler returned. Plain data stays as it is, so that others can read it; `undefined`, dates,
 * BigInts, bytes, maps, sets and the numbers that JSON lacks are marked.
 *
 * @throws {NotStorable} For a cycle, a class, a function or a symbol.
 */
export function encode(value: unknown): Json | undefined {
  // Nothing at all is no data, as in the records of others.
  return value === undefined ? undefined : encodePart(value, [], new Set());
}

function encodePart(value: unknown, path: readonly string[], above: Set<object>): Json {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return isPlainNumber(value) ? value : marked("number", Object.is(value, -0) ? "-0" : String(value));
    case "bigint":
      return marked("bigint", String(value));
    case "undefined":
      return marked("undefined");
    case "object":
      return value === null ? null : encodeObject(value, path, above);
    default:
      throw notStorable(`a ${typeof value}`, path);
  }
}

function encodeObject(value: object, path: readonly string[], above: Set<object>): Json {
  if (above.has(value)) throw notStorable("a cycle", path);
  if (above.size >= DEPTH) throw notStorable("nested too deeply", []);
  above.add(value);
  const inner = (part: unknown, name: string): Json => encodePart(part, [...path, name], above);
  const list = (parts: Iterable<unknown>): Json[] => Array.from(parts, (part, index) => inner(part, String(index)));
  try {
    if (Array.isArray(value)) return list(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === null || prototype === Object.prototype) {
      const entries = Object.entries(value).map(([name, part]) => [name, inner(part, name)] as const);
      return MARK in value
        ? marked(
            "object",
            entries.map(([name, part]) => [name, part]),
          )
        : Object.fromEntries(entries);
    }
    // By its tag: fake timers, for one, put a class of their own in the place of `Date`.
    if (Object.prototype.toString.call(value) === "[object Date]")
      return marked("date", Number.isNaN((value as Date).getTime()) ? null : (value as Date).getTime());
    if (prototype === Uint8Array.prototype || prototype === Buffer.prototype)
      return marked(
        "bytes",
        Buffer.from((value as Uint8Array).buffer, (value as Uint8Array).byteOffset, (value as Uint8Array).length).toString("base64"),
      );
    if (prototype === Map.prototype) return marked("map", Array.from(value as Map<unknown, unknown>, list));
    if (prototype === Set.prototype) return marked("set", list(value as Set<unknown>));
    throw notStorable("an object of a class", path);
  } finally {
    above.delete(value);
  }
}

/** Finite, and in the range that DynamoDB has as well. */
function isPlainNumber(value: number): boolean {
  const size = Math.abs(value);
  return size === 0 ? !Object.is(value, -0) : size > 1e-120 && size < 1e120;
}

function marked(kind: string, value: Json = null): Json {
  return { [MARK]: [kind, value] };
}

/** What stands for an outcome that could not be stored. */
export function lost(reason: string): Json {
  return marked("lost", reason);
}

/** What a layer has answered, which the source has not normalised yet. */
export function answered(data: Json | undefined): Json {
  return data === undefined ? marked("answer", []) : marked("answer", [data]);
}

/** JSON as text, for stores that cannot nest as deeply. */
export function flat(data: Json): Json {
  return marked("json", JSON.stringify(data));
}

function notStorable(what: string, path: readonly string[]): NotStorable {
  return new NotStorable(path.length === 0 ? `it is ${what}` : `${what} at /${path.join("/").slice(0, 100)}`);
}
