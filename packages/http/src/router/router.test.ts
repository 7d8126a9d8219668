import { layer, wrap } from "@lamella/core";
import {
  functionUrlEvent,
  type HttpApiEventInput,
  httpApiEvent,
  lambdaContext,
  type RestApiEventInput,
  restApiEvent,
} from "@lamella/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { functionUrl, httpApi, reply, restApi, route, router } from "../index.ts";

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
});

const Order = z.object({ id: z.string() });
/** Says which route it was, and with which parameters. */
const told = (name: string) => (request: { readonly params: unknown; readonly route: string | undefined }) => ({
  name,
  params: { ...(request.params as object) },
  route: request.route,
});

interface Replied {
  readonly statusCode?: number | undefined;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: string | undefined;
}
const bodyOf = (result: Replied) => JSON.parse(result.body ?? "null") as Record<string, unknown>;

type AnyRouter = Parameters<typeof behind>[0];
function behind(handler: unknown) {
  return wrap(httpApi(), handler as never);
}
const ask = async (handler: AnyRouter, input: HttpApiEventInput): Promise<Replied> => behind(handler)(httpApiEvent(input), lambdaContext());

describe("router", () => {
  const table = {
    "ANY /{proxy+}": told("greedy"),
    "GET /orders/{id}": told("param"),
    "GET /orders/new": told("static"),
    "POST /orders/{id}": told("post"),
    "GET /orders/{id}/lines/{line}": told("line"),
    "GET /orders/new/{kind+}": told("kind"),
    "GET /": told("root"),
    "GET /café": told("café"),
  };
  const reversed = Object.fromEntries(Object.entries(table).toReversed()) as typeof table;

  const rows = [
    { path: "/", method: "GET", gives: { name: "root", params: {}, route: "/" } },
    { path: "/orders/new", method: "GET", gives: { name: "static", params: {}, route: "/orders/new" } },
    { path: "/orders/1", method: "GET", gives: { name: "param", params: { id: "1" }, route: "/orders/{id}" } },
    { path: "/orders/new", method: "POST", gives: { name: "post", params: { id: "new" }, route: "/orders/{id}" } },
    { path: "/orders/new", method: "DELETE", gives: { name: "greedy", params: { proxy: "orders/new" }, route: "/{proxy+}" } },
    {
      path: "/orders/new/lines/2",
      method: "GET",
      gives: { name: "kind", params: { kind: "lines/2" }, route: "/orders/new/{kind+}" },
    },
    {
      path: "/orders/1/lines/2",
      method: "GET",
      gives: { name: "line", params: { id: "1", line: "2" }, route: "/orders/{id}/lines/{line}" },
    },
    { path: "/orders/1/lines", method: "GET", gives: { name: "greedy", params: { proxy: "orders/1/lines" }, route: "/{proxy+}" } },
    { path: "/orders//lines/2", method: "GET", gives: { name: "greedy", params: { proxy: "orders//lines/2" }, route: "/{proxy+}" } },
    { path: "/caf%C3%A9", method: "GET", gives: { name: "café", params: {}, route: "/café" } },
    { path: "/constructor", method: "GET", gives: { name: "greedy", params: { proxy: "constructor" }, route: "/{proxy+}" } },
  ];

  it.for(rows)("takes $method $path to $gives.name, whatever the order of writing", async ({ method, path, gives }) => {
    expect(bodyOf(await ask(router(table), { method, path }))).toEqual(gives);
    expect(bodyOf(await ask(router(reversed), { method, path }))).toEqual(gives);
  });

  const small = {
    "GET /orders/{id}": told("get"),
    "PUT /orders/{id}": told("put"),
    "DELETE /orders/all": told("delete"),
    "OPTIONS /own": () => reply(200, "mine"),
    "HEAD /head": () => reply(204, undefined, { "x-head": "own" }),
    "GET /head": () => "got",
  };
  it.for([
    { method: "GET", path: "/nothing", status: 404, allow: undefined },
    { method: "GET", path: "/orders", status: 404, allow: undefined },
    { method: "GET", path: "/orders/", status: 404, allow: undefined },
    { method: "OPTIONS", path: "/nothing", status: 404, allow: undefined },
    { method: "POST", path: "/orders/1", status: 405, allow: "GET, HEAD, PUT, OPTIONS" },
    { method: "POST", path: "/orders/all", status: 405, allow: "DELETE, GET, HEAD, PUT, OPTIONS" },
    { method: "OPTIONS", path: "/orders/1", status: 204, allow: "GET, HEAD, PUT, OPTIONS" },
    { method: "OPTIONS", path: "/own", status: 200, allow: undefined },
    { method: "GET", path: "/orders/all", status: 200, allow: undefined },
    { method: "HEAD", path: "/orders/1", status: 200, allow: undefined },
    { method: "HEAD", path: "/own", status: 405, allow: "OPTIONS" },
    { method: "get", path: "/orders/1", status: 405, allow: "GET, HEAD, PUT, OPTIONS" },
  ])("answers $method $path with $status", async ({ method, path, status, allow }) => {
    const result = await ask(router(small), { method, path });

    expect(result.statusCode).toBe(status);
    expect(result.headers?.["allow"]).toBe(allow);
    if (method === "HEAD") expect(result.body).toBeUndefined();
  });

  it("takes HEAD to a route of its own before that of GET", async () => {
    expect((await ask(router(small), { method: "HEAD", path: "/head" })).headers).toEqual({ "x-head": "own" });
  });

  it.for([
    { when: "a slash is ignored", options: {}, path: "/orders/1/", status: 200 },
    { when: "a slash counts", options: { trailingSlash: "strict" as const }, path: "/orders/1/", status: 404 },
    { when: "a slash counts, and there is none", options: { trailingSlash: "strict" as const }, path: "/orders/1", status: 200 },
    { when: "a slash counts, and the route has one", options: { trailingSlash: "strict" as const }, path: "/slashed/", status: 200 },
    { when: "a slash counts, and the route alone has one", options: { trailingSlash: "strict" as const }, path: "/slashed", status: 404 },
    { when: "the route alone has one, and it is ignored", options: {}, path: "/slashed", status: 200 },
    { when: "a router under a prefix says otherwise", options: { trailingSlash: "strict" as const }, path: "/loose/1/", status: 200 },
    { when: "a router under a prefix says nothing", options: { trailingSlash: "strict" as const }, path: "/inner/1/", status: 404 },
    { when: "a prefix itself is asked", options: { trailingSlash: "strict" as const }, path: "/inner", status: 200 },
  ])("answers $path with $status when $when", async ({ options, path, status }) => {
    const routes = {
      "GET /orders/{id}": told("order"),
      "GET /slashed/": told("slashed"),
      "/loose": router({ "GET /{id}": told("loose") }, { trailingSlash: "ignore" }),
      "/inner": router({ "GET /{id}": told("inner"), "GET /": told("inner root") }),
    };

    expect((await ask(router(routes, options), { path })).statusCode).toBe(status);
  });

  it("keeps the slash at the end of a greedy parameter, which is a part of it", async () => {
    expect(bodyOf(await ask(router({ "GET /files/{key+}": told("file") }), { path: "/files/a/b/" }))).toMatchObject({
      params: { key: "a/b/" },
    });
  });

  it.for([
    { key: "FETCH /x", error: `a key of router(…) must be "METHOD /path" or "/prefix", got "FETCH /x"` },
    { key: "GET x", error: `a key of router(…) must be "METHOD /path" or "/prefix", got "GET x"` },
    { key: "GET /a b", error: `a key of router(…) must be "METHOD /path" or "/prefix", got "GET /a b"` },
    { key: "GET /a//b", error: `a segment of "/a//b" must be plain text, not encoded, {name} or, at the end, {name+}, got ""` },
    { key: "GET /a%20b", error: `a segment of "/a%20b" must be plain text, not encoded, {name} or, at the end, {name+}, got "a%20b"` },
    { key: "GET /a?b", error: `a segment of "/a?b" must be plain text, not encoded, {name} or, at the end, {name+}, got "a?b"` },
    {
      key: "GET /{a}.json",
      error: `a segment of "/{a}.json" must be plain text, not encoded, {name} or, at the end, {name+}, got "{a}.json"`,
    },
    { key: "GET /{a}/{a}", error: `a parameter of "/{a}/{a}" must be there once, got "a"` },
    { key: "GET /{a+}/b", error: `a greedy parameter of "/{a+}/b" must be at the end, got "a"` },
  ])("throws at load for the key $key", ({ key, error }) => {
    expect(() => router({ [key]: () => 1 } as never)).toThrow(new TypeError(error));
  });

  it.for([
    { what: "no handler", make: () => router({ "GET /x": 1 } as never), error: `router({ "GET /x" }) must be a handler or a route, got 1` },
    { what: "null", make: () => router({ "GET /x": null } as never), error: `router({ "GET /x" }) must be a handler or a route, got null` },
    {
      what: "a router as a route",
      make: () => router({ "GET /x": router({}) } as never),
      error: `router({ "GET /x" }) must be a handler or a route; a router stands under a prefix, got the function handle`,
    },
    {
      what: "a handler under a prefix",
      make: () => router({ "/x": () => 1 } as never),
      error: `router({ "/x" }) must be a router, got the function /x`,
    },
    {
      what: "a greedy prefix",
      make: () => router({ "/{x+}": router({}) } as never),
      error: `a prefix of router(…) must be without a greedy parameter, got "/{x+}"`,
    },
    {
      what: "a parameter of the prefix again",
      make: () => router({ "/{x}": router({ "GET /{x}": () => 1 }) }),
      error: `a parameter of "/{x}/{x}" must be there once, got "x"`,
    },
    { what: "no routes", make: () => router(undefined as never), error: "router's first argument must be its routes, got undefined" },
    { what: "no layer", make: () => router({ name: "x" } as never, {}), error: undefined },
    {
      what: "another slash",
      make: () => router({}, { trailingSlash: "no" } as never),
      error: `router({ trailingSlash }) must be "ignore" or "strict", got "no"`,
    },
    {
      what: "a route without handler",
      make: () => route({}, undefined as never),
      error: "route's last argument must be the handler, got undefined",
    },
    {
      what: "a route without options",
      make: () => route(undefined as never, () => {}),
      error: "route's first argument must be its options, got undefined",
    },
    { what: "a body that is no schema", make: () => route({ body: {} as never }, () => {}), error: undefined },
    {
      what: "a layer of a route that is none",
      make: () => route({}, {} as never, () => {}),
      error: "route's layer 1 must be a layer, got object",
    },
    {
      what: "two routes of other names",
      make: () => behind(router({ "GET /{a}": () => 1, "GET /{b}": () => 2 })),
      error: "router(…) must have a route once, got GET /{a} and GET /{b}",
    },
    {
      what: "two routes by a prefix",
      make: () => behind(router({ "GET /a/b": () => 1, "/a": router({ "GET /b": () => 2 }) })),
      error: "router(…) must have a route once, got GET /a/b and GET /a/b",
    },
    {
      what: "two routes but for a slash that is ignored",
      make: () => behind(router({ "GET /a": () => 1, "GET /a/": () => 2 })),
      error: "router(…) must have a route once, got GET /a and GET /a/",
    },
  ])("throws at load for $what", ({ make, error }) => {
    expect(make).toThrow(error === undefined ? TypeError : new TypeError(error));
  });

  it("does not throw for two routes that a slash tells apart", () => {
    expect(() => behind(router({ "GET /a": () => 1, "GET /a/": () => 2 }, { trailingSlash: "strict" }))).not.toThrow();
  });
});

describe("a path", () => {
  const routes = router({ "GET /orders/{id}": told("order"), "GET /files/{key+}": told("file") });
  const url = async (path: string) => wrap(functionUrl(), routes)(functionUrlEvent({ path }), lambdaContext()) as Promise<Replied>;

  it.for([
    { path: "/orders/a%20b", params: { id: "a b" } },
    { path: "/orders/a%2Fb", params: { id: "a/b" } },
    { path: "/orders/a+b", params: { id: "a+b" } },
    { path: "/orders/%2561", params: { id: "%61" } },
    { path: "/files/a%2Fb/c%20d", params: { key: "a/b/c d" } },
  ])("that comes encoded is decoded once: $path", async ({ path, params }) => {
    expect(bodyOf(await url(path))).toMatchObject({ params });
  });

  it.for(["/orders/%", "/orders/%ZZ", "/orders/%ff", "/nothing/%ZZ"])("that is wrongly encoded is a 400: %s", async (path) => {
    const result = await url(path);

    expect(result.statusCode).toBe(400);
    expect(bodyOf(result)["detail"]).toBe("The path is wrongly encoded.");
  });

  it("that an HTTP API has decoded is not decoded again", async () => {
    expect(bodyOf(await ask(routes, { path: "/orders/100%25" }))).toMatchObject({ params: { id: "100%" } });
  });

  it("of a million segments is looked for once", async () => {
    expect((await ask(routes, { path: "/x".repeat(1_000_000) })).statusCode).toBe(404);
  });

  it.for(["*", "orders/1"])("without a slash in front has no route: %s", async (rawPath) => {
    const event = { ...httpApiEvent({ path: "/" }), rawPath };

    expect(await behind(routes)(event, lambdaContext())).toMatchObject({ statusCode: 404 });
  });
});

describe("what API Gateway has matched", () => {
  const routes = router({
    "GET /orders/{id}": told("order"),
    "GET /orders/new": told("new"),
    "GET /files/{key+}": told("file"),
    "GET /": told("root"),
  });

  it.for<{ when: string; input: HttpApiEventInput; gives: object }>([
    {
      when: "the route's own key, with a slash in the parameter",
      input: { path: "/orders/a%2Fb", routeKey: "GET /orders/{id}", params: { id: "a/b" } },
      gives: { name: "order", params: { id: "a/b" } },
    },
    {
      when: "the pattern for any method, behind a stage",
      input: { path: "/orders/1", stage: "prod", routeKey: "ANY /orders/{id}", params: { id: "1" } },
      gives: { name: "order", params: { id: "1" } },
    },
    {
      when: "everything, behind a stage",
      input: { path: "/orders/new", stage: "prod", routeKey: "ANY /{proxy+}", params: { proxy: "orders/new" } },
      gives: { name: "new" },
    },
    {
      when: "the same greedy pattern, behind a stage",
      input: { path: "/files/a/b", stage: "prod", routeKey: "GET /files/{key+}", params: { key: "a/b" } },
      gives: { name: "file", params: { key: "a/b" } },
    },
    {
      when: "other names of parameters",
      input: { path: "/orders/1", stage: "prod", routeKey: "GET /orders/{orderId}", params: { orderId: "1" } },
      gives: { name: "order", params: { id: "1" } },
    },
    { when: "the default route", input: { path: "/orders/1", routeKey: "$default" }, gives: { name: "order", params: { id: "1" } } },
    {
      when: "a key without its parameters, as in an event made by hand",
      input: { path: "/orders/1", routeKey: "GET /orders/{id}" },
      gives: { name: "order", params: { id: "1" } },
    },
    {
      when: "a key that has nothing to do with the path, as in an event made by hand",
      input: { path: "/orders/1", routeKey: "GET /hello" },
      gives: { name: "order", params: { id: "1" } },
    },
  ])("over an HTTP API is used: $when", async ({ input, gives }) => {
    expect(bodyOf(await ask(routes, input))).toMatchObject(gives);
  });

  it.for<{ when: string; input: RestApiEventInput; gives: object }>([
    {
      when: "the resource, behind a base path",
      input: { path: "/v1/orders/a%2Fb", resource: "/orders/{id}", params: { id: "a%2Fb" } },
      gives: { name: "order", params: { id: "a/b" } },
    },
    {
      when: "everything, behind a base path",
      input: { path: "/v1/orders/a%20b", resource: "/{proxy+}", params: { proxy: "orders/a%20b" } },
      gives: { name: "order", params: { id: "a b" } },
    },
    { when: "the root, behind a base path", input: { path: "/v1", resource: "/" }, gives: { name: "root" } },
    { when: "nothing, in an event made by hand", input: { path: "/orders/1" }, gives: { name: "order", params: { id: "1" } } },
  ])("over a REST API is used: $when", async ({ input, gives }) => {
    expect(bodyOf(await wrap(restApi(), routes)(restApiEvent(input), lambdaContext()))).toMatchObject(gives);
  });

  it("over an HTTP API of format 1.0 is decoded already", async () => {
    const event = restApiEvent({ fromHttpApi: true, stage: "$default", path: "/orders/100%2525", resource: "$default" });

    expect(bodyOf(await wrap(restApi(), routes)(event, lambdaContext()))).toMatchObject({ params: { id: "100%25" } });
  });

  it("does not help where the stage stands in front: stripStage does", async () => {
    const event = httpApiEvent({ path: "/orders/1", stage: "prod" });

    expect(await wrap(httpApi(), routes)(event, lambdaContext())).toMatchObject({ statusCode: 404 });
    expect(await wrap(httpApi({ stripStage: true }), routes)(event, lambdaContext())).toMatchObject({ statusCode: 200 });
  });
});

describe("a route", () => {
  const schemas = router({
    "POST /orders/{id}": route(
      { body: Order, query: z.object({ page: z.coerce.number() }), params: z.object({ id: z.coerce.number() }), response: { 201: Order } },
      ({ body, query, params, reply: answered }) => answered(201, { id: `${body.id} ${query.page} ${params.id}` }),
    ),
    "GET /plain": ({ body, query }) => ({ body: body ?? "none", query }),
  });

  it("decodes what it declares, and replies what it declares", async () => {
    const result = await ask(schemas, { method: "POST", path: "/orders/7", query: { page: "2" }, body: { id: "x" } });

    expect(result).toMatchObject({ statusCode: 201, body: `{"id":"x 2 7"}` });
  });

  it("tells all that does not fit", async () => {
    const result = await ask(schemas, { method: "POST", path: "/orders/x", body: { id: 1 } });

    expect(result.statusCode).toBe(400);
    expect((bodyOf(result)["errors"] as { in: string }[]).map((error) => error.in)).toEqual(["body", "query", "params"]);
  });

  it("that declares nothing gets its parts as they come", async () => {
    const result = await ask(schemas, { path: "/plain", query: { a: "1" }, body: "text", method: "GET" });

    expect(bodyOf(result)).toEqual({ body: "none", query: { a: "1" } });
  });

  it("behind a source with schemas comes after those, and reads by its own; without responses the source's hold", async () => {
    const source = httpApi({ query: z.object({ page: z.coerce.number() }), response: { 200: Order } });
    const seen: unknown[] = [];
    const watch = layer(
      "watch",
      async (item: { readonly query: unknown }, _ctx, next) => {
        seen.push(item.query);
        const outcome = await next();
        seen.push(item.query);
        return outcome;
      },
      { reads: true },
    );
    const handler = wrap(source, watch, router({ "GET /x": ({ query }) => (seen.push({ ...query }), { id: "1", secret: true }) }) as never);

    expect(await handler(httpApiEvent({ path: "/x", query: { page: "1" } }), lambdaContext())).toMatchObject({ body: `{"id":"1"}` });
    expect(seen).toEqual([{ page: 1 }, { page: "1" }, { page: 1 }]);
    expect(await handler(httpApiEvent({ path: "/x" }), lambdaContext())).toMatchObject({ statusCode: 400 });
    expect(await handler(httpApiEvent({ path: "/none", query: { page: "1" } }), lambdaContext())).toMatchObject({ statusCode: 404 });
    expect(await handler(httpApiEvent({ method: "OPTIONS", path: "/x", query: { page: "1" } }), lambdaContext())).toMatchObject({
      statusCode: 204,
    });
  });

  it("gives two requests at a time each their own", async () => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const handler = behind(
      router({
        "GET /{id}": async (request) => {
          await opened;
          return request.params;
        },
      }),
    );
    const both = ["a", "b"].map((id) => handler(httpApiEvent({ path: `/${id}` }), lambdaContext()));
    open();

    expect((await Promise.all(both)).map((result) => bodyOf(result as Replied))).toEqual([{ id: "a" }, { id: "b" }]);
  });
});
