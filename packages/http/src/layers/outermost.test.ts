import { type Layer, layer, resource, retry, warmup, wrap } from "@lamella/core";
import { functionUrlEvent, lambdaContext, testing } from "@lamella/testing";
import { streamResponse } from "@lamella/testing/http";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type Service, services } from "../../test/edge-cases/services.ts";
import {
  bodyLimit,
  cors,
  functionUrl,
  httpLayer,
  NotFoundError,
  requestId,
  route,
  router,
  ServiceUnavailableError,
  securityHeaders,
  stream,
  UnauthorizedError,
} from "../index.ts";

const APP = "https://app.example.com";
const HEADERS = {
  "access-control-allow-origin": APP,
  "access-control-allow-credentials": "true",
  vary: "Origin",
  "x-frame-options": "DENY",
};

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

const authorized = httpLayer("authorized", async ({ headers }, _ctx, next) => {
  if (headers.get("authorization") === null) throw new UnauthorizedError();
  return next();
});
const routes = router({
  "GET /fails": () => {
    throw new Error("s3cret");
  },
  "GET /missing": () => {
    throw new NotFoundError();
  },
  "GET /busy": () => {
    throw new ServiceUnavailableError();
  },
  "GET /never": (_request, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
  "POST /orders": route({ body: z.object({ id: z.string() }) }, ({ body }) => body),
});
const layers = [bodyLimit({ maxBytes: 100 }), authorized] as const;
const outside = [cors({ origins: [APP], credentials: true }), securityHeaders()] as const;

const asks: { readonly what: string; readonly status: number; readonly request: Parameters<Service["toEvent"]>[0] }[] = [
  { what: "a body that does not fit", status: 400, request: { path: "/orders", body: { id: 5 } } },
  { what: "a request without a token", status: 401, request: { path: "/fails", headers: { authorization: undefined } } },
  { what: "a path without a route", status: 404, request: { path: "/nowhere" } },
  { what: "a handler's 404", status: 404, request: { path: "/missing" } },
  { what: "a method without a route", status: 405, request: { method: "DELETE", path: "/orders" } },
  { what: "a body that is too large", status: 413, request: { path: "/orders", body: { id: "x".repeat(100) } } },
  { what: "a body of another type", status: 415, request: { path: "/orders", body: "a=1", headers: { "content-type": "text/css" } } },
  { what: "an unknown error", status: 500, request: { path: "/fails" } },
  { what: "a handler's 503", status: 503, request: { path: "/busy" } },
  { what: "the deadline", status: 503, request: { path: "/never" } },
];

/** As a browser's page asks. */
const ofPage = ({ headers, ...request }: (typeof asks)[number]["request"]) => ({
  ...request,
  headers: { origin: APP, authorization: "Bearer x", ...headers },
});

describe.for(services)("behind $name, cors() and securityHeaders()", (service) => {
  const wrapped = (place: "in front" | "behind") => {
    const source = service.source();
    return place === "in front" ? wrap(source, ...outside, ...layers, routes) : wrap(source, ...layers, ...outside, routes);
  };
  const ask = async (lambda: ReturnType<typeof wrapped>, request: (typeof asks)[number]["request"]) =>
    service.toResponse((await lambda(service.toEvent(request), lambdaContext({ remainingMs: 120 }))) as never);

  it.for(asks.flatMap((each) => (["in front", "behind"] as const).map((place) => ({ ...each, place }))))(
    "put their headers on $status for $what, written $place of the others",
    async ({ status, request, place }) => {
      const response = await ask(wrapped(place), ofPage(request));

      expect(response.status).toBe(status);
      expect(Object.fromEntries(response.headers)).toMatchObject(HEADERS);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
    },
  );

  it.for(["in front", "behind"] as const)("let a preflight be answered before all others, written %s of them", async (place) => {
    const headers = { origin: APP, "access-control-request-method": "PUT", authorization: undefined };
    const response = await ask(wrapped(place), { method: "OPTIONS", path: "/nowhere", headers });

    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      ...HEADERS,
      vary: "Origin, Access-Control-Request-Headers",
      "access-control-allow-methods": expect.stringContaining("PUT"),
    });
    expect(await response.text()).toBe("");
  });

  if (service.streams !== true) return;
  it.for(asks)("put their headers on $status for $what, streamed", async ({ status, request }) => {
    const event = service.toEvent(ofPage(request));
    const response = await streamResponse(stream(wrapped("behind") as never) as never, event as never, lambdaContext({ remainingMs: 120 }));

    expect(response.status).toBe(status);
    expect(Object.fromEntries(response.headers)).toMatchObject(HEADERS);
    expect(await response.text()).not.toContain("s3cret");
  });
});

describe("cors() and securityHeaders()", () => {
  const broken: Readonly<Record<string, Layer<unknown, {}, {}>>> = {
    "an init that fails": resource("db", { init: failing }) as Layer<unknown, {}, {}>,
    "a layer around the invocation that fails": { name: "flush", hooks: { invocation: failing } },
  };
  async function failing(): Promise<never> {
    throw new Error("s3cret");
  }
  const preflightOf = { method: "OPTIONS", headers: { origin: APP, "access-control-request-method": "GET" } };
  const served = async (lambda: (event: never, context: never) => Promise<unknown>, input = {}) =>
    (await lambda(functionUrlEvent({ headers: { origin: APP }, ...input }) as never, lambdaContext() as never)) as {
      readonly statusCode: number;
      readonly headers: Record<string, string>;
    };

  it.for(Object.entries(broken))("put their headers on the reply of %s, which is logged", async ([, breaks]) => {
    for (const lambda of [wrap(functionUrl(), ...outside, breaks, () => "ok"), wrap(functionUrl(), breaks, ...outside, () => "ok")]) {
      const { statusCode, headers } = await served(lambda);

      expect(statusCode).toBe(breaks.hooks.invocation ? 500 : 503);
      expect(headers).toMatchObject(HEADERS);
      expect(JSON.stringify(headers)).not.toContain("s3cret");
      expect(console.error).toHaveBeenCalled();
      vi.mocked(console.error).mockClear();
    }
  });

  it.for([
    { when: "there is no time to start", remainingMs: 100, status: 503, runs: 0 },
    { when: "there is a millisecond to start in", remainingMs: 101, status: 200, runs: 1 },
  ])("put their headers on the $status when $when", async ({ remainingMs, status, runs }) => {
    const handler = vi.fn(() => "ok");
    const lambda = wrap(functionUrl({ softMs: 100, hardMs: 10 }), ...layers, ...outside, handler);
    const context = { ...lambdaContext(), getRemainingTimeInMillis: () => remainingMs };

    const { statusCode, headers } = (await lambda(
      functionUrlEvent({ headers: { origin: APP, authorization: "Bearer x" } }),
      context,
    )) as never;

    expect(statusCode).toBe(status);
    expect(headers).toMatchObject(HEADERS);
    expect(handler).toHaveBeenCalledTimes(runs);
  });

  it.for(Object.entries(broken))("put their headers on the streamed reply of %s", async ([, breaks]) => {
    const lambda = stream(wrap(functionUrl(), breaks, ...outside, () => "ok"));
    const response = await streamResponse(lambda, functionUrlEvent({ headers: { origin: APP } }));

    expect(response.status).toBe(breaks.hooks.invocation ? 500 : 503);
    expect(Object.fromEntries(response.headers)).toMatchObject(HEADERS);
  });

  it.for(Object.entries(broken))("let a preflight be answered in spite of %s", async ([, breaks]) => {
    const { statusCode, headers } = await served(
      wrap(functionUrl(), breaks, ...outside, () => "ok"),
      preflightOf,
    );

    expect(statusCode).toBe(204);
    expect(headers).toMatchObject({ "access-control-allow-origin": APP });
  });

  it("run once a request, where they are written twice over by their place", async () => {
    const asked: string[] = [];
    const counting = cors({ origins: (origin) => asked.push(origin) > 0 });

    await served(wrap(functionUrl(), requestId(), counting, () => "ok"));

    expect(asked).toEqual([APP]);
  });

  it("stand where they are written in a router", async () => {
    const lambda = wrap(
      functionUrl(),
      router({ "/open": router(cors({ origins: [APP] }), { "GET /": () => "ok" }), "GET /closed": () => "ok" }),
    );

    expect((await served(lambda, { path: "/open" })).headers).toMatchObject({ "access-control-allow-origin": APP });
    expect((await served(lambda, { path: "/open/nowhere" })).headers).toMatchObject({ "access-control-allow-origin": APP });
    expect((await served(lambda, { path: "/closed" })).headers).not.toHaveProperty("access-control-allow-origin");
  });

  it("stand around each try of a layer further out", async () => {
    let tries = 0;
    const flaky = () => {
      if (++tries === 1) throw new Error("once");
      return "ok";
    };
    const lambda = wrap(functionUrl(), retry({ backoffMs: 1 }), router(cors({ origins: [APP] }), { "GET /": flaky }));
    const { statusCode, headers } = await served(lambda);

    expect([statusCode, tries]).toEqual([200, 2]);
    expect(headers).toMatchObject({ "access-control-allow-origin": APP });
  });

  it("are replaced by name in tests, and stay out then", async () => {
    const through = layer("cors", async (_item, _ctx, next) => next());
    const { reply } = await testing(
      wrap(functionUrl(), ...outside, () => "ok"),
      { cors: through },
    ).send(functionUrlEvent({ headers: { origin: APP } }));

    expect(reply?.headers).not.toHaveProperty("access-control-allow-origin");
    expect(reply?.headers).toMatchObject({ "x-frame-options": "DENY" });
  });

  it.for(["before", "behind"])("leave keep-warm pings alone that warmup() answers, written %s it", async (place) => {
    const lambda =
      place === "before" ? wrap(functionUrl(), ...outside, warmup(), () => "ok") : wrap(functionUrl(), warmup(), ...outside, () => "ok");
    const ping = { source: "serverless-plugin-warmup" };

    expect(await lambda(ping as never, lambdaContext())).toBe("warmup");
    expect(await (await streamResponse(stream(lambda) as never, ping as never)).text()).toBe('"warmup"');
  });
});
