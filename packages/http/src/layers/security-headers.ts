import type { Layer } from "@lamella/core";
import { mustBe } from "@lamella/core/extend";
import { httpLayer } from "../http-layer.ts";
import type { HttpRequest } from "../request/http-request.ts";
import { outermost } from "./outermost.ts";
import { stamp } from "./stamp.ts";

/** A value for the header, or `false` for none. */
export type SecurityHeader = string | false | undefined;

export interface SecurityHeadersOptions {
  /** What a page may load, and who may show it in a frame. @default everything from its own origin, no plugins, in no frame */
  readonly contentSecurityPolicy?: SecurityHeader;
  /** Whether a page shares its window with those that opened it. @default "same-origin" */
  readonly crossOriginOpenerPolicy?: SecurityHeader;
  /** Who may load a reply without CORS, as an image for example. @default "same-origin" */
  readonly crossOriginResourcePolicy?: SecurityHeader;
  /** What a page may load from other origins: `require-corp` for those that need to be isolated. @default false */
  readonly crossOriginEmbedderPolicy?: SecurityHeader;
  /** Whether the browser keeps the origin in a process of its own. @default "?1" */
  readonly originAgentCluster?: SecurityHeader;
  /** Which features of the browser a page may use. @default no camera, no location, no microphone */
  readonly permissionsPolicy?: SecurityHeader;
  /** What pages tell of themselves to those that they link to. @default "no-referrer" */
  readonly referrerPolicy?: SecurityHeader;
  /** How long browsers come with TLS only. @default "max-age=31536000; includeSubDomains" */
  readonly strictTransportSecurity?: SecurityHeader;
  /** Whether browsers may guess at content types. @default "nosniff" */
  readonly xContentTypeOptions?: SecurityHeader;
  /** Whether browsers look up the hosts of links beforehand. @default "off" */
  readonly xDnsPrefetchControl?: SecurityHeader;
  /** Who may show a page in a frame, for browsers that do not know `frame-ancestors`. @default "DENY" */
  readonly xFrameOptions?: SecurityHeader;
  /** What Adobe's programs may load. @default "none" */
  readonly xPermittedCrossDomainPolicies?: SecurityHeader;
}

/**
 * Puts headers on every reply that tell browsers to be strict, on those of errors as well. A header that the handler sets
 * itself stays, and `x-powered-by` goes.
 *
 * OWASP: "HTTP Security Response Headers Cheat Sheet".
 *
 * @throws {TypeError} At load, when a header's value is neither text nor `false`, or there is no such header.
 * @throws {RangeError} At load, when a header's value cannot be sent.
 * @example
 * export const handler = wrap(httpApi(), securityHeaders({ xFrameOptions: false }), async () => page());
 */
export function securityHeaders(options: SecurityHeadersOptions = {}): Layer<HttpRequest, {}, {}> {
  for (const name of Object.keys(options)) mustBe(name in DEFAULTS, "a name in securityHeaders(…)", "one of its headers", name);
  const headers: [name: string, value: string][] = [];
  for (const [option, byDefault] of Object.entries(DEFAULTS)) {
    const value = options[option as keyof SecurityHeadersOptions] ?? byDefault;
    if (value === false) continue;
    const where = `securityHeaders({ ${option} })`;
    mustBe(typeof value === "string", where, "a header's value, or false", value);
    mustBe(/^[\x20-\x7e]+$/.test(value), where, "a value on one line, of visible characters", value, RangeError);
    headers.push([option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), value]);
  }
  const put = (given: Headers): void => {
    given.delete("x-powered-by");
    for (const [name, value] of headers) if (!given.has(name)) given.set(name, value);
  };
  const made = httpLayer("securityHeaders", async (request, _ctx, next) => {
    stamp(request, put);
    const response = await next();
    put(response.headers);
    return response;
  });
  return outermost(made);
}

const DEFAULTS: { readonly [Name in keyof SecurityHeadersOptions]-?: string | false } = {
  contentSecurityPolicy:
    "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; upgrade-insecure-requests",
  crossOriginOpenerPolicy: "same-origin",
  crossOriginResourcePolicy: "same-origin",
  crossOriginEmbedderPolicy: false,
  originAgentCluster: "?1",
  permissionsPolicy: "camera=(), geolocation=(), microphone=()",
  referrerPolicy: "no-referrer",
  strictTransportSecurity: "max-age=31536000; includeSubDomains",
  xContentTypeOptions: "nosniff",
  xDnsPrefetchControl: "off",
  xFrameOptions: "DENY",
  xPermittedCrossDomainPolicies: "none",
};
