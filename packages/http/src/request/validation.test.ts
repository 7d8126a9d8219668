import { text as asText, codec, layer, wrap } from "@lamella/core";
import { type } from "arktype";
import * as v from "valibot";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type ApiRequest, apiEvent, context } from "../../test/api-event.ts";
import { httpApi } from "../http-api.ts";

const Order = z.object({ id: z.string(), quantity: z.int().positive() });

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

describe("the body", () => {
  const handler = wrap(httpApi({ body: Order }), async ({ body }) => body);

  it("is what the schema makes of the JSON", async () => {
    const reply = await handler(apiEvent({ body: { id: "1", quantity: 2, admin: true } }), context());

    expect(reply).toEqual({ statusCode: 200, headers: { "content-type": "application/json" }, body: '{"id":"1","quantity":2}' });
  });

  it("is read from base64", async () => {
    const body = Buffer.from('{"id":"ż","quantity":2}').toString("base64");

    expect(await handler(apiEvent({ body, base64: true }), context())).toMatchObject({ statusCode: 200, body: '{"id":"ż","quantity":2}' });
  });

  it("is read of a GET as well", async () => {
    expect(await handler(apiEvent({ method: "GET", body: { id: "1", quantity: 2 } }), context())).toMatchObject({ statusCode: 200 });
  });

  it.for<{ what: string; request: ApiRequest; pointer: string; detail: string }>([
    { what: "no JSON", request: { body: "{" }, pointer: "#", detail: "is not JSON (1 characters)" },
    { what: "empty", request: { body: "" }, pointer: "#", detail: "is empty, where JSON was expected" },
    { what: "missing", request: { method: "POST" }, pointer: "#", detail: "is empty, where JSON was expected" },
    { what: "base64 that is no UTF-8", request: { body: "/////w==", base64: true }, pointer: "#", detail: "is not UTF-8 (4 bytes)" },
    {
      what: "of the wrong shape",
      request: { body: { id: "1", quantity: "2" } },
      pointer: "#/quantity",
      detail: "Invalid input: expected number, received string",
    },
    { what: "null", request: { body: "null" }, pointer: "#", detail: "Invalid input: expected object, received null" },
    {
      what: "out to change every object",
      request: { body: '{"id":"1","quantity":2,"__proto__":{"admin":true}}' },
      pointer: "#",
      detail: "has a key __proto__ or constructor.prototype, which could change every object",
    },
  ])("is refused with 400 when it is $what", async ({ request, pointer, detail }) => {
    const reply = await handler(apiEvent(request), context());

    expect(reply).toMatchObject({ statusCode: 400, headers: { "content-type": "application/problem+json" } });
    expect(JSON.parse(reply.body ?? "")).toMatchObject({
      type: "about:blank",
      title: "Bad Request",
      status: 400,
      errors: [{ in: "body", pointer }],
    });
    expect(JSON.parse(reply.body ?? "").errors[0].detail).toBe(detail);
    expect(console.error).not.toHaveBeenCalled();
  });

  it("is refused with 400 when an event made by hand has an object in it", async () => {
    const reply = await handler({ ...apiEvent(), body: { id: "1" } } as never, context());

    expect(reply.statusCode).toBe(400);
  });

  it("is undefined without a schema, and still there as text and bytes", async () => {
    const seen: unknown[] = [];
    const untyped = wrap(httpApi(), async ({ body, text, bytes }) => void seen.push(body, text(), [...bytes()]));

    await untyped(apiEvent({ body: "ż" }), context());
    await untyped(apiEvent({ body: Buffer.from([0, 255, 10]).toString("base64"), base64: true }), context());
    await untyped(apiEvent(), context());

    expect(seen).toEqual([undefined, "ż", [0xc5, 0xbc], undefined, "\0\ufffd\n", [0, 255, 10], undefined, "", []]);
  });

  it("may be any codec's", async () => {
    const csv = wrap(httpApi({ body: codec((raw) => String(raw).split(",")) }), async ({ body }) => body);
    const plain = wrap(httpApi({ body: asText() }), async ({ body }) => body);

    expect(await csv(apiEvent({ body: "a,b" }), context())).toMatchObject({ body: '["a","b"]' });
    expect(await plain(apiEvent({ method: "POST" }), context())).toMatchObject({ statusCode: 200, body: "" });
  });

  it.for([
    { library: "Zod", schema: z.object({ id: z.string() }) },
    { library: "Valibot", schema: v.object({ id: v.string() }) },
    { library: "ArkType", schema: type({ id: "string" }) },
  ])("is told by path when $library refuses it", async ({ schema }) => {
    const reply = await wrap(httpApi({ body: schema, query: schema, headers: schema, params: schema }), () => "ok")(
      apiEvent({ body: { id: 5 } }),
      context(),
    );

    expect(JSON.parse(reply.body ?? "").errors.map((error: { in: string; pointer: string }) => error.in + error.pointer)).toEqual([
      "body#/id",
      "query#/id",
      "params#/id",
      "headers#/id",
    ]);
  });
});

describe("validation", () => {
  const every = {
    body: Order,
    query: z.object({ page: z.coerce.number() }),
    params: z.object({ id: z.uuid() }),
    headers: z.object({ "x-api-version": z.string() }),
  };

  it("tells what is wrong with every part in one reply", async () => {
    const reply = await wrap(httpApi(every), () => "ok")(apiEvent({ body: "{", query: "page=x", params: { id: "5" } }), context());

    expect(reply.statusCode).toBe(400);
    expect(JSON.parse(reply.body ?? "").errors).toEqual([
      { in: "body", pointer: "#", detail: "is not JSON (1 characters)" },
      { in: "query", pointer: "#/page", detail: expect.any(String) },
      { in: "params", pointer: "#/id", detail: expect.any(String) },
      { in: "headers", pointer: "#/x-api-version", detail: expect.any(String) },
    ]);
  });

  it("gives the handler what the schemas make of every part", async () => {
    const id = "0b9a3f6e-4a0c-4d5e-9f6d-2f1c7a9e8b10";
    const handler = wrap(httpApi(every), async ({ body, query, params, headers }) => [
      body.quantity,
      query.page,
      params.id,
      headers["x-api-version"],
      headers.get("x-api-version"),
    ]);

    const reply = await handler(
      apiEvent({ body: { id: "1", quantity: 2 }, query: "page=3", params: { id }, headers: { "x-api-version": "v1" } }),
      context(),
    );

    expect(JSON.parse(reply.body ?? "")).toEqual([2, 3, id, "v1", "v1"]);
  });

  it("gives the handler what a schema makes of the cookies, and tells what is wrong with them", async () => {
    const handler = wrap(
      httpApi({ cookies: z.object({ visits: z.coerce.number(), theme: z.string().default("light") }) }),
      async ({ cookies }) => [cookies.visits, cookies.theme],
    );

    expect(await handler(apiEvent({ cookies: ["visits=3", "x=%20"] }), context())).toMatchObject({ statusCode: 200, body: '[3,"light"]' });
    const { statusCode, body = "" } = await handler(apiEvent({ cookies: ["visits=many"] }), context());
    expect([statusCode, JSON.parse(body).errors]).toMatchObject([400, [{ in: "cookies", pointer: "#/visits" }]]);
  });

  it("waits for asynchronous schemas, and tells what they find beside what the others find", async () => {
    const taken = Order.refine(async ({ id }) => id !== "taken", { path: ["id"], message: "is taken" });
    const handler = wrap(httpApi({ body: taken, query: every.query }), async ({ body }) => body.id);

    const bad = await handler(apiEvent({ body: { id: "taken", quantity: 1 }, query: "page=x" }), context());
    const good = await handler(apiEvent({ body: { id: "free", quantity: 1 }, query: "page=1" }), context());

    expect(JSON.parse(bad.body ?? "").errors).toMatchObject([{ in: "body", pointer: "#/id", detail: "is taken" }, { in: "query" }]);
    expect(good).toMatchObject({ statusCode: 200, body: "free" });
  });

  it("is a 500 when a schema throws, whatever the other parts are", async () => {
    const throwing = z.string().transform(() => {
      throw new Error("secret");
    });

    const reply = await wrap(httpApi({ body: Order, query: z.object({ a: throwing }) }), () => "ok")(
      apiEvent({ body: "{", query: "a=1" }),
      context(),
    );

    expect(reply).toMatchObject({ statusCode: 500 });
    expect(reply.body).not.toContain("secret");
    expect(console.error).toHaveBeenCalledExactlyOnceWith(expect.anything(), expect.objectContaining({ code: "LAMELLA_SCHEMA_THREW" }));
  });

  it("comes after the layers, which may read valid parts before", async () => {
    const seen: unknown[] = [];
    const reader = layer("reader", async ({ query }: { readonly query: { readonly page: number } }, _ctx, next) => {
      seen.push(query.page);
      return next();
    });
    const handler = wrap(httpApi({ body: Order, query: every.query }), reader, () => "ok");

    const reply = await handler(apiEvent({ body: "{", query: "page=2" }), context());

    expect(seen).toEqual([2]);
    expect(reply.statusCode).toBe(400);
  });

  it("has happened to headers that a layer reads, when they fit", async () => {
    const seen: unknown[] = [];
    const reader = layer("reader", async ({ headers }: { readonly headers: { readonly "x-count": number } }, _ctx, next) => {
      seen.push(headers["x-count"]);
      return next();
    });
    const handler = wrap(
      httpApi({ headers: z.object({ "x-count": z.coerce.number() }) }),
      reader,
      async ({ headers }) => headers["x-count"],
    );

    const fits = await handler(apiEvent({ headers: { "x-count": "5" } }), context());
    const fitsNot = await handler(apiEvent({ headers: { "x-count": "x" } }), context());

    expect([fits.body, fitsNot.statusCode, seen]).toEqual(["5", 400, [5, undefined]]);
  });

  it("refuses to give a layer what an asynchronous schema has not decoded yet", async () => {
    const reader = layer("reader", async ({ body }: { readonly body: unknown }, _ctx, next) => next({ body }));
    const later = z.object({ id: z.string() }).refine(async () => true);

    const reply = await wrap(httpApi({ body: later }), reader, () => "ok")(apiEvent({ body: { id: "1" } }), context());

    expect(reply.statusCode).toBe(500);
    expect(console.error).toHaveBeenCalledWith(expect.anything(), expect.objectContaining({ code: "LAMELLA_PAYLOAD_NOT_READY" }));
  });

  it("decodes before a layer that declares to read", async () => {
    const reader = layer("reader", async ({ body }: { readonly body: { readonly id: string } }, _ctx, next) => next({ key: body.id }), {
      reads: true,
    });
    const later = z.object({ id: z.string() }).refine(async () => true);

    const reply = await wrap(
      httpApi({ body: later }),
      reader,
      async (_request, { key }) => key,
    )(apiEvent({ body: { id: "k" } }), context());

    expect(reply.body).toBe("k");
  });

  it.for([
    { key: "a/b~c", pointer: "#/a~1b~0c" },
    { key: "a b#c%", pointer: "#/a%20b%23c%25" },
    { key: "ż", pointer: "#/%C5%BC" },
    { key: "\ud800", pointer: "#/%EF%BF%BD" },
  ])("points to the key $key as $pointer", async ({ key, pointer }) => {
    const reply = await wrap(httpApi({ body: z.record(z.string(), z.string()) }), () => "ok")(apiEvent({ body: { [key]: 1 } }), context());

    expect(JSON.parse(reply.body ?? "").errors).toMatchObject([{ in: "body", pointer }]);
  });

  it("tells a hundred issues and no more", async () => {
    const reply = await wrap(httpApi({ body: z.array(z.string()) }), () => "ok")(
      apiEvent({ body: Array.from({ length: 500 }, () => 1) }),
      context(),
    );

    expect(JSON.parse(reply.body ?? "").errors).toHaveLength(100);
  });
});
