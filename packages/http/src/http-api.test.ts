import { dispatch, text, wrap } from "@lamella/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { apiEvent, context } from "../test/api-event.ts";
import { httpApi } from "./http-api.ts";

const Order = z.object({ id: z.string(), quantity: z.int().positive() });

describe("accepts", () => {
  const { accepts } = httpApi();

  it.for<{ what: string; event: unknown; accepted: boolean }>([
    { what: "an HTTP API event", event: apiEvent(), accepted: true },
    { what: "an event with the marks alone", event: { version: "2.0", requestContext: { http: {} } }, accepted: true },
    { what: "payload format 1.0", event: { ...apiEvent(), version: "1.0" }, accepted: false },
    { what: "an event for a Lambda authorizer", event: { ...apiEvent(), type: "REQUEST", routeArn: "arn" }, accepted: false },
    { what: "a WebSocket event", event: { requestContext: { connectionId: "c" } }, accepted: false },
    { what: "a Lattice event", event: { version: "2.0", requestContext: { serviceArn: "arn" } }, accepted: false },
    { what: "a request context of null", event: { version: "2.0", requestContext: null }, accepted: false },
    { what: "an http of null", event: { version: "2.0", requestContext: { http: null } }, accepted: false },
    { what: "{}", event: {}, accepted: false },
    { what: "null", event: null, accepted: false },
    { what: "undefined", event: undefined, accepted: false },
    { what: "text", event: "2.0", accepted: false },
    { what: "an array", event: [], accepted: false },
  ])("gives $accepted for $what", ({ event, accepted }) => {
    expect(accepts(event)).toBe(accepted);
  });

  it("rejects the event of another service and says what was expected", async () => {
    const handler = wrap(httpApi(), () => "ok");

    const outcome = handler({ Records: [] } as never, context());

    await expect(outcome).rejects.toMatchObject({
      code: "LAMELLA_WRONG_EVENT",
      message: expect.stringContaining("HTTP API event of payload format 2.0"),
    });
  });

  it("is told apart from other sources by dispatch", async () => {
    const other = wrap(httpApi(), () => "http");

    expect(await dispatch(other)(apiEvent(), context())).toMatchObject({ body: "http" });
  });
});

describe("options", () => {
  it.for<{ what: string; make: () => unknown; kind: typeof TypeError | typeof RangeError; says: string }>([
    {
      what: "a body that is no schema",
      make: () => httpApi({ body: 5 as never }),
      kind: TypeError,
      says: "httpApi({ body }) must be a codec or a Standard Schema",
    },
    {
      what: "a query that is no schema",
      make: () => httpApi({ query: {} as never }),
      kind: TypeError,
      says: "httpApi({ query }) must be a Standard Schema",
    },
    {
      what: "headers that are a codec",
      make: () => httpApi({ headers: text() as never }),
      kind: TypeError,
      says: "httpApi({ headers }) must be a Standard Schema",
    },
    {
      what: "params of null",
      make: () => httpApi({ params: null as never }),
      kind: TypeError,
      says: "httpApi({ params }) must be a Standard Schema",
    },
    {
      what: "a response that is no schema",
      make: () => httpApi({ response: "x" as never }),
      kind: TypeError,
      says: "httpApi({ response }) must be",
    },
    {
      what: "a response schema of 5",
      make: () => httpApi({ response: { 200: 5 } as never }),
      kind: TypeError,
      says: "httpApi({ response })[200] must be a Standard Schema",
    },
    {
      what: "a response status of 99",
      make: () => httpApi({ response: { 99: Order } }),
      kind: RangeError,
      says: 'must be from 200 to 599, got "99"',
    },
    {
      what: "a response status that is no number",
      make: () => httpApi({ response: { ok: Order } as never }),
      kind: RangeError,
      says: 'got "ok"',
    },
    {
      what: "a negative softMs",
      make: () => httpApi({ softMs: -1 }),
      kind: RangeError,
      says: "httpApi({ softMs }) must be 0 or more milliseconds",
    },
  ])("refuses $what at load", ({ make, kind, says }) => {
    expect(make).toThrow(kind);
    expect(make).toThrow(says);
  });
});

describe("overlapping and repeated invocations", () => {
  it("keep to themselves", async () => {
    const handler = wrap(httpApi({ body: Order }), async ({ body, query }, { delivery }) => {
      await Promise.resolve();
      return [body.id, query["n"], delivery.id];
    });

    const replies = await Promise.all(
      ["1", "2"].map((n) => handler(apiEvent({ body: { id: n, quantity: 1 }, query: `n=${n}` }), context())),
    );

    expect(replies.map(({ body }) => body)).toEqual(['["1","1","request-1"]', '["2","2","request-1"]']);
  });

  it("do not change the event", async () => {
    const event = apiEvent({ body: { id: "1", quantity: 1 }, cookies: ["a=1"], query: "a=1", params: { id: "1" } });
    const before = structuredClone(event);
    const handler = wrap(httpApi({ body: Order }), async ({ headers, query, params, cookies, url }) => {
      headers.set("x", "y");
      return { query, params, cookies, url };
    });

    const first = await handler(event, context());

    expect(event).toEqual(before);
    expect(await handler(event, context())).toEqual(first);
  });

  it("names the request by API Gateway's id", async () => {
    const reply = await wrap(httpApi(), async (_request, { delivery }) => delivery)(apiEvent(), context());

    expect(JSON.parse(reply.body ?? "")).toEqual({ id: "request-1", index: 0, source: "httpApi" });
  });
});
