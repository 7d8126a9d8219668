import { wrap } from "@lamella/core";
import { type Authorization, allow, authorizer } from "@lamella/http";
import { describe, expect, it } from "vitest";
import {
  authorizerHttpApiFixture,
  authorizerHttpApiV1Fixture,
  authorizerRequestFixture,
  authorizerTokenFixture,
  authorizerWebSocketFixture,
} from "../fixtures/index.ts";
import { lambdaContext } from "../lambda-context.ts";
import { type AuthorizerEvents, authorizerEvent } from "./authorizer-event.ts";

/** What a handler gets of an event. */
async function open(event: AuthorizerEvents[keyof AuthorizerEvents]): Promise<Authorization> {
  let seen: Authorization | undefined;
  await wrap(authorizer(), async (item) => {
    seen = item;
    return allow();
  })(event, lambdaContext());
  return seen as Authorization;
}

const stageArn = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5";

describe("authorizerEvent", () => {
  const input = {
    method: "DELETE",
    path: "/orders/1",
    resource: "/orders/{id}",
    params: { id: "1" },
    query: { tag: ["a", "b"] },
    cookies: { session: "1" },
    headers: { "X-Tenant": "acme" },
    token: "Bearer abc",
  };

  it.for([
    { asks: "request", methodArn: `${stageArn}/prod/DELETE/orders/1`, stage: "prod", tags: ["a", "b"], identitySource: [] },
    {
      asks: "httpApiV1",
      methodArn: `${stageArn}/$default/DELETE/orders/1`,
      stage: "$default",
      tags: ["b"],
      identitySource: ["Bearer abc"],
    },
    {
      asks: "httpApi",
      methodArn: `${stageArn}/$default/DELETE/orders/1`,
      stage: "$default",
      tags: ["a", "b"],
      identitySource: ["Bearer abc"],
    },
  ] as const)("is inverted by authorizer(), of $asks", async ({ asks, methodArn, stage, tags, identitySource }) => {
    const seen = await open(authorizerEvent(asks, input));

    expect(seen).toMatchObject({ kind: "request", token: "abc", methodArn, identitySource });
    expect(seen.arn).toMatchObject({ stage, method: "DELETE", path: "/orders/1" });
    expect(seen.request).toMatchObject({ method: "DELETE", path: "/orders/1", stage, clientIp: "192.0.2.1" });
    expect({ ...seen.request?.params }).toEqual({ id: "1" });
    expect({ ...seen.request?.cookies }).toEqual({ session: "1" });
    expect(seen.request?.headers.get("x-tenant")).toBe("acme");
    expect(seen.request?.url.searchParams.getAll("tag")).toEqual(tags);
  });

  it("tells a TOKEN authorizer the token and the method alone", async () => {
    const event = authorizerEvent("token", input);

    expect(event).toEqual({ type: "TOKEN", methodArn: `${stageArn}/prod/DELETE/orders/1`, authorizationToken: "Bearer abc" });
    expect(await open(event)).toMatchObject({ kind: "token", token: "abc", request: undefined });
  });

  it("asks for the connection alone over a WebSocket API", async () => {
    const { method: _, path: __, params: ___, resource: ____, ...handshake } = input;
    const seen = await open(authorizerEvent("webSocket", { ...handshake, stage: "beta" }));

    expect(seen).toMatchObject({ kind: "webSocket", token: "abc", methodArn: `${stageArn}/beta/$connect` });
    expect(seen.arn).toMatchObject({ stage: "beta", method: undefined, path: undefined });
    expect(seen.request?.headers.get("sec-websocket-version")).toBe("13");
    expect(seen.request?.headers.get("host")).toBe("a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com");
    expect(seen.request?.url.searchParams.getAll("tag")).toEqual(["a", "b"]);
  });

  it.for(["token", "request", "httpApiV1", "httpApi", "webSocket"] as const)("needs no input, and has no body, of %s", async (asks) => {
    const event = authorizerEvent(asks);

    expect((await open(event)).methodArn).toMatch(/^arn:aws:execute-api:.*\/(GET\/|\$connect)$/);
    expect(event).not.toHaveProperty("body");
    expect(event).not.toHaveProperty("isBase64Encoded");
    expect((event as { requestContext?: object }).requestContext ?? {}).not.toHaveProperty("authorizer");
  });

  it("refuses what nobody asks", () => {
    expect(() => authorizerEvent("jwt" as never)).toThrow(
      new TypeError(`authorizerEvent(asks) must have one of token, request, httpApiV1, httpApi, webSocket, got "jwt"`),
    );
  });
});

describe("the fixtures", () => {
  it.for([
    { what: "TOKEN", event: authorizerTokenFixture, kind: "token", method: "GET" },
    { what: "REQUEST", event: authorizerRequestFixture, kind: "request", method: "GET" },
    { what: "format 1.0", event: authorizerHttpApiV1Fixture, kind: "request", method: "GET" },
    { what: "format 2.0", event: authorizerHttpApiFixture, kind: "request", method: "GET" },
    { what: "WebSocket", event: authorizerWebSocketFixture, kind: "webSocket", method: undefined },
  ])("are opened by authorizer(): $what", async ({ event, kind, method }) => {
    const seen = await open(event);

    expect(seen).toMatchObject({ kind, arn: { region: "us-east-2", apiId: "k7x2m9p4qa", method } });
    if (kind === "request") expect(seen).toMatchObject({ token: "eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl", request: { path: "/orders/1" } });
    expect(() => Object.assign(event, { type: "x" })).toThrow(TypeError);
  });
});
