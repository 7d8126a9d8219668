import { PayloadError } from "@lamella/core";
import type { Numbers } from "../dynamodb/attributes.ts";
import { fromBase64 } from "../internal/base64.ts";
import { isObject } from "../internal/is-object.ts";
import { toNumber } from "../internal/to-number.ts";

// MongoDB nests 100 levels; what comes from elsewhere may not exhaust the stack.
const MAX_DEPTH = 200;

/**
 * The plain value of MongoDB's extended JSON, canonical or relaxed: ids as text, dates as `Date`, bytes as `Uint8Array`,
 * numbers as `numbers` says. What has no counterpart in JavaScript stays as it is, such as `{ $timestamp: { t, i } }`.
 *
 * @throws {PayloadError} When it is malformed, or nests too deep.
 */
export function fromExtendedJson(value: unknown, numbers: Numbers, part: string, depth = 0): unknown {
  if (!isObject(value)) return value;
  if (depth === MAX_DEPTH) throw new PayloadError({ part, problem: `nests more than ${MAX_DEPTH} levels` });
  if (Array.isArray(value)) return value.map((one) => fromExtendedJson(one, numbers, part, depth + 1));
  const names = Object.keys(value);
  const [name = ""] = names;
  if (name.startsWith("$") && names.length <= 2) {
    const read = READERS[name];
    if (read !== undefined && (names.length === 1 || name === "$binary")) {
      const plain = read(value[name], numbers);
      if (plain === MALFORMED) throw new PayloadError({ part, problem: `has a ${name} that is malformed` });
      return plain;
    }
    // Others have members that mean something else than what they look like.
    if (names.length === 1) return value;
  }
  return Object.fromEntries(names.map((each) => [each, fromExtendedJson(value[each], numbers, part, depth + 1)]));
}

// A value may be `undefined` itself.
const MALFORMED = {};

const READERS: Readonly<Record<string, ((value: unknown, numbers: Numbers) => unknown) | undefined>> = {
  // No prototype: a member may have any name.
  __proto__: null as never,
  $oid: text,
  $uuid: text,
  $symbol: text,
  $undefined: () => undefined,
  $numberInt: (value) => number(value, "number"),
  $numberDouble: double,
  $numberLong: number,
  $numberDecimal: (value, numbers) => (value === "NaN" || isInfinite(value) ? Number(value) : number(value, numbers)),
  $date: (value) => {
    const ms = isObject(value) ? number(value["$numberLong"], "number") : value;
    return typeof ms === "string" || typeof ms === "number" ? validDate(ms) : MALFORMED;
  },
  // The first form is of extended JSON 2, the second of 1.
  $binary: (value) => {
    const base64 = isObject(value) ? value["base64"] : value;
    return (typeof base64 === "string" ? fromBase64(base64) : undefined) ?? MALFORMED;
  },
};

function text(value: unknown): unknown {
  return typeof value === "string" ? value : MALFORMED;
}

function number(value: unknown, numbers: Numbers): unknown {
  return (typeof value === "string" ? toNumber(value, numbers) : undefined) ?? MALFORMED;
}

/** A double is a JavaScript number, also where text of it has more digits. */
function double(value: unknown): unknown {
  if (typeof value !== "string") return MALFORMED;
  return value === "NaN" || isInfinite(value) ? Number(value) : number(value, "number");
}

function isInfinite(value: unknown): boolean {
  return value === "Infinity" || value === "-Infinity";
}

function validDate(value: string | number): unknown {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? MALFORMED : date;
}
