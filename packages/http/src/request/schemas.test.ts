import { wrap } from "@lamella/core";
import { lambdaContext } from "@lamella/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type Service, services } from "../../test/edge-cases/services.ts";
import { alb, functionUrl, http, httpApi, lattice, restApi, route, router } from "../index.ts";

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

const declared = {
  body: z.object({ quantity: z.int().positive() }),
  query: z.object({ page: z.coerce.number().int().default(1), tag: z.array(z.string()).default([]) }),
  params: z.object({ id: z.coerce.number() }),
  headers: z.object({ "x-version": z.enum(["1", "2"]) }),
  cookies: z.object({ visits: z.coerce.number() }),
  response: { 201: z.object({ all: z.array(z.unknown()) }), 409: null },
};

/** The same program behind each source; where the service matches no path, a router does. */
const handlers = {
  "REST API": wrap(restApi(declared), ({ body, query, params, headers, cookies, reply }) =>
    reply(201, { all: [body.quantity, query.page, query.tag, params.id, headers["x-version"], cookies.visits] }),
  ),
  "HTTP API 2.0": wrap(httpApi(declared), ({ body, query, params, headers, cookies, reply }) =>
    reply(201, { all: [body.quantity, query.page, query.tag, params.id, headers["x-version"], cookies.visits] }),
  ),
  "HTTP API 1.0": wrap(http(declared), ({ body, query, params, headers, cookies, reply }) =>
    reply(201, { all: [body.quantity, query.page, query.tag, params.id, headers["x-version"], cookies.visits] }),
  ),
} as Readonly<Record<string, (event: never, context: never) => Promise<unknown>>>;

const routes = router({
  "POST /orders/{id}": route(declared, ({ body, query, params, headers, cookies, reply }) =>
    reply(201, { all: [body.quantity, query.page, query.tag, params.id, headers["x-version"], cookies.visits] }),
  ),
});
const routed = {
  "REST API": wrap(restApi(), routes),
  "HTTP API 1.0": wrap(restApi(), routes),
  "HTTP API 2.0": wrap(httpApi(), routes),
  "function URL": wrap(functionUrl(), routes),
  "ALB, single values": wrap(alb(), routes),
  "ALB, multi values": wrap(alb(), routes),
  "Lattice 1": wrap(lattice(), routes),
  "Lattice 2": wrap(lattice(), routes),
} as Readonly<Record<string, (event: never, context: never) => Promise<unknown>>>;

const right = {
  method: "POST",
  path: "/orders/7",
  query: "page=2&tag=a",
  headers: { "X-Version": "2" },
  cookies: { visits: "3" },
  body: { quantity: 5, more: true },
};

async function ask(service: Service, lambda: (typeof routed)[string] | undefined, input: object, params?: object): Promise<Response> {
  const event = { ...service.toEvent({ ...right, ...input }), ...(params && { pathParameters: params }) };
  return service.toResponse((await lambda?.(event as never, lambdaContext() as never)) as never);
}

describe.for(services)("behind $name the schemas", (service) => {
  const places = [
    { where: "a route", lambda: routed[service.name], params: undefined },
    ...(service.name in handlers ? [{ where: "the source", lambda: handlers[service.name], params: { id: "7" } }] : []),
  ];

  it.for(places)("of $where give the handler what they make of every part", async ({ lambda, params }) => {
    const response = await ask(service, lambda, {}, params);

    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ all: [5, 2, ["a"], 7, "2", 3] });
  });

  it.for(places)("of $where are told by part and path where nothing fits, in one reply", async ({ lambda, params }) => {
    const wrong = { path: "/orders/x", query: "page=x", headers: { "X-Version": "3" }, cookies: { visits: "x" }, body: { quantity: 0 } };
    const response = await ask(service, lambda, wrong, params && { id: "x" });
    const { errors } = (await response.json()) as { readonly errors: readonly { readonly in: string; readonly pointer: string }[] };

    expect(response.status).toBe(400);
    expect(errors.map(({ in: part, pointer }) => part + pointer).toSorted()).toEqual([
      "body#/quantity",
      "cookies#/visits",
      "headers#/x-version",
      "params#/id",
      "query#/page",
    ]);
  });

  it.for(places)("of $where refuse a body of another type with 415, and one that is no JSON with 400", async ({ lambda, params }) => {
    const css = { body: "a {}", headers: { ...right.headers, "content-type": "text/css" } };

    expect((await ask(service, lambda, css, params)).status).toBe(415);
    expect(
      (await ask(service, lambda, { body: "{", headers: { ...right.headers, "content-type": "application/json" } }, params)).status,
    ).toBe(400);
    expect((await ask(service, lambda, { body: undefined }, params)).status).toBe(400);
  });
});

describe("a response schema", () => {
  it.for(services)("is held against what is replied, behind $name", async (service) => {
    const open = { "HTTP API 1.0": restApi, "REST API": restApi, "HTTP API 2.0": httpApi, "function URL": functionUrl } as Record<
      string,
      typeof http
    >;
    const source = open[service.name] ?? (service.name.startsWith("ALB") ? alb : lattice);
    const response = { 200: z.object({ id: z.string() }), 204: null };
    const replied = async (give: (reply: never) => unknown) => {
      const lambda = wrap(source({ response }), ({ reply }) => give(reply as never) as never);
      return service.toResponse((await lambda(service.toEvent({}) as never, lambdaContext())) as never);
    };

    expect(await (await replied(() => ({ id: "1", secret: "x" }))).json()).toEqual({ id: "1" });
    expect((await replied(() => ({ id: 1 }))).status).toBe(500);
    expect((await replied((reply: (status: number) => unknown) => reply(204))).status).toBe(204);
    expect((await replied((reply: (status: number) => unknown) => reply(202))).status).toBe(500);
  });
});
