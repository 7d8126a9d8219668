import { unescape } from "node:querystring";
import { wrap } from "@lamella/core";
import { fromRequest, lambdaContext } from "@lamella/testing";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Service, services } from "../test/edge-cases/services.ts";
import type { HttpRequest } from "./index.ts";

// Of the service itself, or with a place of its own.
const OWN = new Set(["host", "user-agent", "cookie", "content-type", "content-length", "transfer-encoding", "connection", "set-cookie"]);
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/).filter((one) => !OWN.has(one) && !one.startsWith("x-"));
const value = fc.stringMatching(/^[!-~\xa1-\xff]([ -~\xa0-\xff]{0,20}[!-~\xa1-\xff])?$/);
const cookie = fc.stringMatching(/^[a-z]{1,6}=[!#-+\--:<-[\]-~]{0,12}$/);
const headers = fc.dictionary(name, value, { maxKeys: 5, noNullPrototype: true });
const type = fc.constantFrom(
  "text/plain",
  "text/html; charset=utf-8",
  "application/json",
  "image/png",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: "grapheme" }).map((text) => new Uint8Array(Buffer.from(text))),
);
const part = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 8 }).map((text) => encodeURIComponent(text)),
  fc.constantFrom("", "+", "%2B", "%2C", ",", "%", "%ZZ", "%25", "a%5B%5D", "__proto__"),
);
// One spelling a name: a load balancer takes two for two names.
const queryName = fc.oneof(
  fc
    .string({ unit: "grapheme", maxLength: 8 })
    .filter((text) => !/[ %+]/.test(text))
    .map((text) => encodeURIComponent(text)),
  fc.constantFrom("+", "%ZZ", "%"),
);
const query = fc.array(fc.tuple(queryName, part), { maxLength: 5 });

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly type: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

const sent: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "REPORT"),
  path: fc.webPath().map((path) => path || "/"),
  query,
  headers,
  cookies: fc.array(cookie, { maxLength: 3 }),
  type,
  body,
}) as fc.Arbitrary<Sent>;

function toRequest({ method, path, query: pairs, headers: fields, cookies, type: contentType, body: bytes }: Sent): Request {
  const url = new URL("https://api.example.com");
  url.pathname = path;
  url.search = pairs.map((pair) => pair.join("=")).join("&");
  const hasBody = method !== "GET" && method !== "HEAD" && bytes.length > 0;
  return new Request(url, {
    method,
    headers: { ...fields, ...(cookies.length > 0 && { cookie: cookies.join("; ") }), ...(hasBody && { "content-type": contentType }) },
    body: hasBody ? bytes : null,
  });
}

/** How many requests and responses each service gets: a few where the tests shall be quick. */
const RUNS = Number(process.env["LAMELLA_PROPERTY_RUNS"] ?? 200);

/** Services that send the query as a map, in which JavaScript puts names such as `1` first, wherever the client has put them. */
const MAPPED = new Set(["REST API", "HTTP API 1.0", "ALB, single values", "ALB, multi values"]);

const plain: Sent = { method: "GET", path: "/", query: [], headers: {}, cookies: [], type: "text/plain", body: new Uint8Array() };

/** Requests that did not arrive once. */
const requests: readonly Partial<Sent>[] = [
  {
    query: [
      ["b", "1"],
      ["1", "2"],
    ],
  },
];

/** What of a request has to arrive. */
async function essence({ name: service }: Service, request: Request): Promise<object> {
  const url = new URL(request.url);
  const pairs = [...url.searchParams];
  const names = [...new Set(pairs.map(([key]) => key))];
  const grouped = (MAPPED.has(service) ? names.toSorted() : names).flatMap((key) => {
    const values = url.searchParams.getAll(key);
    // The load balancer itself drops the others.
    return (service === "ALB, single values" ? values.slice(-1) : values).map((one) => [key, one]);
  });
  const added = new Set(["host", "user-agent", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto", "x-amzn-trace-id"]);
  return {
    method: request.method,
    // HTTP APIs decode the path, and what they have decoded cannot be told from what was never encoded.
    path: service.startsWith("HTTP API") ? unescape(url.pathname) : url.pathname,
    query: grouped,
    headers: [...request.headers].filter(([key]) => !added.has(key)),
    body: Buffer.from(await request.arrayBuffer()).toString("base64"),
  };
}

/** Runs a handler on the event of a request, and gives what its client sees. */
async function serve(service: Service, request: Request, handler: (request: HttpRequest) => unknown): Promise<Response> {
  const event = service.toEvent(await fromRequest(request));
  const reply = await wrap(service.source(), async (item) => handler(item as unknown as HttpRequest))(event, lambdaContext());
  return service.toResponse(reply as never);
}

describe.for(services)("behind $name", (service) => {
  it("any request arrives as it was sent", async () => {
    await fc.assert(
      fc.asyncProperty(sent, async (input) => {
        let arrived: Request | undefined;
        await serve(service, toRequest(input), ({ toRequest: again }) => {
          arrived = again();
        });

        expect(await essence(service, arrived as Request)).toEqual(await essence(service, toRequest(input)));
      }),
      { numRuns: RUNS, examples: requests.map((example) => [{ ...plain, ...example }]) },
    );
  });

  it("any response arrives as it was given", async () => {
    const response = fc.record({
      status: fc.integer({ min: 200, max: 599 }),
      headers,
      cookies: fc.array(cookie, { maxLength: 4 }),
      type,
      body,
    });
    await fc.assert(
      fc.asyncProperty(response, async ({ status, headers: fields, cookies, type: contentType, body: bytes }) => {
        const make = (): Response => {
          const given = new Headers({ ...fields, "content-type": contentType });
          for (const one of cookies) given.append("set-cookie", one);
          return new Response([204, 205, 304].includes(status) ? null : bytes, { status, headers: given });
        };

        const got = await serve(service, new Request("https://api.example.com/"), make);

        const of = async (one: Response) => ({
          status: one.status,
          headers: [...one.headers],
          body: Buffer.from(await one.arrayBuffer()).toString("base64"),
        });
        expect(await of(got)).toEqual(await of(make()));
      }),
      { numRuns: RUNS },
    );
  });
});
