import { OutputError } from "@lamella/core";
import type { HeaderValues } from "./reply.ts";

/** The headers of a response, as services want them. */
export interface HeaderFields {
  /** One value a name, in lower case. */
  readonly values: Record<string, string>;
  /** The `set-cookie` headers: the only ones that commas cannot join. */
  readonly cookies: readonly string[];
}

/** What the name of a header may be. */
export const TOKEN: RegExp = /^[\w!#$%&'*+.^`|~-]+$/;
// Visible characters, spaces, and the upper half of Latin-1: nothing that could end the line and begin another header.
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Sorts the headers that a handler gave. `type` is the content type where they have none.
 *
 * @throws {OutputError} When a name or value is none that HTTP can carry, a line break among them.
 */
export function toFields(given: HeaderValues | undefined, type: string | undefined): HeaderFields {
  const values: Record<string, string> = {};
  const cookies: string[] = [];
  for (const name in given) {
    const lower = name.toLowerCase();
    const list = given[name] ?? [];
    for (const value of typeof list === "string" ? [list] : list) {
      const text = checked(lower, value);
      if (lower === "set-cookie") cookies.push(text);
      // Two spellings of one name are one header.
      else values[lower] = Object.hasOwn(values, lower) ? `${values[lower]}, ${text}` : text;
    }
  }
  if (type !== undefined) values["content-type"] ??= type;
  return { values, cookies };
}

/** The fields of a web `Headers`, which has checked them. */
export function fromHeaders(headers: Headers): HeaderFields {
  const values: Record<string, string> = {};
  for (const [name, value] of headers) if (name !== "set-cookie") values[name] = value;
  return { values, cookies: headers.getSetCookie() };
}

/** A web `Headers` of the fields. */
export function toWebHeaders({ values, cookies }: HeaderFields): Headers {
  const headers = new Headers(values);
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return headers;
}

function checked(name: string, value: string): string {
  if (TOKEN.test(name) && VALUE.test(value)) return value;
  // Without the value, which may be secret.
  throw new OutputError({
    part: `header ${JSON.stringify(name.slice(0, 40))}`,
    problem: "has a line break, or another character that no header has",
  });
}
