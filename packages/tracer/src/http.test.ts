import { wrap } from "@lamella/core";
import { HttpError, httpApi, httpLayer, reply, router } from "@lamella/http";
import { httpApiEvent } from "@lamella/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type Node, treesOf } from "../test/daemon.ts";
import { PARENT, tracedContext, useXRay } from "../test/x-ray.ts";
import { tracer } from "./tracer.ts";

const xray = useXRay();

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

/** What of a subsegment tells how a request went. */
const seen = ({ name, annotations, fault, error, throttle }: Partial<Node> = {}) => ({
  name,
  status: annotations?.["HttpStatus"],
  route: annotations?.["HttpRoute"],
  method: annotations?.["HttpMethod"],
  flags: Object.entries({ fault, error, throttle }).flatMap(([flag, isSet]) => (isSet === true ? [flag] : [])),
});

describe("a request", () => {
  it.for([
    { that: "succeeds", act: () => reply(201, { id: "a" }), status: 201, flags: [] },
    { that: "is answered with a 404", act: () => reply(404), status: 404, flags: ["error"] },
    { that: "is answered with a 429", act: () => reply(429), status: 429, flags: ["error", "throttle"] },
    { that: "is answered with a 503", act: () => reply(503), status: 503, flags: ["fault"] },
    { that: "fails with a 409", act: () => Promise.reject(new HttpError(409)), status: 409, flags: ["error"] },
    { that: "fails with a 502", act: () => Promise.reject(new HttpError(502)), status: 502, flags: ["fault"] },
    { that: "fails", act: () => Promise.reject(new Error("no stock")), status: 500, flags: ["fault"] },
    {
      that: "is answered by an error of another package",
      act: () => Promise.reject(Object.assign(new Error("in progress"), { "~http": { status: 409, detail: "" } })),
      status: 409,
      flags: ["error"],
    },
  ])("that $that has its status and flags", async ({ act, status, flags }) => {
    const handler = wrap(httpApi(), tracer(), () => act());

    const { statusCode } = await handler(httpApiEvent({ method: "POST", path: "/orders" }), tracedContext());

    const [invocation] = treesOf(await xray().received(2), PARENT);
    expect(statusCode).toBe(status);
    expect(seen(invocation?.children[0])).toEqual({ name: "httpApi", status, route: undefined, method: "POST", flags });
    // The invocation has done its work: it has answered.
    expect(seen(invocation).flags).toEqual([]);
  });

  it.for([
    { body: { id: 1 }, contentType: "application/json", status: 400 },
    { body: "id=1", contentType: "application/x-www-form-urlencoded", status: 415 },
  ])("that is invalid is an error with its status: $status", async ({ body, contentType, status }) => {
    const handler = wrap(httpApi({ body: z.object({ id: z.string() }) }), tracer(), () => reply(204));

    const event = httpApiEvent({ method: "POST", path: "/orders", body, headers: { "content-type": contentType } });
    const { statusCode } = await handler(event, tracedContext());

    const [item] = treesOf(await xray().received(2), PARENT)[0]?.children ?? [];
    expect(statusCode).toBe(status);
    expect(seen(item)).toMatchObject({ status, flags: ["error"] });
  });

  it("is named after the route that a router finds", async () => {
    const routes = router({ "GET /orders/{id}": ({ params }) => params.id, "POST /orders": () => reply(201) });
    const handler = wrap(httpApi(), tracer(), routes);

    await handler(httpApiEvent({ path: "/orders/42" }), tracedContext());

    const [item] = treesOf(await xray().received(2), PARENT)[0]?.children ?? [];
    expect(seen(item)).toEqual({ name: "GET /orders/:id", status: 200, route: "/orders/{id}", method: "GET", flags: [] });
  });

  it("is named after the route that the service has matched, where there is no router", async () => {
    const handler = wrap(httpApi(), tracer(), () => reply(204));

    await handler({ ...httpApiEvent({ path: "/orders/42" }), routeKey: "GET /orders/{id}" }, tracedContext());

    const [item] = treesOf(await xray().received(2), PARENT)[0]?.children ?? [];
    expect(seen(item)).toMatchObject({ name: "GET /orders/:id", route: "/orders/{id}" });
  });

  it("has the status that a layer after it made of it", async () => {
    const soften = httpLayer("soften", async (_request, _ctx, next) => {
      const response = await next();
      return response.status === 500 ? reply(503) : response;
    });
    const handler = wrap(httpApi(), tracer(), soften, () => {
      throw new Error("no stock");
    });

    await handler(httpApiEvent({}), tracedContext());

    const [item] = treesOf(await xray().received(2), PARENT)[0]?.children ?? [];
    expect(seen(item)).toMatchObject({ status: 503, flags: ["fault"] });
  });

  it("keeps its response if asked to", async () => {
    const handler = wrap(httpApi(), tracer({ captureResponse: true }), () => reply(201, { id: "a" }));

    await handler(httpApiEvent({}), tracedContext());

    const [item] = treesOf(await xray().received(2), PARENT)[0]?.children ?? [];
    expect(item?.metadata?.["orders"]?.["index.handler response"]).toEqual({ statusCode: 201, body: '{"id":"a"}' });
  });
});
