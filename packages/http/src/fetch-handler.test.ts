import { layer, wrap } from "@lamella/core";
import { functionUrlEvent } from "@lamella/testing";
import { streamResponse } from "@lamella/testing/http";
import { Elysia } from "elysia";
import { H3, HTTPError } from "h3";
import { Hono } from "hono";
import { cors as honoCors } from "hono/cors";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiEvent, context } from "../test/api-event.ts";
import { services } from "../test/edge-cases/services.ts";
import { fetchHandler, functionUrl, httpApi, router, stream } from "./index.ts";

interface Log {
  readonly info: (message: string) => void;
}

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

const lines: string[] = [];
const logging = layer("logging", async (_item, _ctx, next) => next({ log: { info: (line: string) => void lines.push(line) } }));

const hono = new Hono<{ Bindings: { log: Log } }>()
  .get("/hello/:name", (c) => {
    c.env.log.info(c.req.param("name"));
    return c.json({ hello: c.req.param("name"), page: c.req.queries("page") }, 200, { "x-app": "hono" });
  })
  .post("/echo", async (c) => {
    c.header("set-cookie", "a=1", { append: true });
    c.header("set-cookie", "b=2", { append: true });
    return c.body(await c.req.arrayBuffer(), 201, { "content-type": "application/octet-stream" });
  })
  .get("/stream", () => new Response(new Blob(["one ", "two"]).stream(), { headers: { "content-type": "text/plain" } }))
  .get("/fails", () => {
    throw new Error("s3cret");
  });

const h3 = new H3()
  .get("/hello/:name", (event) => {
    const { log, params } = event.context as unknown as { log: Log; params: { name: string } };
    log.info(params.name);
    event.res.headers.set("x-app", "h3");
    return { hello: params.name, page: event.url.searchParams.getAll("page") };
  })
  .post("/echo", async (event) => {
    event.res.status = 201;
    event.res.headers.append("set-cookie", "a=1");
    event.res.headers.append("set-cookie", "b=2");
    return new Uint8Array(await event.req.arrayBuffer());
  })
  .get("/stream", () => new Blob(["one ", "two"]).stream())
  .get("/fails", () => {
    throw new HTTPError({ status: 500, unhandled: true, message: "s3cret" });
  });

const elysia = new Elysia()
  .derive(({ request }) => ({ log: (request as unknown as { readonly context: { readonly log: Log } }).context.log }))
  .onError(({ code, status }) => (code === "NOT_FOUND" ? status(404, "not here") : status(500, "failed")))
  .get("/hello/:name", ({ params, request, set, log }) => {
    log.info(params.name);
    set.headers["x-app"] = "elysia";
    return { hello: params.name, page: new URL(request.url).searchParams.getAll("page") };
  })
  .post(
    "/echo",
    async ({ request }) => {
      const headers = new Headers([
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ]);
      return new Response(await request.arrayBuffer(), { status: 201, headers });
    },
    { parse: "none" },
  )
  .get("/stream", async function* () {
    yield "one ";
    yield "two";
  })
  .get("/fails", () => {
    throw new Error("s3cret");
  });

const apps = { Hono: hono, h3: h3 as unknown as typeof hono, Elysia: elysia as unknown as typeof hono };
const table = services.flatMap((service) => (["Hono", "h3", "Elysia"] as const).map((app) => ({ app, service, name: service.name })));

describe.for(table)("$app behind $name", ({ app, service }) => {
  const ask = async (input: Parameters<typeof service.toEvent>[0]) => {
    const handler = wrap(service.source(), logging, fetchHandler(apps[app]));
    return service.toResponse((await handler(service.toEvent(input), context())) as never);
  };

  it("answers, with what layers add as its bindings", async () => {
    lines.length = 0;

    const response = await ask({ path: "/hello/ann", query: { page: ["1", "2"] } });

    expect(response.status).toBe(200);
    expect(response.headers.get("x-app")).toBe(app.toLowerCase());
    // With multi-value headers off a load balancer sends the last value alone.
    expect(await response.json()).toEqual({ hello: "ann", page: service.name === "ALB, single values" ? ["2"] : ["1", "2"] });
    expect(lines).toEqual(["ann"]);
  });

  it("gets and gives bytes, and several cookies", async () => {
    const bytes = new Uint8Array([0, 255, 128, 10]);

    const response = await ask({ method: "POST", path: "/echo", body: bytes });

    expect(response.status).toBe(201);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  });

  it("streams, in one piece", async () => {
    expect(await (await ask({ path: "/stream" })).text()).toBe("one two");
  });

  it("answers what it does not know, and its own errors, itself", async () => {
    const failed = await ask({ path: "/fails" });

    expect((await ask({ path: "/nowhere" })).status).toBe(404);
    expect(failed.status).toBe(500);
    expect(await failed.text()).not.toContain("s3cret");
  });
});

describe("fetchHandler, streaming", () => {
  it("sends each chunk when the app has made it, and ends the app's stream when the client goes", async () => {
    const made: string[] = [];
    async function* chunks() {
      try {
        for (let count = 0; ; count++) {
          made.push(`${count}`);
          yield Buffer.from(`${count}`);
        }
      } finally {
        made.push("ended");
      }
    }
    const app = new Hono().get("/", () => new Response(ReadableStream.from(chunks()), { status: 201, headers: { "x-app": "hono" } }));
    const response = await streamResponse(stream(wrap(functionUrl(), logging, fetchHandler(app))), functionUrlEvent());
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();

    expect([response.status, response.headers.get("x-app")]).toEqual([201, "hono"]);
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("0");
    // Some wait on the way, and no more than those.
    expect(made.length).toBeLessThan(10_000);
    await reader.cancel();
    await vi.waitFor(() => expect(made.at(-1)).toBe("ended"));
  });

  it.for(["Hono", "h3", "Elysia"] as const)("streams what %s streams", async (app) => {
    const response = await streamResponse(
      stream(wrap(functionUrl(), logging, fetchHandler(apps[app]))),
      functionUrlEvent({ path: "/stream" }),
    );

    expect(await response.text()).toBe("one two");
  });
});

describe("fetchHandler below a base path", () => {
  const whole = new Hono().all("*", (c) => c.text(new URL(c.req.url).pathname + new URL(c.req.url).search));
  const asked = async (path: string, basePath: string | undefined, query = "a=1") =>
    (await wrap(httpApi(), fetchHandler(whole, { basePath }))(apiEvent({ path, query }), context())).body;

  it.for([
    { path: "/shop/orders", basePath: "/shop", gives: "/orders" },
    { path: "/shop", basePath: "/shop", gives: "/" },
    { path: "/shop/", basePath: "/shop", gives: "/" },
    { path: "/shop//evil.example/x", basePath: "/shop", gives: "//evil.example/x" },
    { path: "/shop/a b", basePath: "/shop", gives: "/a%20b" },
    { path: "/shop/v1/orders", basePath: "/shop/v1", gives: "/orders" },
    { path: "/shopping", basePath: "/shop", gives: "/shopping" },
    { path: "/orders", basePath: "/shop", gives: "/orders" },
    { path: "/shop/orders", basePath: undefined, gives: "/shop/orders" },
  ])("asks for $gives of $path, where it is $basePath", async ({ path, basePath, gives }) => {
    expect(await asked(path, basePath)).toBe(`${gives}?a=1`);
  });

  it("keeps method, headers and body", async () => {
    const app = new Hono().put("/orders", async (c) => c.json([c.req.method, c.req.header("x-a"), await c.req.json()]));
    const event = apiEvent({ method: "PUT", path: "/shop/orders", headers: { "x-a": "1" }, body: { id: 1 } });

    expect((await wrap(httpApi(), fetchHandler(app, { basePath: "/shop" }))(event, context())).body).toBe('["PUT","1",{"id":1}]');
  });

  it("stands behind a router, below a route of its own", async () => {
    const app = new Hono().get("/orders/:id", (c) => c.text(`app ${c.req.param("id")}`));
    const handler = wrap(httpApi(), router({ "GET /health": () => "ok", "ANY /shop/{path+}": fetchHandler(app, { basePath: "/shop" }) }));

    expect((await handler(apiEvent({ path: "/shop/orders/1" }), context())).body).toBe("app 1");
    expect((await handler(apiEvent({ path: "/health" }), context())).body).toBe("ok");
  });

  it.for(["shop", "/shop/", "/", "", "//x", "/a?b", 5])("cannot be made with %o", (basePath) => {
    expect(() => fetchHandler(whole, { basePath: basePath as string })).toThrow(
      expect.objectContaining({ name: "TypeError", message: expect.stringContaining("fetchHandler(app, { basePath })") }),
    );
  });
});

describe("fetchHandler", () => {
  const served = (fetch: (request: Request, env: object) => Response | Promise<Response>, remainingMs?: number) =>
    wrap(httpApi(), fetchHandler({ fetch }))(apiEvent({ headers: { "x-a": "1" } }), context(remainingMs));

  it("awaits what is handed to waitUntil before it replies, and tells what of it failed", async () => {
    const done: string[] = [];
    const app = new Hono().get("/orders", (c) => {
      c.executionCtx.waitUntil(new Promise<void>((resolve) => setImmediate(() => resolve(void done.push("later")))));
      c.executionCtx.waitUntil(Promise.reject(new Error("late")));
      c.executionCtx.passThroughOnException();
      return c.text("ok");
    });

    const { statusCode } = await wrap(httpApi(), fetchHandler(app))(apiEvent(), context());

    expect(statusCode).toBe(200);
    expect(done).toEqual(["later"]);
    expect(console.error).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining("waitUntil"),
      expect.objectContaining({ message: "late" }),
    );
  });

  it("aborts the request's signal when the deadline is near", async () => {
    vi.useFakeTimers();
    let reason: unknown;
    const reply = served(
      ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => {
            reason = signal.reason;
            resolve(new Response("stopped"));
          });
        }),
      10_000,
    );
    await vi.advanceTimersByTimeAsync(9_500);
    vi.useRealTimers();

    expect(await reply).toMatchObject({ statusCode: 200, body: "stopped" });
    expect(reason).toMatchObject({ code: "LAMELLA_DEADLINE_EXCEEDED" });
  });

  it("tells the app the client's address, where h3 looks for it", async () => {
    expect(await served((request) => new Response((request as Request & { ip: string }).ip))).toMatchObject({ body: "192.0.2.1" });
  });

  it("makes a problem document of what the app throws, and of what is no Response", async () => {
    const thrown = await served(() => Promise.reject(new Error("s3cret")));
    const nothing = await served(() => undefined as never);

    for (const reply of [thrown, nothing]) {
      expect(reply).toMatchObject({ statusCode: 500, headers: { "content-type": "application/problem+json" } });
      expect(reply.body).not.toContain("s3cret");
    }
  });

  it("leaves CORS to the app, if the app does it", async () => {
    const app = new Hono().use(honoCors({ origin: "https://a.test" })).get("/orders", (c) => c.text("ok"));
    const event = apiEvent({ method: "OPTIONS", headers: { origin: "https://a.test", "access-control-request-method": "GET" } });

    expect(await wrap(httpApi(), fetchHandler(app))(event, context())).toMatchObject({
      statusCode: 204,
      headers: { "access-control-allow-origin": "https://a.test" },
    });
  });

  it.for([undefined, null, {}, { fetch: "x" }, () => new Response()])("cannot be made of %o", (app) => {
    expect(() => fetchHandler(app as never)).toThrow(TypeError);
  });
});
