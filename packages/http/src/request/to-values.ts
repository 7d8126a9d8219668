import { unescape } from "node:querystring";
import type { Values } from "./http-request.ts";

/** A value a name, or several. */
export type Listed = Readonly<Record<string, string | readonly (string | null | undefined)[] | null | undefined>>;

/** The first value of each name, in an object without a prototype: a name that is not there gives `undefined`, `constructor` too. */
export function toValues(listed: Listed): Values {
  const values = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(listed)) {
    const first = typeof value === "string" ? value : value?.[0];
    if (typeof first === "string") values[name] = first;
  }
  return values;
}

/** The cookies of a `cookie` header by name, decoded where they are encoded; of several with one name the first, which is the nearest. */
export function toCookies(header: string): Values {
  const cookies = Object.create(null) as Record<string, string>;
  for (const pair of header.split(";")) {
    const at = pair.indexOf("=");
    const name = pair.slice(0, Math.max(at, 0)).trim();
    if (name === "" || name in cookies) continue;
    const value = pair.slice(at + 1).trim();
    // `unescape` leaves as it is what is no encoding.
    cookies[name] = unescape(/^".*"$/.test(value) ? value.slice(1, -1) : value);
  }
  return cookies;
}
