import { dispatch, text, wrap } from "@lamella/core";
import { albEvent, functionUrlEvent, httpApiEvent, lambdaContext, latticeEvent, restApiEvent, sqsEvent } from "@lamella/testing";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { alb, functionUrl, http, httpApi, lattice, restApi } from "./index.ts";

type AnySource = ReturnType<typeof http>;
const sources = { restApi, httpApi, functionUrl, alb, lattice, http } as unknown as Record<string, (options?: object) => AnySource>;

describe("accepts", () => {
  const webSocket = { requestContext: { connectionId: "c", eventType: "MESSAGE", routeKey: "$default" }, body: "{}" };
  const restAuthorizer = { ...restApiEvent(), type: "REQUEST", methodArn: "arn" };
  const events: { what: string; event: unknown; by: string[] }[] = [
    { what: "a REST API event", event: restApiEvent(), by: ["restApi"] },
    { what: "a REST API event with rawPath", event: { ...restApiEvent(), rawPath: "/" }, by: ["restApi"] },
    { what: "a REST API event without its context", event: { httpMethod: "GET", path: "/" }, by: ["restApi"] },
    { what: "an event of payload format 1.0 of an HTTP API", event: restApiEvent({ fromHttpApi: true }), by: ["restApi"] },
    { what: "an HTTP API event", event: httpApiEvent(), by: ["httpApi"] },
    {
      what: "an HTTP API event without its domain name",
      event: { version: "2.0", requestContext: { http: {} } },
      by: ["httpApi", "functionUrl"],
    },
    { what: "an event of payload format 2.0 without its context", event: { version: "2.0", rawPath: "/" }, by: ["httpApi", "functionUrl"] },
    { what: "a function URL event", event: functionUrlEvent(), by: ["functionUrl"] },
    { what: "a load balancer event", event: albEvent(), by: ["alb"] },
    { what: "a load balancer event with multi-value headers", event: albEvent({ multiValue: true }), by: ["alb"] },
    { what: "a Lattice event of version 1", event: latticeEvent({ version: 1 }), by: ["lattice"] },
    { what: "a Lattice event of version 2", event: latticeEvent(), by: ["lattice"] },
    { what: "an event for a Lambda authorizer of a REST API", event: restAuthorizer, by: [] },
    { what: "an event for a Lambda authorizer of an HTTP API", event: { ...httpApiEvent(), type: "REQUEST", routeArn: "arn" }, by: [] },
    { what: "a WebSocket event", event: webSocket, by: [] },
    { what: "an agent's event, which has httpMethod as well", event: { messageVersion: "1.0", httpMethod: "GET", apiPath: "/" }, by: [] },
    { what: "messages", event: sqsEvent([]), by: [] },
    { what: "a context that is null", event: { version: "2.0", requestContext: null }, by: [] },
    { what: "null", event: null, by: [] },
    { what: "undefined", event: undefined, by: [] },
    { what: "text", event: "event", by: [] },
    { what: "a number", event: 5, by: [] },
    { what: "a list", event: [], by: [] },
    {
      what: "marks of the wrong kind",
      event: { version: 2, httpMethod: 5, path: {}, requestContext: 1, method: null, raw_path: 3 },
      by: [],
    },
  ];

  it.for(events)("$what only by $by", ({ event, by }) => {
    const accepted = Object.keys(sources).filter((name) => sources[name]?.().accepts(event));

    expect(accepted).toEqual(Object.keys(sources).filter((name) => by.includes(name) || (name === "http" && by.length > 0)));
  });

  it.for(Object.keys(sources))("nothing else, and %s says what it expects", async (name) => {
    const handler = wrap((sources[name] as (options?: object) => AnySource)(), () => "ok");

    await expect(handler(sqsEvent([]) as never, lambdaContext())).rejects.toMatchObject({
      code: "LAMELLA_WRONG_EVENT",
      message: expect.stringMatching(new RegExp(`^${name} expects an? (event|function|HTTP|REST)`)),
    });
  });

  it("lets dispatch choose between sources", async () => {
    const both = dispatch(
      wrap(httpApi(), () => "api"),
      wrap(functionUrl(), () => "url"),
      wrap(alb(), () => "alb"),
    );

    expect(await both(httpApiEvent(), lambdaContext())).toMatchObject({ body: "api" });
    expect(await both(functionUrlEvent(), lambdaContext())).toMatchObject({ body: "url" });
    expect(await both(albEvent(), lambdaContext())).toMatchObject({ body: "alb" });
  });
});

describe.for(Object.keys(sources))("%s", (name) => {
  const source = sources[name] as (options?: object) => AnySource;

  it.for(["body", "query", "params", "headers", "cookies"])("refuses %s that is no schema, at load", (option) => {
    expect(() => source({ [option]: 5 })).toThrow(`${name}({ ${option} }) must be a`);
    expect(() => source({ [option]: 5 })).toThrow(TypeError);
  });

  it("refuses a codec where text is no choice, responses that are none, and a negative moment", () => {
    expect(() => source({ cookies: text() })).toThrow(TypeError);
    expect(() => source({ response: { 99: z.string() } })).toThrow(RangeError);
    expect(() => source({ softMs: -1 })).toThrow(RangeError);
  });
});
