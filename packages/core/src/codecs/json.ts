import { PayloadError } from "../errors/payload-error.ts";
import type { Codec, Schema } from "./codec.ts";
import { toText } from "./text.ts";
import { validate } from "./validate.ts";

/**
 * JSON, and what `schema` makes of it; without a schema `unknown`.
 *
 * Text that names `__proto__` or `constructor.prototype` as a key is refused: merged into another object it would
 * change every object.
 */
export function json<Value = unknown>(schema?: Schema<Value>): Codec<Value> {
  return {
    "~media": "json",
    "~decode": (raw, part) => {
      const value = parseJson(toText(raw, part), part);
      return schema === undefined ? (value as Value) : validate(schema, value, part);
    },
  };
}

// Searching the text is cheaper than looking at every key. `proto` is in both names, and an escape may spell any part of it.
const SUSPICIOUS = /proto|\\u00[67]/;

/**
 * @throws {PayloadError} When `text` is not JSON or has a key that pollutes prototypes.
 */
export function parseJson(text: string, part: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    // Without what V8 says: it quotes the payload.
    throw new PayloadError({
      part,
      problem: text === "" ? "is empty, where JSON was expected" : `is not JSON (${text.length} characters)`,
      cause,
    });
  }
  if (SUSPICIOUS.test(text)) refusePollution(value, part);
  return value;
}

/**
 * Looks at every key of what was parsed by somebody else.
 *
 * @throws {PayloadError} When one of them pollutes prototypes.
 */
export function refusePollution(parsed: unknown, part: string): void {
  if (!pollutes(parsed)) return;
  throw new PayloadError({ part, problem: "has a key __proto__ or constructor.prototype, which could change every object" });
}

function pollutes(parsed: unknown): boolean {
  // A list of what is left to look at, because the nesting may be deeper than the stack.
  const left: unknown[] = [];
  for (let value = parsed; value !== undefined; value = left.pop()) {
    if (typeof value !== "object" || value === null) continue;
    for (const key in value) {
      if (key === "__proto__") return true;
      const member: unknown = (value as Record<string, unknown>)[key];
      if (typeof member !== "object" || member === null) continue;
      if (key === "constructor" && Object.hasOwn(member, "prototype")) return true;
      left.push(member);
    }
  }
  return false;
}
