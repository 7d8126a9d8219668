import { answer, layer, layers, needs, wrap } from "@lamella/core";
import { functionUrlEvent, httpApiEvent, lambdaContext, testing } from "@lamella/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { ConflictError, functionUrl, httpApi, httpLayer, route, router } from "../index.ts";

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
});

const Order = z.object({ id: z.string() });
interface Replied {
  readonly statusCode?: number | undefined;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: string | undefined;
}
function behind(handler: unknown) {
  return wrap(httpApi(), handler as never);
}
describe("layers in a router", () => {
  const order: string[] = [];
  const noted = (name: string) =>
    httpLayer(name, async (request, _ctx, next) => {
      order.push(`${name} ${request.route}`);
      const response = await next();
      response.headers.append("x-through", name);
      order.push(`/${name} ${response.status}`);
      return response;
    });
  const handler = wrap(
    httpApi(),
    noted("outer"),
    router(noted("all"), {
      "GET /plain": () => "plain",
      "GET /guarded": route({}, layers(noted("one"), noted("two")), () => {
        throw new ConflictError("taken");
      }),
      "/inner": router(noted("inner"), { "GET /{id}": ({ params }) => params.id }),
    }),
  );
  beforeEach(() => {
    order.length = 0;
  });

  it.for([
    { path: "/plain", method: "GET", status: 200, through: "all, outer", route: "/plain" },
    { path: "/inner/1", method: "GET", status: 200, through: "inner, all, outer", route: "/inner/{id}" },
    { path: "/guarded", method: "GET", status: 409, through: "two, one, all, outer", route: "/guarded" },
    { path: "/none", method: "GET", status: 404, through: "all, outer", route: undefined },
    { path: "/inner/1/none", method: "GET", status: 404, through: "inner, all, outer", route: undefined },
    { path: "/inner/1", method: "POST", status: 405, through: "inner, all, outer", route: undefined },
    { path: "/inner/1", method: "OPTIONS", status: 204, through: "inner, all, outer", route: undefined },
  ])("stand around $method $path, which gives $status", async ({ path, method, status, through, route: pattern }) => {
    const result = (await handler(httpApiEvent({ method, path }), lambdaContext())) as Replied;

    expect(result).toMatchObject({ statusCode: status, headers: { "x-through": through } });
    const names = through.split(", ").toReversed();
    expect(order).toEqual([
      ...names.map((name) => `${name} ${name === "outer" ? undefined : pattern}`),
      ...names.toReversed().map((name) => `/${name} ${status}`),
    ]);
  });

  it("stand around a path that is wrongly encoded", async () => {
    const inside = wrap(functionUrl(), router(noted("all"), { "GET /{id}": () => 1 }));

    expect(await inside(functionUrlEvent({ path: "/%ZZ" }), lambdaContext())).toMatchObject({
      statusCode: 400,
      headers: { "x-through": "all" },
    });
  });

  it("tell the pattern to the layers further out, once it is matched", async () => {
    const routes: unknown[] = [];
    const metric = httpLayer("metric", async (request, _ctx, next) => {
      routes.push(request.route);
      const response = await next();
      routes.push(request.route, response.status);
      return response;
    });

    await wrap(httpApi(), metric, router({ "GET /orders/{id}": () => 1 }))(httpApiEvent({ path: "/orders/1" }), lambdaContext());

    expect(routes).toEqual([undefined, "/orders/{id}", 200]);
  });

  it("add to the context of what stands in them, and may answer", async () => {
    const user = layer("user", async (item: { readonly method: string }, _ctx, next) =>
      item.method === "PUT" ? answer({ early: true }) : next({ user: "u" }),
    );
    const inside = behind(
      router({
        "/x": router(user, { "GET /": (_request, { user: who }) => who, "PUT /": () => 1 }),
        "GET /y": (_request, ctx) => "user" in ctx,
      }),
    );

    expect(await inside(httpApiEvent({ path: "/x" }), lambdaContext())).toMatchObject({ body: "u" });
    expect(await inside(httpApiEvent({ path: "/x", method: "PUT" }), lambdaContext())).toMatchObject({ body: `{"early":true}` });
    expect(await inside(httpApiEvent({ path: "/y" }), lambdaContext())).toMatchObject({ body: "false" });
  });

  it("that read come after the decoding, and others before it", async () => {
    const seen: string[] = [];
    const inside = behind(
      router({
        "POST /x": route(
          { body: Order },
          layers(
            layer("before", async (_item, _ctx, next) => (seen.push("before"), next())),
            layer("reader", async (item: { readonly body: { readonly id: string } }, _ctx, next) => (seen.push(item.body.id), next()), {
              reads: true,
            }),
          ),
          () => {},
        ),
      }),
    );

    expect(await inside(httpApiEvent({ path: "/x", body: { id: "1" } }), lambdaContext())).toMatchObject({ statusCode: 204 });
    expect(await inside(httpApiEvent({ path: "/x", body: {} }), lambdaContext())).toMatchObject({ statusCode: 400 });
    expect(seen).toEqual(["before", "1", "before"]);
  });

  it("unwind with a 503 when the deadline gives up the handler in them", async () => {
    vi.useFakeTimers();
    const inside = wrap(httpApi({ softMs: 500, hardMs: 200 }), router(noted("all"), { "GET /x": () => new Promise(() => {}) }));

    const result = inside(httpApiEvent({ path: "/x" }), lambdaContext({ remainingMs: 3_000 }));
    await vi.advanceTimersByTimeAsync(2_850);

    expect(await result).toMatchObject({ statusCode: 503, headers: { "x-through": "all" } });
    expect(order).toEqual(["all /x", "/all 503"]);
  });

  it("are told of the failures of what came through them, and the console of the others", async () => {
    const reported: string[] = [];
    const reporter = (name: string) => ({ name, hooks: { report: () => void reported.push(name) } });
    const fails = () => {
      throw new Error("no");
    };
    const inside = behind(
      router({
        "/a": router(reporter("a"), { "GET /x": fails }),
        "/b": router(reporter("b"), { "GET /x": fails }),
        "GET /c": fails,
      }),
    );

    for (const path of ["/a/x", "/b/x"]) await inside(httpApiEvent({ path }), lambdaContext());
    expect(reported).toEqual(["a", "b"]);
    expect(console.error).not.toHaveBeenCalled();

    await inside(httpApiEvent({ path: "/c" }), lambdaContext());
    expect(reported).toEqual(["a", "b"]);
    expect(console.error).toHaveBeenCalledOnce();
  });

  it("run what they do around the invocation, each once", async () => {
    const runs: string[] = [];
    const around = {
      name: "around",
      hooks: { invocation: async (_lambda: unknown, next: () => Promise<void>) => (runs.push("in"), await next(), void runs.push("out")) },
    };
    const inside = behind(router({ "/a": router(around, { "GET /x": () => void runs.push("x"), "GET /y": () => 1 }), "GET /z": () => 1 }));

    await inside(httpApiEvent({ path: "/a/x" }), lambdaContext());

    expect(runs).toEqual(["in", "x", "out"]);
  });

  it("are replaced by name in tests", async () => {
    const user = layer("user", async (_item, _ctx, next) => next({ user: "real" }));
    const db = layer("db", async (_item, _ctx, next) => next({ db: "real" }));
    const routes = router(needs<{ readonly db: string }>(), { "GET /x": route({}, user, (_request, ctx) => `${ctx.db} ${ctx.user}`) });
    const inside = wrap(httpApi(), router(db, { "/in": routes }));

    const { reply: replied } = await testing(inside, { user: "fake", db: "fake" }).send(httpApiEvent({ path: "/in/x" }));

    expect(replied).toMatchObject({ body: "fake fake" });
    expect(await inside(httpApiEvent({ path: "/in/x" }), lambdaContext())).toMatchObject({ body: "real real" });
    expect(() => testing(inside, { nobody: 1 })).toThrow(
      "testing(handler, { nobody }) must name a layer of the handler; it has db, needs, user",
    );
  });

  it("run as well where a router is called by hand", async () => {
    const inner = router(noted("hand"), { "GET /x": () => "x" });
    const inside = wrap(httpApi(), async (request, ctx) => inner(request, ctx));

    expect(await inside(httpApiEvent({ path: "/x" }), lambdaContext())).toMatchObject({ body: "x", headers: { "x-through": "hand" } });
  });
});
