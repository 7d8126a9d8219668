import { layer, wrap } from "@lamella/core";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { apiEvent, context } from "../../test/api-event.ts";
import { MethodNotAllowedError, NotFoundError } from "../errors/client-errors.ts";
import { httpApi } from "../http-api.ts";
import { httpLayer } from "../http-layer.ts";
import { reply } from "../response/reply.ts";
import { type CorsOptions, cors } from "./cors.ts";

const APP = "https://app.example.com";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  expect(vi.getTimerCount(), "a timer outlived the invocation").toBe(0);
  vi.useRealTimers();
});

async function served(pending: Promise<APIGatewayProxyStructuredResultV2>): Promise<APIGatewayProxyStructuredResultV2> {
  await vi.advanceTimersByTimeAsync(30_000);
  return pending;
}

const reached = vi.fn(async (): Promise<unknown> => "ok");
afterEach(() => reached.mockClear());

async function asked(options: CorsOptions | undefined, headers: Record<string, string>, method = "GET") {
  const result = await served(wrap(httpApi(), cors(options), reached)(apiEvent({ method, headers }), context()));
  return { ...result, headers: result.headers as Record<string, string> };
}

const preflight = (options: CorsOptions | undefined, headers: Record<string, string> = {}) =>
  asked(options, { origin: APP, "access-control-request-method": "PUT", ...headers }, "OPTIONS");

describe("an origin", () => {
  it.for<{ what: string; origins: CorsOptions["origins"]; origin: string; gives: string | undefined }>([
    { what: "any, where all are", origins: "*", origin: APP, gives: "*" },
    { what: "one of the list", origins: ["https://x.test", APP], origin: APP, gives: APP },
    { what: "one in other letters than browsers send", origins: [APP], origin: "https://APP.example.com", gives: undefined },
    { what: "one with another port", origins: [APP], origin: `${APP}:8443`, gives: undefined },
    { what: "one without TLS", origins: [APP], origin: "http://app.example.com", gives: undefined },
    { what: "one that begins like an allowed one", origins: [APP], origin: `${APP}.evil.test`, gives: undefined },
    { what: "null", origins: [APP], origin: "null", gives: undefined },
    { what: "a subdomain", origins: ["https://*.example.com"], origin: APP, gives: APP },
    {
      what: "a subdomain of a subdomain",
      origins: ["https://*.example.com"],
      origin: "https://a.b.example.com",
      gives: "https://a.b.example.com",
    },
    {
      what: "the domain itself, where subdomains are",
      origins: ["https://*.example.com"],
      origin: "https://example.com",
      gives: undefined,
    },
    { what: "a domain that ends alike", origins: ["https://*.example.com"], origin: "https://evilexample.com", gives: undefined },
    {
      what: "a domain with another character for a dot",
      origins: ["https://*.example.com"],
      origin: "https://a.example-com",
      gives: undefined,
    },
    { what: "a subdomain with a port", origins: ["https://*.example.com"], origin: "https://a.example.com:1", gives: undefined },
    { what: "any port", origins: ["http://localhost:*"], origin: "http://localhost:5173", gives: "http://localhost:5173" },
    { what: "no port, where any is", origins: ["http://localhost:*"], origin: "http://localhost", gives: "http://localhost" },
    { what: "a host behind the port", origins: ["http://localhost:*"], origin: "http://localhost:1.evil.test", gives: undefined },
    { what: "an IPv6 address", origins: ["http://[::1]:*"], origin: "http://[::1]:80", gives: "http://[::1]:80" },
    { what: "an app's own scheme", origins: ["capacitor://localhost"], origin: "capacitor://localhost", gives: "capacitor://localhost" },
    { what: "one that an expression fits", origins: [/https:\/\/(app|www)\.example\.com/], origin: APP, gives: APP },
    { what: "one that an expression fits in part", origins: [/example\.com/], origin: APP, gives: undefined },
    {
      what: "one of two that an expression names",
      origins: [/https:\/\/a\.test|https:\/\/b\.test/],
      origin: "https://b.test.evil",
      gives: undefined,
    },
    { what: "one that a function allows", origins: (origin) => origin === APP, origin: APP, gives: APP },
    { what: "one that a function allows later", origins: async () => true, origin: APP, gives: APP },
    { what: "one that a function does not allow", origins: () => false, origin: APP, gives: undefined },
  ])("is answered with $gives: $what", async ({ origins, origin, gives }) => {
    for (const repeated of [1, 2]) {
      const { headers, body } = await asked({ origins }, { origin });

      expect(headers["access-control-allow-origin"], `time ${repeated}`).toBe(gives);
      expect(headers["vary"]).toBe(origins === "*" ? undefined : "Origin");
      expect(body).toBe("ok");
    }
  });

  it("keeps no state of an expression that has flags", async () => {
    const handler = wrap(httpApi(), cors({ origins: [/https:\/\/app\.example\.com/gy] }), () => "ok");

    for (let time = 1; time <= 3; time++) {
      const { headers } = await served(handler(apiEvent({ headers: { origin: APP } }), context()));
      expect(headers, `time ${time}`).toMatchObject({ "access-control-allow-origin": APP });
    }
  });

  it("that is missing still varies the reply, for caches", async () => {
    expect((await asked({ origins: [APP] }, {})).headers).toEqual({ "content-type": "text/plain; charset=utf-8", vary: "Origin" });
  });

  it.for([
    { given: "accept-encoding", gives: "accept-encoding, Origin" },
    { given: "accept, ORIGIN", gives: "accept, ORIGIN" },
    { given: "*", gives: "*" },
  ])("varies a reply that varies by $given by $gives", async ({ given, gives }) => {
    const handler = wrap(httpApi(), cors({ origins: [APP] }), () => reply(200, "x", { vary: given }));

    expect((await served(handler(apiEvent(), context()))).headers).toMatchObject({ vary: gives });
  });

  it("may read headers and send cookies where that is allowed", async () => {
    const { headers } = await asked({ origins: [APP], credentials: true, exposedHeaders: ["etag", "x-request-id"] }, { origin: APP });

    expect(headers).toMatchObject({
      "access-control-allow-origin": APP,
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "etag, x-request-id",
    });
  });

  it("that is not allowed learns nothing of credentials", async () => {
    const { headers } = await asked({ origins: [APP], credentials: true, exposedHeaders: ["etag"] }, { origin: "https://evil.test" });

    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

describe("a preflight", () => {
  it("is answered before layers that stand behind, and without the handler", async () => {
    const auth = httpLayer("auth", async () => reply(401));
    const handler = wrap(httpApi({ headers: z.object({ authorization: z.string() }) }), cors(), auth, reached);

    const { statusCode, headers, body } = await served(
      handler(apiEvent({ method: "OPTIONS", headers: { origin: APP, "access-control-request-method": "DELETE" } }), context()),
    );

    expect(statusCode).toBe(204);
    expect(body).toBeUndefined();
    expect(headers).toEqual({
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
      vary: "Access-Control-Request-Headers",
    });
    expect(reached).not.toHaveBeenCalled();
  });

  it("tells all that is allowed", async () => {
    const options: CorsOptions = {
      origins: [APP],
      methods: ["PUT"],
      headers: ["content-type", "x-key"],
      exposedHeaders: ["etag"],
      credentials: true,
      maxAgeS: 600,
    };

    expect((await preflight(options)).headers).toEqual({
      "access-control-allow-origin": APP,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "PUT",
      "access-control-allow-headers": "content-type, x-key",
      "access-control-max-age": "600",
      vary: "Origin",
    });
  });

  it.for([
    { asked: "content-type,x-key", gives: "content-type,x-key" },
    { asked: "x-key, ", gives: undefined },
    { asked: "x key", gives: undefined },
    { asked: "x-a;x-b", gives: undefined },
  ])("allows the headers that the page asks for, if they are names: $asked", async ({ asked: wanted, gives }) => {
    const { headers } = await preflight(undefined, { "access-control-request-headers": wanted });

    expect(headers["access-control-allow-headers"]).toBe(gives);
  });

  it("tells an origin that is not allowed nothing", async () => {
    const { statusCode, headers } = await preflight({ origins: ["https://x.test"], maxAgeS: 5 });

    expect(statusCode).toBe(204);
    expect(headers).toEqual({ vary: "Origin, Access-Control-Request-Headers" });
  });

  it.for([
    { allowed: true, asked: "true", gives: "true" },
    { allowed: true, asked: undefined, gives: undefined },
    { allowed: undefined, asked: "true", gives: undefined },
  ])("lets into a private network ($allowed) those that ask ($asked): $gives", async ({ allowed, asked: wanted, gives }) => {
    const { headers } = await preflight(
      { privateNetwork: allowed },
      wanted === undefined ? {} : { "access-control-request-private-network": wanted },
    );

    expect(headers["access-control-allow-private-network"]).toBe(gives);
  });

  it.for([
    { what: "an OPTIONS that asks for no method", method: "OPTIONS", headers: { origin: APP } as Record<string, string> },
    { what: "an OPTIONS of no page", method: "OPTIONS", headers: { "access-control-request-method": "PUT" } as Record<string, string> },
    { what: "another method", method: "POST", headers: { origin: APP, "access-control-request-method": "PUT" } as Record<string, string> },
  ])("is not $what, which reaches the handler", async ({ method, headers }) => {
    expect(await asked(undefined, headers, method)).toMatchObject({ statusCode: 200, body: "ok" });
    expect(reached).toHaveBeenCalledOnce();
  });
});

describe("the reply of an error", () => {
  const event = apiEvent({ headers: { origin: APP }, body: { id: 5 } });
  const fit = { headers: { origin: APP }, body: { id: "1" } };
  const body = z.object({ id: z.string() });
  const breaking = new ReadableStream({ pull: (controller) => controller.error(new Error("broke")) });

  it.for<{ what: string; status: number; handler: () => unknown; misfit?: boolean }>([
    { what: "a body that does not fit", status: 400, handler: () => "ok", misfit: true },
    { what: "a handler's 404", status: 404, handler: () => Promise.reject(new NotFoundError()) },
    {
      what: "a handler's 405",
      status: 405,
      handler: () => Promise.reject(new MethodNotAllowedError(undefined, { headers: { allow: "GET" } })),
    },
    { what: "an unknown error", status: 500, handler: () => Promise.reject(new Error("x")) },
    { what: "output that is no JSON", status: 500, handler: () => 1n },
    { what: "a body that breaks while it is read", status: 500, handler: () => breaking },
    { what: "a handler that never settles", status: 503, handler: () => new Promise(() => {}) },
    { what: "a stream that never ends", status: 503, handler: () => new ReadableStream({ pull: () => new Promise(() => {}) }) },
  ])("has the headers: $status for $what", async ({ status, handler, misfit }) => {
    const wrapped = wrap(httpApi({ body }), cors({ origins: [APP] }), async () => handler());

    const { statusCode, headers } = await served(wrapped(misfit ? event : apiEvent(fit), context()));

    expect(statusCode).toBe(status);
    expect(headers).toMatchObject({ "access-control-allow-origin": APP, vary: "Origin" });
  });

  it("has the headers where a layer refuses, further in or further out", async () => {
    const refuses = httpLayer("refuses", async () => reply(401, { title: "log in" }));
    const fails = layer("fails", async (_item, _ctx, next) => {
      await next();
      throw new Error("x");
    });

    const inside = await served(wrap(httpApi({ body }), cors(), refuses, reached)(event, context()));
    const outside = await served(wrap(httpApi(), fails, cors(), reached)(event, context()));

    expect(inside).toMatchObject({ statusCode: 401, headers: { "access-control-allow-origin": "*" } });
    expect(outside).toMatchObject({ statusCode: 500, headers: { "access-control-allow-origin": "*" } });
  });
});

describe("wrong options", () => {
  it.for<{ what: string; options: object; error: typeof TypeError | typeof RangeError; says: string }>([
    {
      what: "all origins with credentials",
      options: { credentials: true },
      error: RangeError,
      says: "a list or a function where credentials",
    },
    { what: "no origins", options: { origins: [] }, error: TypeError, says: "a list that is not empty" },
    { what: "one origin as text", options: { origins: APP }, error: TypeError, says: "cors({ origins })" },
    { what: "* in a list", options: { origins: ["*"] }, error: RangeError, says: "an origin as browsers send it" },
    { what: "null", options: { origins: ["null"] }, error: RangeError, says: "an origin" },
    { what: "a slash at the end", options: { origins: [`${APP}/`] }, error: RangeError, says: "an origin" },
    { what: "a path", options: { origins: [`${APP}/x`] }, error: RangeError, says: "an origin" },
    { what: "upper case", options: { origins: ["https://App.example.com"] }, error: RangeError, says: "an origin" },
    { what: "a star within a name", options: { origins: ["https://a*.example.com"] }, error: RangeError, says: "an origin" },
    { what: "no text", options: { origins: [5] }, error: TypeError, says: "an origin" },
    {
      what: "all headers with credentials",
      options: { origins: [APP], credentials: true, headers: ["*"] },
      error: RangeError,
      says: "headers",
    },
    {
      what: "all methods with credentials",
      options: { origins: [APP], credentials: true, methods: ["*"] },
      error: RangeError,
      says: "methods",
    },
    {
      what: "all exposed",
      options: { origins: [APP], credentials: true, exposedHeaders: ["*"] },
      error: RangeError,
      says: "exposedHeaders",
    },
    { what: "a method in lower case", options: { methods: ["patch"] }, error: RangeError, says: "upper case" },
    { what: "a header that is no name", options: { headers: ["x key"] }, error: TypeError, says: "headers" },
    { what: "headers as text", options: { headers: "x-key" }, error: TypeError, says: "a list of names" },
    { what: "a negative age", options: { maxAgeS: -1 }, error: RangeError, says: "maxAgeS" },
    { what: "a part of a second", options: { maxAgeS: 1.5 }, error: RangeError, says: "maxAgeS" },
    { what: "credentials as text", options: { credentials: "yes" }, error: TypeError, says: "credentials" },
    { what: "a private network as text", options: { privateNetwork: "yes" }, error: TypeError, says: "privateNetwork" },
  ])("throw at load: $what", ({ options, error, says }) => {
    expect(() => cors(options)).toThrow(error);
    expect(() => cors(options)).toThrow(says);
  });
});
