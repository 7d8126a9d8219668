import { answer, DeadlineExceededError, type Layer, layer, layers, wrap } from "@lamella/core";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { apiEvent, context } from "../test/api-event.ts";
import { NotFoundError } from "./errors/client-errors.ts";
import { httpApi } from "./http-api.ts";
import { httpLayer } from "./http-layer.ts";
import type { HttpRequest } from "./request/http-request.ts";
import { reply } from "./response/reply.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  expect(vi.getTimerCount(), "a timer outlived the invocation").toBe(0);
  vi.useRealTimers();
});

const server = httpLayer("server", async (_request, _ctx, next) => {
  const response = await next();
  response.headers.set("server", "lamella");
  return response;
});

/** A layer that is not for requests in particular, and keeps what it sees. */
function spy(): { readonly seen: unknown[]; readonly layer: Layer<unknown, {}, {}> } {
  const seen: unknown[] = [];
  return {
    seen,
    layer: layer("spy", async (_item, _ctx, next) => {
      try {
        return await next();
      } catch (error) {
        seen.push(error);
        throw error;
      }
    }),
  };
}

async function served(pending: Promise<APIGatewayProxyStructuredResultV2>): Promise<APIGatewayProxyStructuredResultV2> {
  await vi.advanceTimersByTimeAsync(10_000);
  return pending;
}

const boom = new Error("s3cret");
const missing = new NotFoundError("no such order");

describe("a header that a layer for requests sets", () => {
  it.for<{ what: string; handler: () => unknown; status: number; body?: unknown; rejection: unknown }>([
    { what: "a plain object", handler: () => ({ ok: true }), status: 200, rejection: undefined },
    { what: "nothing", handler: () => undefined, status: 204, rejection: undefined },
    { what: "a web Response", handler: () => new Response("x", { status: 201 }), status: 201, rejection: undefined },
    { what: "an HttpError", handler: () => Promise.reject(missing), status: 404, rejection: missing },
    {
      what: "a body that does not fit",
      body: { id: 5 },
      handler: () => "ok",
      status: 400,
      rejection: expect.objectContaining({ code: "LAMELLA_PAYLOAD" }),
    },
    { what: "an unknown error", handler: () => Promise.reject(boom), status: 500, rejection: boom },
    { what: "output that is no JSON", handler: () => 1n, status: 500, rejection: expect.objectContaining({ code: "LAMELLA_OUTPUT" }) },
    {
      what: "a handler that never settles",
      handler: () => new Promise(() => {}),
      status: 503,
      rejection: expect.any(DeadlineExceededError),
    },
  ])(
    "is there on $status for $what, and a plain layer outside sees the failure itself",
    async ({ handler, body = { id: "1" }, status, rejection }) => {
      const { seen, layer: outer } = spy();
      const wrapped = wrap(httpApi({ body: z.object({ id: z.string() }) }), outer, server, async () => handler());

      const { statusCode, headers } = await served(wrapped(apiEvent({ body }), context(10_000)));

      expect(statusCode).toBe(status);
      expect(headers).toMatchObject({ server: "lamella" });
      expect(seen).toEqual(rejection === undefined ? [] : [rejection]);
    },
  );

  it("stands beside the cookies and headers of the handler", async () => {
    const handler = wrap(httpApi(), server, async () =>
      reply(200, "x", { "set-cookie": ["a=1", "b=2"], "content-type": "text/html", vary: "origin" }),
    );

    expect(await served(handler(apiEvent(), context()))).toEqual({
      statusCode: 200,
      headers: { "content-type": "text/html", server: "lamella", vary: "origin" },
      cookies: ["a=1", "b=2"],
      body: "x",
    });
  });

  it("is not on the web Response that the handler returned", async () => {
    const returned = new Response("x");

    await served(wrap(httpApi(), server, async () => returned)(apiEvent(), context()));

    expect(returned.headers.has("server")).toBe(false);
  });

  it("is there once, and another layer's beside it, when several stand around a failure", async () => {
    const id = httpLayer("id", async (_request, _ctx, next) => {
      const response = await next();
      response.headers.append("server", "edge");
      response.headers.append("set-cookie", "a=1");
      response.headers.append("set-cookie", "b=2");
      return response;
    });
    const { seen, layer: between } = spy();
    const wrapped = wrap(httpApi(), id, between, server, async () => Promise.reject(missing));

    expect(await served(wrapped(apiEvent(), context()))).toMatchObject({
      statusCode: 404,
      headers: { server: "lamella, edge", "content-type": "application/problem+json" },
      cookies: ["a=1", "b=2"],
    });
    expect(seen).toEqual([missing]);
  });

  it("is there on the reply of a layer inside, and on a plain layer's answer", async () => {
    const refuses = httpLayer("refuses", async () => reply(401, { title: "log in" }, { "www-authenticate": "Bearer" }));
    const answers = layer("answers", async () => answer({ from: "layer" }));

    const refused = await served(wrap(httpApi(), server, refuses, () => "ok")(apiEvent(), context()));
    const answered = await served(wrap(httpApi(), server, answers, () => "ok")(apiEvent(), context()));

    expect(refused).toEqual({
      statusCode: 401,
      headers: { "content-type": "application/json", server: "lamella", "www-authenticate": "Bearer" },
      body: '{"title":"log in"}',
    });
    expect(answered).toMatchObject({ statusCode: 200, headers: { server: "lamella" }, body: '{"from":"layer"}' });
  });
});

describe("a layer for requests", () => {
  it("adds to the context", async () => {
    const session = httpLayer("session", async (request, _ctx, next) =>
      request.headers.get("cookie") === null ? reply(401) : next({ user: request.cookies["user"] }),
    );
    const handler = wrap(httpApi(), session, async (_request, { user }) => `hello ${String(user)}`);

    expect(await served(handler(apiEvent({ cookies: ["user=ann"] }), context()))).toMatchObject({ body: "hello ann" });
    expect(await served(handler(apiEvent(), context()))).toEqual({ statusCode: 401, headers: {} });
  });

  it("may change status and body", async () => {
    const shout = httpLayer("shout", async (_request, _ctx, next) => {
      const response = await next();
      response.status = 202;
      response.body = (response.body as string).toUpperCase();
      return response;
    });

    expect(await served(wrap(httpApi(), shout, () => "hi")(apiEvent(), context()))).toMatchObject({ statusCode: 202, body: "HI" });
  });

  it("may change the response of a failure, which stays a failure to the layers outside", async () => {
    const teapot = httpLayer("teapot", async (_request, _ctx, next) => {
      const response = await next();
      response.status = 418;
      return response;
    });
    const { seen, layer: outer } = spy();

    const { statusCode } = await served(wrap(httpApi(), outer, teapot, async () => Promise.reject(boom))(apiEvent(), context()));

    expect(statusCode).toBe(418);
    expect(seen).toEqual([boom]);
  });

  it("may put a reply in the place of a failure, which is then none to the layers outside", async () => {
    const fallback = httpLayer("fallback", async (_request, _ctx, next) => {
      const response = await next();
      return response.status === 500 ? reply(200, "cached") : response;
    });
    const { seen, layer: outer } = spy();

    const wrapped = wrap(httpApi(), outer, fallback, async () => Promise.reject(boom));

    expect(await served(wrapped(apiEvent(), context()))).toMatchObject({ statusCode: 200, body: "cached" });
    expect(seen).toEqual([]);
  });

  it("replies whatever the declared responses are, which bind the handler", async () => {
    const refuses = httpLayer("refuses", async () => reply(429, { title: "slow down" }));

    const wrapped = wrap(httpApi({ response: { 200: z.string() } }), refuses, async () => "ok");

    expect(await served(wrapped(apiEvent(), context()))).toMatchObject({ statusCode: 429, body: '{"title":"slow down"}' });
  });

  it("makes a 500 when it sets a status that is none", async () => {
    const wrong = httpLayer("wrong", async (_request, _ctx, next) => {
      const response = await next();
      response.status = 0;
      return response;
    });

    expect(await served(wrap(httpApi(), wrong, () => "hi")(apiEvent(), context()))).toMatchObject({ statusCode: 500 });
    expect(console.error).toHaveBeenCalledOnce();
  });

  it("makes a 500 when it fails, before next and after it", async () => {
    const before = httpLayer("before", async () => Promise.reject(boom));
    const after = httpLayer("after", async (_request, _ctx, next) => {
      await next();
      throw boom;
    });

    for (const failing of [before, after]) {
      const { statusCode, body } = await served(wrap(httpApi(), failing, () => "hi")(apiEvent(), context()));
      expect(statusCode).toBe(500);
      expect(body).not.toContain("s3cret");
    }
  });

  it("makes a 500 when it gives nothing", async () => {
    const forgets = httpLayer("forgets", (async () => undefined) as never);

    expect(await served(wrap(httpApi(), server, forgets, () => "hi")(apiEvent(), context()))).toMatchObject({
      statusCode: 500,
      headers: { server: "lamella" },
    });
  });

  it("calls next once", async () => {
    const twice = httpLayer("twice", async (_request, _ctx, next) => {
      await next();
      return next();
    });

    const { statusCode } = await served(wrap(httpApi(), twice, () => "hi")(apiEvent(), context()));

    expect(statusCode).toBe(500);
    expect(console.error).toHaveBeenCalledWith(expect.anything(), expect.objectContaining({ code: "LAMELLA_NEXT_CALLED_TWICE" }));
  });

  it("calls next again when it declares that it repeats, and sees each failure", async () => {
    let tries = 0;
    const again = httpLayer(
      "again",
      async (_request, _ctx, next) => {
        const response = await next();
        return response.status < 500 ? response : next();
      },
      { repeats: true },
    );
    const handler = wrap(httpApi(), again, async () => (++tries === 1 ? Promise.reject(boom) : "second"));

    expect(await served(handler(apiEvent(), context()))).toMatchObject({ statusCode: 200, body: "second" });
  });

  it("reads headers of a request whose headers do not fit, and refuses it late", async () => {
    const origin = httpLayer("origin", async (request, _ctx, next) => {
      const response = await next();
      response.headers.set("access-control-allow-origin", request.headers.get("origin") ?? "*");
      return response;
    });
    const handler = wrap(httpApi({ headers: z.object({ "x-key": z.string() }) }), origin, () => "ok");

    const { statusCode, headers } = await served(handler(apiEvent({ headers: { origin: "https://a.example" } }), context()));

    expect(statusCode).toBe(400);
    expect(headers).toMatchObject({ "access-control-allow-origin": "https://a.example" });
  });

  it("stands in presets", async () => {
    const preset = layers(
      server,
      layer("plain", async (_request: HttpRequest, _ctx, next) => next({ a: 1 })),
    );

    expect(await served(wrap(httpApi(), preset, async (_request, { a }) => a)(apiEvent(), context()))).toMatchObject({
      headers: { server: "lamella" },
      body: "1",
    });
  });

  it.for<{ what: string; make: () => unknown; says: string }>([
    { what: "an empty name", make: () => httpLayer("", async () => reply(200)), says: "must be a name" },
    { what: "no function", make: () => httpLayer("x", undefined as never), says: 'httpLayer("x", …) must be a function, got undefined' },
  ])("cannot be made with $what", ({ make, says }) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(says);
  });
});

describe("the deadline", () => {
  it.for<{ what: string; workMs: number; status: number }>([
    { what: "1 ms before the hard stop", workMs: 2_799, status: 200 },
    { what: "1 ms after the hard stop", workMs: 2_801, status: 503 },
  ])("gives $status when the work ends $what", async ({ workMs, status }) => {
    const handler = wrap(httpApi({ hardMs: 200 }), () => new Promise((resolve) => setTimeout(resolve, workMs, "done")));

    const { statusCode, headers } = await served(handler(apiEvent(), context(3_000)));

    expect(statusCode).toBe(status);
    if (status === 503) expect(headers).toEqual({ "content-type": "application/problem+json", "retry-after": "1" });
  });

  it("gives 503 when a stream does not end", async () => {
    const stuck = new ReadableStream({ pull: () => new Promise(() => {}) });

    expect(await served(wrap(httpApi(), () => stuck)(apiEvent(), context(3_000)))).toMatchObject({ statusCode: 503 });
  });

  it("gives 503 when an asynchronous schema does not end", async () => {
    const stuck = z.object({}).refine(() => new Promise<boolean>(() => {}));

    expect(await served(wrap(httpApi({ body: stuck }), server, () => "ok")(apiEvent({ body: {} }), context(3_000)))).toMatchObject({
      statusCode: 503,
    });
  });
});

describe("a failure outside of the request", () => {
  it("is a 500 that leaks nothing, and logged", async () => {
    const failing: Layer<unknown, {}, {}> = { name: "failing", hooks: { invocation: async () => Promise.reject(boom) } };

    const { statusCode, body } = await served(wrap(httpApi(), failing, () => "ok")(apiEvent(), context()));

    expect(statusCode).toBe(500);
    expect(body).not.toContain("s3cret");
    expect(console.error).toHaveBeenCalledExactlyOnceWith("[lamella] httpApi request-1 failed (answered):", boom);
  });

  it("is a 503 when it is the deadline", async () => {
    const late: Layer<unknown, {}, {}> = { name: "late", hooks: { invocation: async () => Promise.reject(new DeadlineExceededError(10)) } };

    expect(await served(wrap(httpApi(), late, () => "ok")(apiEvent(), context()))).toMatchObject({ statusCode: 503 });
  });
});
