import { type Schema, wrap } from "@lamella/core";
import { type } from "arktype";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import * as v from "valibot";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { apiEvent, context } from "../../test/api-event.ts";
import { httpApi } from "../http-api.ts";
import type { HttpRequest } from "./http-request.ts";

/** What a handler without schemas gets. */
async function received(event: APIGatewayProxyEventV2): Promise<HttpRequest> {
  let request: HttpRequest | undefined;
  await wrap(httpApi(), async (item) => {
    request = item as unknown as HttpRequest;
  })(event, context());
  return request as HttpRequest;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("query", () => {
  it.for<{ what: string; query: string; values: Record<string, string> }>([
    { what: "names and values", query: "a=1&b=2", values: { a: "1", b: "2" } },
    { what: "nothing", query: "", values: {} },
    { what: "empty values", query: "a=&b", values: { a: "", b: "" } },
    { what: "the first of repeated values", query: "a=1&a=2&a=", values: { a: "1" } },
    { what: "the first of repeated values that is empty", query: "a=&a=2", values: { a: "" } },
    { what: "a plus as a space", query: "a=x+y&b+c=%2B", values: { a: "x y", "b c": "+" } },
    { what: "commas, which separate nothing", query: "a=1,2&b=1%2C2", values: { a: "1,2", b: "1,2" } },
    { what: "what is decoded once", query: "a=%2525", values: { a: "%25" } },
    { what: "what is no encoding as it is", query: "a=%ZZ&b=%&c=100%25", values: { a: "%ZZ", b: "%", c: "100%" } },
    { what: "names that need decoding", query: "filter%5Bname%5D=%C5%BC", values: { "filter[name]": "ż" } },
    { what: "an equals sign in a value", query: "a=b=c", values: { a: "b=c" } },
    {
      what: "names of members of every object",
      query: "__proto__=1&constructor=2",
      values: Object.fromEntries([
        ["__proto__", "1"],
        ["constructor", "2"],
      ]),
    },
  ])("has $what", async ({ query, values }) => {
    const request = await received(apiEvent({ query }));

    expect(Object.entries(request.query as object)).toEqual(Object.entries(values));
    for (const [name, value] of Object.entries(values)) {
      // `%ZZ` and the like are the only place where the two are free to differ, and do not.
      expect(request.url.searchParams.get(name)).toBe(value);
    }
  });

  it("has no members of its own kind", async () => {
    const { query, params, cookies } = await received(apiEvent());

    for (const values of [query, params, cookies]) expect((values as Record<string, unknown>)["constructor"]).toBeUndefined();
  });

  it("has more than a thousand names", async () => {
    const { query } = await received(apiEvent({ query: Array.from({ length: 1_500 }, (_, index) => `n${index}=${index}`).join("&") }));

    expect(Object.keys(query as object)).toHaveLength(1_500);
  });

  const each = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
  const lists = z.array(z.string());
  it.for<{ what: string; schema: Schema<{ tag?: unknown }>; query: string; tag: unknown }>([
    { what: "a list of one of Zod", schema: z.object({ tag: lists }), query: "tag=a", tag: ["a"] },
    { what: "a list of several of Zod", schema: z.object({ tag: lists }), query: "tag=a&tag=b", tag: ["a", "b"] },
    { what: "a list of numbers", schema: z.object({ tag: z.array(z.coerce.number()) }), query: "tag=1", tag: [1] },
    { what: "a list that may be missing", schema: z.object({ tag: lists.optional() }), query: "", tag: undefined },
    { what: "a list with a default", schema: z.object({ tag: lists.default(["x"]) }), query: "", tag: ["x"] },
    { what: "a list with a default, and one value", schema: z.object({ tag: lists.default(["x"]) }), query: "tag=a", tag: ["a"] },
    { what: "a list that becomes something else", schema: z.object({ tag: lists.transform((all) => all.length) }), query: "tag=a", tag: 1 },
    {
      what: "a list beside what JSON Schema cannot say",
      schema: z.object({ tag: lists, at: z.coerce.date().optional() }),
      query: "tag=a",
      tag: ["a"],
    },
    { what: "a list of one of ArkType", schema: type({ tag: "string[]" }), query: "tag=a", tag: ["a"] },
    { what: "text where text is asked for", schema: z.object({ tag: z.string() }), query: "tag=a", tag: "a" },
    { what: "the list of a repeated name where either will do", schema: z.object({ tag: each }), query: "tag=a&tag=b", tag: ["a", "b"] },
    {
      what: "text of a name that comes once where either will do",
      schema: z.object({ tag: z.union([z.string(), lists]) }),
      query: "tag=a",
      tag: "a",
    },
    { what: "a list of one where either will do", schema: z.object({ tag: each }), query: "tag=a", tag: ["a"] },
    {
      what: "either to a schema that cannot tell",
      schema: v.object({
        tag: v.pipe(
          v.union([v.string(), v.array(v.string())]),
          v.transform((some) => [some].flat()),
        ),
      }),
      query: "tag=a",
      tag: ["a"],
    },
  ])("gives a schema $what", async ({ schema, query, tag }) => {
    let got: unknown;
    await wrap(httpApi({ query: schema }), async (request) => {
      got = request.query.tag;
    })(apiEvent({ query }), context());

    expect(got).toEqual(tag);
  });

  it("is refused where text is asked for, whatever the schema would do with a list", async () => {
    const seen: unknown[] = [];
    const schema = z.object({ id: z.preprocess((given) => seen.push(given) && given, z.string()) });

    expect(await wrap(httpApi({ query: schema }), async () => "ok")(apiEvent({ query: "id=1&id=2" }), context())).toMatchObject({
      statusCode: 400,
    });
    expect(seen, "asked once").toEqual([["1", "2"]]);
  });

  it("is refused when a schema of one value meets a repeated name", async () => {
    const handler = wrap(httpApi({ query: z.object({ id: z.string() }) }), async ({ query }) => query.id);

    expect(await handler(apiEvent({ query: "id=1&id=2" }), context())).toMatchObject({ statusCode: 400 });
  });
});

describe("url and path", () => {
  it.for<{ what: string; path: string; query?: string; href: string }>([
    { what: "a plain path", path: "/orders/1", query: "a=1", href: "https://api.example.com/orders/1?a=1" },
    { what: "a path that looks like a host", path: "//evil.example/x", href: "https://api.example.com//evil.example/x" },
    { what: "a path that looks like an address", path: "https://evil.example/x", href: "https://api.example.com/https://evil.example/x" },
    { what: "a stage in front", path: "/prod/orders", href: "https://api.example.com/prod/orders" },
    { what: "characters that API Gateway has decoded", path: "/a b/ż", href: "https://api.example.com/a%20b/%C5%BC" },
    {
      what: "a question mark that API Gateway has decoded",
      path: "/who?admin=1",
      query: "a=1",
      href: "https://api.example.com/who%3Fadmin=1?a=1",
    },
    { what: "a hash that API Gateway has decoded", path: "/a#b", query: "a=1", href: "https://api.example.com/a%23b?a=1" },
    { what: "a per cent sign that API Gateway has decoded", path: "/100%", href: "https://api.example.com/100%25" },
    {
      what: "a tab, a line break and a backslash that API Gateway has decoded",
      path: "/a\tb\nc\\d",
      href: "https://api.example.com/a%09b%0Ac%5Cd",
    },
    { what: "what is encoded already", path: "/a%2Fb", href: "https://api.example.com/a%2Fb" },
    { what: "a query that is no encoding", path: "/", query: "a=%ZZ&b=%2C", href: "https://api.example.com/?a=%ZZ&b=%2C" },
    { what: "a hash in the query", path: "/", query: "a=1#b", href: "https://api.example.com/?a=1%23b" },
  ])("keep $what in its place", async ({ path, query, href }) => {
    const request = await received(apiEvent({ path, ...(query === undefined ? {} : { query }) }));

    expect(request.url.href).toBe(href);
    expect(request.path).toBe(path);
  });

  it.for([undefined, null, "no host", "a/b?c"])("fall back to localhost for the domain name %s", async (domainName) => {
    const event = apiEvent();

    const { url } = await received({ ...event, requestContext: { ...event.requestContext, domainName: domainName as string } });

    expect(url.pathname).toBe("/orders");
  });
});

describe("headers", () => {
  it("are case-insensitive, and have the cookies", async () => {
    const { headers } = await received(apiEvent({ headers: { "x-a": "1,2" }, cookies: ["a=1", "b=2"] }));

    expect(headers.get("X-A")).toBe("1,2");
    expect(headers.get("cookie")).toBe("a=1; b=2");
    expect(headers.get("x-none")).toBeNull();
  });

  it.for<{ what: string; sent: Record<string, unknown>; entries: [string, string][] }>([
    { what: "the bytes of a value beyond Latin-1", sent: { "x-name": "ż" }, entries: [["x-name", "\u00c5\u00bc"]] },
    { what: "a Latin-1 value", sent: { "x-name": "é" }, entries: [["x-name", "é"]] },
    { what: "no value of null", sent: { "x-a": null, "x-b": "1" }, entries: [["x-b", "1"]] },
    { what: "no name that is none", sent: { "x y": "1", ż: "1", "": "1", "x-b": "1" }, entries: [["x-b", "1"]] },
    { what: "no value with a line break", sent: { "x-a": "1\r\nx: y", "x-b": "1" }, entries: [["x-b", "1"]] },
  ])("have $what", async ({ sent, entries }) => {
    const { headers } = await received({ ...apiEvent(), headers: sent as Record<string, string> });

    expect([...headers]).toEqual(entries);
  });

  it("keep their methods when a schema lets a header of such a name through", async () => {
    const handler = wrap(httpApi({ headers: z.looseObject({ "x-a": z.string() }) }), async ({ headers }) => [
      headers.get("get"),
      headers["x-a"],
      headers["x-b"],
    ]);

    const { body } = await handler(apiEvent({ headers: { get: "got", "X-A": "1", "x-b": "2" } }), context());

    expect(body).toBe('["got","1","2"]');
  });
});

describe("cookies", () => {
  it.for<{ what: string; cookies: string[]; values: Record<string, string> }>([
    { what: "several", cookies: ["a=1", "b=2"], values: { a: "1", b: "2" } },
    { what: "several in one entry", cookies: ["a=1; b=2"], values: { a: "1", b: "2" } },
    { what: "the first of one name", cookies: ["a=1", "a=2"], values: { a: "1" } },
    { what: "decoded values", cookies: ["a=%C5%BC%20x", "b=x+y"], values: { a: "ż x", b: "x+y" } },
    { what: "what is no encoding as it is", cookies: ["a=%ZZ"], values: { a: "%ZZ" } },
    { what: "quoted values", cookies: ['a="x y"'], values: { a: "x y" } },
    { what: "equals signs in values", cookies: ["a=b=c=="], values: { a: "b=c==" } },
    { what: "empty values", cookies: ["a="], values: { a: "" } },
    { what: "nothing without a name", cookies: ["=1", "flag", ""], values: {} },
  ])("have $what", async ({ cookies, values }) => {
    expect({ ...((await received(apiEvent({ cookies }))).cookies as object) }).toEqual(values);
  });
});

describe("an event made by hand", () => {
  it("is a request as well, with what it has", async () => {
    const bare = { version: "2.0", requestContext: { http: {} } } as APIGatewayProxyEventV2;
    const { method, path, url, headers, query, params, cookies, body, text, clientIp, stage } = await received(bare);

    expect([
      method,
      path,
      url.href,
      [...headers],
      { ...(query as object) },
      { ...(params as object) },
      { ...(cookies as object) },
      body,
      text(),
      clientIp,
      stage,
    ]).toEqual(["GET", "/", "https://localhost/", [], {}, {}, {}, undefined, "", undefined, undefined]);
  });

  it("may have null in every place", async () => {
    const nulls = {
      ...apiEvent(),
      rawPath: null,
      rawQueryString: null,
      headers: null,
      cookies: null,
      pathParameters: null,
      body: null,
      isBase64Encoded: null,
    } as unknown as APIGatewayProxyEventV2;
    const { path, headers, query, params, cookies, text, bytes } = await received(nulls);

    expect([
      path,
      [...headers],
      { ...(query as object) },
      { ...(params as object) },
      { ...(cookies as object) },
      text(),
      [...bytes()],
    ]).toEqual(["/", [], {}, {}, {}, "", []]);
  });
});

describe("everything else", () => {
  it("comes from the event", async () => {
    const event = apiEvent({ method: "PATCH", stage: "prod", params: { id: "a/b" } });
    const request = await received(event);

    expect(request).toMatchObject({ method: "PATCH", stage: "prod", clientIp: "192.0.2.1", params: { id: "a/b" } });
    expect(request.raw).toBe(event);
  });

  it("works when it is taken out of the request", async () => {
    const handler = wrap(httpApi(), async ({ text, bytes, reply }) => reply(200, text() + bytes().length));

    expect(await handler(apiEvent({ body: "abc" }), context())).toMatchObject({ body: "abc3" });
  });

  it("is the same object each time", async () => {
    const request = await received(apiEvent({ query: "a=1" }));

    for (const name of ["headers", "url", "query", "params", "cookies"] as const) expect(request[name]).toBe(request[name]);
  });

  it("is not made for a handler that reads the body", async () => {
    const made: string[] = [];
    for (const name of ["Headers", "URL", "URLSearchParams", "Response", "Request", "TextDecoder"]) {
      vi.stubGlobal(name, function refused() {
        made.push(name);
        throw new Error(`${name} was made`);
      });
    }
    const handler = wrap(httpApi({ body: z.object({ id: z.string() }) }), async ({ body }) => ({ id: body.id }));

    expect(await handler(apiEvent({ body: { id: "1" } }), context())).toMatchObject({ statusCode: 200 });
    expect(made).toEqual([]);
  });

  it("gives bytes that are nobody else's", async () => {
    const { bytes } = await received(apiEvent({ body: "AAEC", base64: true }));

    bytes().fill(9);
    expect([...bytes()]).toEqual([0, 1, 2]);
    expect(bytes().buffer.byteLength).toBe(3);
  });
});
