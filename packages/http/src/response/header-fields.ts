import { OutputError } from "@lamella/core";
import type { HeaderValues } from "./reply.ts";

/** The headers of a response, as services want them. */
export interface HeaderFields {
  /** One value a name, in lower case. */
  readonly values: Record<string, string>;
  /** The `set-cookie` headers: the only ones that commas cannot join. */
  readonly cookies: readonly string[];
}

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
// Visible characters, spaces, and the upper half of Latin-1: nothing that could end the line and begin another header.
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Sorts the headers that a handler gave.
 *
 * @throws {OutputError} When a name or value is none that HTTP can carry, a line break among them.
 */
export function toFields(given: HeaderValues | undefined, type: string | undefined): HeaderFields {
  const values: Record<string, string> = {};
  if (type !== undefined) values["content-type"] = type;
  if (given === undefined) return { values, cookies: [] };
  const cookies: string[] = [];
  const seen = new Set<string>();
  for (const [name, list] of Object.entries(given) as [string, string | readonly string[] | undefined][]) {
    if (list === undefined) continue;
    const lower = name.toLowerCase();
    const all = (Array.isArray(list) ? list : [list]).map((value) => checked(lower, String(value)));
    if (lower === "set-cookie") cookies.push(...all);
    // The first of a name takes the place of a default, and two spellings of one name are one header.
    else if (seen.has(lower)) values[lower] += `, ${all.join(", ")}`;
    else values[lower] = all.join(", ");
    seen.add(lower);
  }
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
  const problem = "has a name or value that no HTTP header can have, such as a line break or a character beyond Latin-1";
  throw new OutputError({ part: `header ${JSON.stringify(name.slice(0, 40))}`, problem });
}
