import type { Layer } from "@lamella/core";
import { mustBe } from "@lamella/core/extend";
import { httpLayer } from "../http-layer.ts";
import type { HttpRequest } from "../request/http-request.ts";
import { reply } from "../response/reply.ts";
import { allowsOrigin, type CorsOrigins } from "./cors-origins.ts";
import { outermost } from "./outermost.ts";
import { type Stamp, stamp } from "./stamp.ts";
import { vary } from "./vary.ts";

export interface CorsOptions {
  /**
   * The origins whose pages may read the replies: `"*"` for all; a list of origins, where `https://*.example.com` is every
   * subdomain, `http://localhost:*` every port, and a `RegExp` is held against the whole origin; or a function. @default "*"
   */
  readonly origins?: CorsOrigins | undefined;
  /** The methods that pages may use, in upper case. @default ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] */
  readonly methods?: readonly string[] | undefined;
  /** The request headers that pages may set, or `["*"]`, which leaves out `authorization`. @default those that the page asks for */
  readonly headers?: readonly string[] | undefined;
  /** The reply's headers that pages may read besides the harmless ones. @default none */
  readonly exposedHeaders?: readonly string[] | undefined;
  /** Whether pages may send cookies and read the reply; then nothing may be `*`. @default false */
  readonly credentials?: boolean | undefined;
  /** How long a browser may keep the answer to a preflight, in seconds; 0 or more. @default what browsers do: 5 */
  readonly maxAgeS?: number | undefined;
  /** Whether public pages may reach this service in a private network. @default false */
  readonly privateNetwork?: boolean | undefined;
}

/**
 * Lets pages of other origins call the service (CORS). It answers preflights itself, so it stands before layers that ask
 * who the client is; all other replies get the headers, those of errors as well.
 *
 * Fetch Standard: "HTTP CORS protocol".
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when an option is out of its range, or something is `*` with `credentials`.
 * @example
 * export const handler = wrap(httpApi(), cors({ origins: ["https://app.example.com"], credentials: true }), async () => list());
 */
export function cors(options: CorsOptions = {}): Layer<HttpRequest, {}, {}> {
  const { origins = "*", methods = METHODS, headers, exposedHeaders = [], credentials = false, maxAgeS, privateNetwork = false } = options;
  const allows = allowsOrigin(origins);
  mustBe(typeof credentials === "boolean", "cors({ credentials })", "true or false", credentials);
  mustBe(typeof privateNetwork === "boolean", "cors({ privateNetwork })", "true or false", privateNetwork);
  mustBe(
    maxAgeS === undefined || (Number.isInteger(maxAgeS) && maxAgeS >= 0),
    "cors({ maxAgeS })",
    "a whole number of seconds, 0 or more",
    maxAgeS,
    RangeError,
  );
  checkNames("methods", methods, credentials);
  for (const method of methods) {
    mustBe(
      method === method.toUpperCase(),
      "one of cors({ methods })",
      "in upper case: browsers compare it letter by letter",
      method,
      RangeError,
    );
  }
  if (headers !== undefined) checkNames("headers", headers, credentials);
  checkNames("exposedHeaders", exposedHeaders, credentials);
  mustBe(
    !(credentials && allows === undefined),
    "cors({ origins })",
    "a list or a function where credentials are allowed",
    origins,
    RangeError,
  );

  /** What every reply gets; nothing but `vary` for an origin that is not allowed. */
  const stampFor = (origin: string | null, isAllowed: boolean): Stamp => {
    return (given) => {
      // For an origin that is not allowed as well, or a cache would hand its reply to one that is.
      if (allows !== undefined) vary(given, "Origin");
      if (!isAllowed) return;
      given.set("access-control-allow-origin", allows === undefined ? "*" : (origin as string));
      if (credentials) given.set("access-control-allow-credentials", "true");
      if (exposedHeaders.length > 0) given.set("access-control-expose-headers", exposedHeaders.join(", "));
    };
  };

  /** What a preflight is answered. */
  const preflight = (request: HttpRequest, put: Stamp, isAllowed: boolean): Headers => {
    const given = new Headers();
    put(given);
    given.delete("access-control-expose-headers");
    if (headers === undefined) vary(given, "Access-Control-Request-Headers");
    if (!isAllowed) return given;
    const asked = request.headers.get("access-control-request-headers") ?? "";
    const allowed = headers?.join(", ") ?? (HEADER_LIST.test(asked) ? asked : "");
    if (methods.length > 0) given.set("access-control-allow-methods", methods.join(", "));
    if (allowed !== "") given.set("access-control-allow-headers", allowed);
    if (maxAgeS !== undefined) given.set("access-control-max-age", String(maxAgeS));
    if (privateNetwork && request.headers.get("access-control-request-private-network") === "true") {
      given.set("access-control-allow-private-network", "true");
    }
    return given;
  };

  const made = httpLayer("cors", async (request, _ctx, next) => {
    const origin = request.headers.get("origin");
    const isAllowed = allows === undefined || (origin !== null && (await allows(origin, request)));
    const put = stampFor(origin, isAllowed);
    stamp(request, put);
    if (request.method === "OPTIONS" && origin !== null && request.headers.has("access-control-request-method")) {
      return reply(204, undefined, Object.fromEntries(preflight(request, put, isAllowed)));
    }
    const response = await next();
    put(response.headers);
    return response;
  });
  return outermost(made);
}

const METHODS: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const HEADER_LIST = /^[\w!#$%&'*+.^`|~-]+(\s*,\s*[\w!#$%&'*+.^`|~-]+)*$/;

function checkNames(option: string, names: readonly string[], credentials: boolean): void {
  mustBe(Array.isArray(names), `cors({ ${option} })`, "a list of names", names);
  for (const name of names) {
    mustBe(typeof name === "string" && NAME.test(name), `one of cors({ ${option} })`, "a name", name);
    mustBe(!(credentials && name === "*"), `one of cors({ ${option} })`, "a name where credentials are allowed", name, RangeError);
  }
}
