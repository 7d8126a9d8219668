import { type Lambda, layer, wrap } from "@lamella/core";
import { alb, functionUrl, httpApi, lattice, NotFoundError, restApi, router, stream } from "@lamella/http";
import { albEvent, functionUrlEvent, httpApiEvent, lambdaContext, restApiEvent } from "@lamella/testing";
import {
  albFixture,
  albMultiValueFixture,
  functionUrlFixture,
  httpApiGetFixture,
  httpApiPostFixture,
  latticeV1Fixture,
  latticeV2Fixture,
  restApiFixture,
  restApiFromHttpApiFixture,
} from "@lamella/testing/fixtures";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { kindOf, sdk, statusOf } from "../../test/otel/sdk.ts";
import { otel } from "./otel.ts";

const ok = () => ({ ok: true });
const about = ({ attributes }: ReadableSpan) =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => /^(http|url|server|client|network|user_agent)\./.test(name)));

/** The only span of an invocation. */
async function spanOf(handler: Lambda<never, unknown>, event: unknown): Promise<ReadableSpan> {
  const exporter = sdk();
  await Promise.allSettled([handler(event as never, lambdaContext())]);
  const spans = exporter.getFinishedSpans();
  expect(spans).toHaveLength(1);
  return spans[0] as ReadableSpan;
}

const common = {
  "http.request.method": "GET",
  "http.response.status_code": 200,
  "url.scheme": "https",
  "user_agent.original": "curl/8.5.0",
};

it.for([
  {
    service: "an HTTP API",
    handler: wrap(httpApi(), otel(), ok),
    event: httpApiGetFixture,
    name: "GET /orders/{id}",
    attributes: {
      ...common,
      "http.route": "/orders/{id}",
      "url.path": "/orders/order 1",
      "server.address": "a1b2c3.execute-api.us-east-2.amazonaws.com",
      "client.address": "203.0.113.7",
      "network.protocol.version": "1.1",
    },
  },
  {
    service: "an HTTP API's default route",
    handler: wrap(httpApi(), otel(), ok),
    event: httpApiPostFixture,
    name: "POST",
    attributes: expect.not.objectContaining({ "http.route": expect.anything() }),
  },
  {
    service: "a REST API",
    handler: wrap(restApi(), otel(), ok),
    event: restApiFixture,
    name: `${restApiFixture.httpMethod} ${restApiFixture.resource}`,
    attributes: expect.objectContaining({
      "http.route": restApiFixture.resource,
      "url.path": restApiFixture.path,
      "client.address": expect.any(String),
    }),
  },
  {
    service: "an HTTP API with payload format 1.0",
    handler: wrap(restApi(), otel(), ok),
    event: restApiFromHttpApiFixture,
    name: expect.stringMatching(/^[A-Z]+ \//),
    attributes: expect.objectContaining({ "server.address": expect.any(String), "http.response.status_code": 200 }),
  },
  {
    service: "a function URL",
    handler: wrap(functionUrl(), otel(), ok),
    event: functionUrlFixture,
    name: functionUrlFixture.requestContext.http.method,
    attributes: expect.objectContaining({
      "url.path": functionUrlFixture.rawPath,
      "server.address": functionUrlFixture.requestContext.domainName,
    }),
  },
  {
    service: "a load balancer",
    handler: wrap(alb(), otel(), ok),
    event: albFixture,
    name: "GET",
    attributes: {
      ...common,
      "url.path": "/orders/order%201",
      "server.address": "orders-846800462.us-east-2.elb.amazonaws.com",
      "client.address": "203.0.113.7",
    },
  },
  {
    service: "a load balancer with multi-value headers",
    handler: wrap(alb(), otel(), ok),
    event: albMultiValueFixture,
    name: "GET",
    attributes: {
      ...common,
      "url.path": "/orders/order%201",
      "server.address": "orders-846800462.us-east-2.elb.amazonaws.com",
      "client.address": "203.0.113.7",
    },
  },
  {
    service: "VPC Lattice, version 1",
    handler: wrap(lattice(), otel(), ok),
    event: latticeV1Fixture,
    name: "GET",
    attributes: {
      ...common,
      "url.path": "/orders/order%201",
      "server.address": "orders-0123456789abcdef0.7d67968.vpc-lattice-svcs.us-east-2.on.aws",
      "client.address": "203.0.113.7",
    },
  },
  {
    service: "VPC Lattice, version 2",
    handler: wrap(lattice(), otel(), ok),
    event: latticeV2Fixture,
    name: "GET",
    attributes: {
      ...common,
      "url.path": "/orders/order%201",
      "server.address": "orders-0123456789abcdef0.7d67968.vpc-lattice-svcs.us-east-2.on.aws",
      "client.address": "203.0.113.7",
    },
  },
])("a request from $service is one span of a server", async ({ handler, event, name, attributes }) => {
  const span = await spanOf(handler, event);

  expect([span.name, kindOf(span), statusOf(span), span.attributes["faas.trigger"]]).toEqual([name, "SERVER", "UNSET", "http"]);
  expect(about(span)).toEqual(attributes);
});

describe("the route", () => {
  const routes = router({ "GET /orders/{id}": ok, "GET /fails/{id}": () => Promise.reject(new Error("no")) });
  const catchAll = { routeKey: "ANY /{proxy+}" };

  it.for([
    { when: "a router has matched it", path: "/orders/7", name: "GET /orders/{id}", route: "/orders/{id}", status: 200 },
    { when: "it fails", path: "/fails/7", name: "GET /fails/{id}", route: "/fails/{id}", status: 500 },
    { when: "nothing matches", path: "/others", name: "GET", route: undefined, status: 404 },
  ])("is told when $when", async ({ path, name, route, status }) => {
    const span = await spanOf(wrap(httpApi(), otel(), routes), { ...httpApiEvent({ path }), ...catchAll });

    expect([span.name, span.attributes["http.route"], span.attributes["http.response.status_code"]]).toEqual([name, route, status]);
  });

  it("is told by a layer of the router's as well, for each request of its own", async () => {
    const exporter = sdk();
    const handler = wrap(httpApi(), router(otel(), { "GET /orders/{id}": ok }));
    // Some tests give one context to all invocations.
    const context = lambdaContext();

    await handler({ ...httpApiEvent({ path: "/orders/7" }), ...catchAll }, context);
    await handler({ ...httpApiEvent({ path: "/orders/8" }), ...catchAll }, context);

    const spans = exporter.getFinishedSpans();
    expect(spans.map((span) => [span.name, kindOf(span), span.attributes["url.path"], span.attributes["faas.trigger"]])).toEqual([
      ["GET /orders/{id}", "SERVER", "/orders/7", "http"],
      ["GET /orders/{id}", "SERVER", "/orders/8", "http"],
    ]);
    expect(spans.map(({ attributes }) => attributes["http.response.status_code"])).toEqual([200, 200]);
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(2);
  });
});

describe("the status", () => {
  const fails = (error: unknown) => () => Promise.reject(error);
  it.for([
    { what: "a 404 that was thrown", handler: fails(new NotFoundError()), status: "UNSET", code: 404, type: undefined },
    { what: "an error that was thrown", handler: fails(new TypeError("no")), status: "ERROR", code: 500, type: "TypeError" },
  ])("is $status for $what", async ({ handler, status, code, type }) => {
    const span = await spanOf(wrap(httpApi(), otel(), handler), httpApiEvent());

    expect([statusOf(span), span.attributes["http.response.status_code"], span.attributes["error.type"]]).toEqual([status, code, type]);
    expect(span.events, "only an error is an exception").toHaveLength(type === undefined ? 0 : 1);
  });

  it.for([
    { status: 429, is: "UNSET", type: undefined },
    { status: 500, is: "ERROR", type: "500" },
    { status: 503, is: "ERROR", type: "503" },
  ] as const)("of a reply with $status is $is", async ({ status, is, type }) => {
    const span = await spanOf(
      wrap(httpApi(), otel(), async ({ reply }) => reply(status, "x")),
      httpApiEvent(),
    );

    expect([statusOf(span), span.attributes["http.response.status_code"], span.attributes["error.type"]]).toEqual([is, status, type]);
  });

  it("is that of the reply where a layer outside of it answers", async () => {
    const refuse = layer("refuse", async () => {
      throw new NotFoundError();
    });

    const span = await spanOf(wrap(httpApi(), refuse, otel(), ok), httpApiEvent({ path: "/x" }));

    expect([span.name, statusOf(span), span.attributes["http.response.status_code"]]).toEqual(["GET", "UNSET", 404]);
  });
});

describe("a method that is not known", () => {
  it("is told as it came, and not in the name", async () => {
    const span = await spanOf(wrap(restApi(), otel(), ok), { ...restApiEvent(), httpMethod: "BREW", resource: "/{proxy+}" });

    expect(span.name).toBe("HTTP");
    expect(about(span)).toMatchObject({ "http.request.method": "_OTHER", "http.request.method_original": "BREW" });
  });
});

it("takes the address that the service has seen, and not one that the client claims", async () => {
  const span = await spanOf(wrap(alb(), otel(), ok), albEvent({ headers: { "x-forwarded-for": "198.51.100.1, 198.51.100.2" } }));

  const { headers } = albEvent({ headers: { "x-forwarded-for": "198.51.100.1, 198.51.100.2" } });
  expect(span.attributes["client.address"]).toBe(headers?.["x-forwarded-for"]?.split(", ")[2]);
});

it("keeps the query and cookies out", async () => {
  const span = await spanOf(
    wrap(restApi(), otel(), ok),
    restApiEvent({ query: { token: "secret" }, cookies: { session: "secret" }, headers: { authorization: "secret" } }),
  );

  expect(JSON.stringify(span.attributes)).not.toContain("secret");
});

it.for([
  { when: "it succeeds", handler: async () => "streamed", code: 200, is: "UNSET" },
  { when: "it fails", handler: () => Promise.reject(new Error("no")), code: 500, is: "ERROR" },
])("traces a response that is streamed, when $when", async ({ handler, code, is }) => {
  const { Writable } = await import("node:stream");
  const to = Object.assign(new Writable({ write: (_chunk, _encoding, done) => done() }), { setContentType: () => {} });
  vi.stubGlobal("awslambda", { streamifyResponse: (inner: unknown) => inner, HttpResponseStream: { from: (inner: unknown) => inner } });
  onTestFinished(() => void vi.unstubAllGlobals());
  const streaming = stream(wrap(functionUrl(), otel(), handler));

  const span = await spanOf(
    ((event: never, context: never) => streaming(event, to as never, context)) as never,
    functionUrlEvent({ path: "/report" }),
  );

  expect([span.name, kindOf(span), statusOf(span)]).toEqual(["GET", "SERVER", is]);
  expect(span.attributes).toMatchObject({ "url.path": "/report", "http.response.status_code": code });
});
