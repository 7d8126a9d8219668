import { mustBe } from "@lamella/core/extend";
import type { HttpRequest } from "../request/http-request.ts";

/** Decides whether pages of an origin may read the replies. */
export type AllowsOrigin = (origin: string, request: HttpRequest) => boolean | Promise<boolean>;

/** Which origins are allowed: all, those of a list, or those that a function allows. */
export type CorsOrigins = "*" | readonly (string | RegExp)[] | AllowsOrigin;

const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/(\*\.)?([a-z\d_-]+(\.[a-z\d_-]+)*|\[[\da-f:]+\])(:(\d{1,5}|\*))?$/;
const WHAT = "an origin as browsers send it (https://app.example.com), with *. before its host or * as its port if wanted, or a RegExp";

/**
 * What tells whether an origin is allowed; `undefined` where all are.
 *
 * @throws {TypeError} At load, when `origins` is of the wrong kind.
 * @throws {RangeError} At load, when one of the list is no origin.
 */
export function allowsOrigin(origins: CorsOrigins): AllowsOrigin | undefined {
  if (origins === "*") return undefined;
  if (typeof origins === "function") return origins;
  mustBe(Array.isArray(origins) && origins.length > 0, "cors({ origins })", '"*", a list that is not empty, or a function', origins);
  const exact = new Set<string>();
  const patterns: RegExp[] = [];
  for (const origin of origins) {
    if (origin instanceof RegExp) {
      // On the whole origin: of /example\.com/ nobody means https://example.com.evil.test. Without flags that keep a state.
      patterns.push(new RegExp(`^(?:${origin.source})$`, origin.flags.replaceAll(/[gy]/g, "")));
      continue;
    }
    mustBe(typeof origin === "string", "one of cors({ origins })", WHAT, origin);
    // Not `null` either: any page in a sandboxed frame sends it.
    mustBe(ORIGIN.test(origin), "one of cors({ origins })", WHAT, origin, RangeError);
    if (origin.includes("*")) patterns.push(toPattern(origin));
    else exact.add(origin);
  }
  return (origin) => exact.has(origin) || patterns.some((pattern) => pattern.test(origin));
}

/** One subdomain or several for `*.`, and any port for `:*`, or none. */
function toPattern(origin: string): RegExp {
  const source = origin
    .replaceAll(/[.+[\]]/g, "\\$&")
    .replace("://*\\.", "://(?:[a-z\\d_-]+\\.)+")
    .replace(/:\*$/, "(?::\\d+)?");
  return new RegExp(`^${source}$`);
}
