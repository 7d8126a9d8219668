import { answer, dispatch, layer, wrap } from "@lamella/core";
import { authorizerEvent, lambdaContext, testing } from "@lamella/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { request1Event, request2Event, requestEvent, tokenEvent, webSocketEvent } from "../../test/authorizer-events.ts";
import { allow, authorizer, deny, ForbiddenError, restApi, UnauthorizedError } from "../index.ts";

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

const stageArn = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod";
/** What the handler returns, as API Gateway gets it. */
const written = async (output: unknown, event: unknown = tokenEvent) =>
  wrap(authorizer(), async () => output as never)(event as never, lambdaContext());
const simply = async (output: unknown) =>
  wrap(authorizer({ simpleResponses: true }), async () => output as never)(request2Event, lambdaContext());

describe("authorizer", () => {
  it.for([
    {
      what: "a token of a REST API",
      event: tokenEvent,
      sees: { kind: "token", token: "abc", identitySource: ["Bearer abc"], path: undefined, method: "GET", asked: "/orders/1/a:b" },
    },
    {
      what: "a request to a REST API",
      event: requestEvent,
      sees: { kind: "request", token: "abc", identitySource: [], path: "/orders/1", method: "GET", asked: "/orders/1" },
    },
    {
      what: "a request to an HTTP API, format 1.0",
      event: request1Event,
      sees: { kind: "request", token: "abc", identitySource: ["abc", "123"], path: "/orders/1", method: "GET", asked: "/orders/1" },
    },
    {
      what: "a request to an HTTP API, format 2.0",
      event: request2Event,
      sees: { kind: "request", token: "abc", identitySource: ["Bearer abc", "123"], path: "/orders/1", method: "GET", asked: "/orders/1" },
    },
    {
      what: "a request that opens a WebSocket",
      event: webSocketEvent,
      sees: { kind: "webSocket", token: "abc", identitySource: [], path: "/", method: undefined, asked: undefined },
    },
  ])("opens $what", async ({ event, sees }) => {
    const seen: unknown[] = [];
    const before = structuredClone(event);

    const reply = await wrap(authorizer(), async ({ kind, token, identitySource, request, arn, methodArn, raw }) => {
      seen.push({ kind, token, identitySource, path: request?.path, method: arn.method, asked: arn.path });
      expect(raw).toBe(event);
      expect(methodArn.startsWith(arn.stageArn)).toBe(true);
      return allow({ principalId: "u1" });
    })(event, lambdaContext());

    expect(seen).toEqual([sees]);
    expect(reply).toMatchObject({ principalId: "u1" });
    expect(event).toEqual(before);
  });

  it.for([
    { what: "REST API", event: requestEvent, params: { id: "1" }, cookies: {} },
    { what: "HTTP API", event: request2Event, params: { id: "1" }, cookies: { session: "1" } },
  ])("gives the request to a $what with all its parts", async ({ event, params, cookies }) => {
    await wrap(authorizer(), async ({ request }) => {
      expect({ ...request?.params }).toEqual(params);
      expect({ ...request?.cookies }).toEqual(cookies);
      expect(request?.url.searchParams.getAll("tag")).toEqual(["a", "b"]);
      expect(request?.clientIp).toBe("192.0.2.1");
      expect(request?.body).toBeUndefined();
      return deny();
    })(event, lambdaContext());
    expect.assertions(5);
  });

  it("allows the whole stage by default, so that a policy that is kept fits the other routes too", async () => {
    expect(await written(allow({ principalId: "u1", context: { tenant: "t", level: 2, admin: false, none: undefined } }))).toEqual({
      principalId: "u1",
      policyDocument: {
        Version: "2012-10-17",
        Statement: [{ Action: "execute-api:Invoke", Effect: "Allow", Resource: [`${stageArn}/*`] }],
      },
      context: { tenant: "t", level: 2, admin: false },
    });
  });

  it("denies, with or without a reason", async () => {
    expect(await written(deny())).toEqual({
      principalId: "user",
      policyDocument: { Version: "2012-10-17", Statement: [{ Action: "execute-api:Invoke", Effect: "Deny", Resource: [`${stageArn}/*`] }] },
    });
    expect(await written(deny({ context: { reason: "expired" } }))).toMatchObject({ context: { reason: "expired" } });
  });

  it("hands on the key of a usage plan", async () => {
    expect(await written(allow({ usageIdentifierKey: "key" }))).toMatchObject({ usageIdentifierKey: "key" });
  });

  it.for([
    { resource: "GET /orders/1", arn: `${stageArn}/GET/orders/1` },
    { resource: "GET /", arn: `${stageArn}/GET/` },
    { resource: "ANY /orders/{id}/lines/{line+}", arn: `${stageArn}/*/orders/*/lines/*` },
    { resource: "* /orders/*", arn: `${stageArn}/*/orders/*` },
    { resource: "*", arn: `${stageArn}/*` },
    { resource: "$connect", arn: `${stageArn}/$connect` },
    { resource: "arn:aws:execute-api:*:*:other/*", arn: "arn:aws:execute-api:*:*:other/*" },
  ])("writes the resource $resource as its ARN", async ({ resource, arn }) => {
    expect(await written(allow({ resources: [resource] }))).toMatchObject({ policyDocument: { Statement: [{ Resource: [arn] }] } });
  });

  it.for([
    {
      what: "an empty list of resources",
      output: allow({ resources: [] }),
      message: "list of resources that the handler returned is empty",
    },
    { what: "a resource that is none", output: allow({ resources: ["orders"] }), message: `has "orders", which is neither` },
    {
      what: "an object in the context",
      output: allow({ context: { list: [1] } }),
      message: "has list, which is no text, number or boolean",
    },
    { what: "null in the context", output: allow({ context: { gone: null } }), message: "has gone, which is no text" },
    { what: "NaN in the context", output: allow({ context: { level: Number.NaN } }), message: "has level, which is no text" },
    { what: "infinity in the context", output: allow({ context: { level: Infinity } }), message: "has level, which is no text" },
    { what: "an empty key of a usage plan", output: allow({ usageIdentifierKey: "" }), message: "usageIdentifierKey" },
    { what: "a key that is no text", output: allow({ usageIdentifierKey: 5 as never }), message: "usageIdentifierKey" },
    { what: "an empty principal", output: allow({ principalId: "" }), message: "principalId" },
    { what: "true", output: true, message: "neither allow(…) nor deny(…)" },
    { what: "nothing", output: undefined, message: "neither allow(…) nor deny(…)" },
    {
      what: "JSON from outside that looks like an answer",
      output: JSON.parse(`{"~effect":"Allow"}`),
      message: "neither allow(…) nor deny(…)",
    },
  ])("lets nobody in for $what", async ({ output, message }) => {
    await expect(written(output)).rejects.toThrow(
      expect.objectContaining({ code: "LAMELLA_OUTPUT", message: expect.stringContaining(message) }),
    );
  });

  it("answers simply where the authorizer is set to it, with any JSON for a context", async () => {
    expect(await simply(allow({ context: { roles: ["a"], nested: { x: null } } }))).toEqual({
      isAuthorized: true,
      context: { roles: ["a"], nested: { x: null } },
    });
    expect(await simply(deny())).toEqual({ isAuthorized: false });
  });

  it("writes a policy for format 2.0 where it is not", async () => {
    expect(await written(allow(), request2Event)).toMatchObject({
      policyDocument: { Statement: [{ Resource: ["arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/$default/*"] }] },
    });
  });

  it.for([{ detail: undefined }, { detail: "The token has expired." }])(
    "makes API Gateway's 401 of an UnauthorizedError, whose message must be exact: $detail",
    async ({ detail }) => {
      const error = new UnauthorizedError(detail);
      const handler = wrap(authorizer(), async () => {
        throw error;
      });

      await expect(handler(tokenEvent, lambdaContext())).rejects.toThrow(
        expect.objectContaining({ message: "Unauthorized", cause: error }),
      );
      const { outcomes } = await testing(handler).send(tokenEvent);
      expect(outcomes).toMatchObject([{ fate: "answered", error }]);
    },
  );

  it.for([new Error("jwks are down"), new ForbiddenError()])("rejects with any other error, which is a 500: %s", async (error) => {
    const handler = wrap(authorizer(), async () => {
      throw error;
    });

    await expect(handler(tokenEvent, lambdaContext())).rejects.toBe(error);
  });

  it("lets layers answer", async () => {
    const known = layer("known", async (item: { readonly token: string | undefined }, _ctx, next) =>
      item.token === "abc" ? answer(allow()) : next(),
    );

    expect(await wrap(authorizer(), known, async () => deny())(tokenEvent, lambdaContext())).toMatchObject({
      policyDocument: { Statement: [{ Effect: "Allow" }] },
    });
  });

  it.for([
    { what: "null", event: null },
    { what: "a request to an API", event: { ...requestEvent, type: undefined } },
    { what: "a token without ARN", event: { type: "TOKEN", authorizationToken: "x" } },
    { what: "another type", event: { type: "JWT", methodArn: "arn" } },
  ])("does not accept $what", async ({ event }) => {
    await expect(written(allow(), event)).rejects.toMatchObject({ code: "LAMELLA_WRONG_EVENT" });
  });

  it.for([tokenEvent, requestEvent, request1Event, webSocketEvent])(
    "with simple answers accepts format 2.0 alone, and not %o",
    async (event) => {
      const handler = wrap(authorizer({ simpleResponses: true }), async () => allow());

      await expect(handler(event as never, lambdaContext())).rejects.toMatchObject({ code: "LAMELLA_WRONG_EVENT" });
    },
  );

  it("stands beside others in one function", async () => {
    const all = dispatch(
      wrap(authorizer({ simpleResponses: true }), async () => allow()),
      wrap(authorizer(), async () => deny()),
      wrap(restApi(), async () => "api"),
    );

    expect(await all(request2Event, lambdaContext())).toEqual({ isAuthorized: true });
    expect(await all(requestEvent, lambdaContext())).toMatchObject({ principalId: "user" });
  });

  it.for([
    { what: "an ARN of something else", methodArn: "arn:aws:sqs:eu-west-1:123456789012:orders" },
    { what: "an empty ARN", methodArn: "" },
    { what: "an ARN without stage", methodArn: "arn:aws:execute-api:eu-west-1:123456789012:abc" },
  ])("rejects $what with a PayloadError, and opens it all the same", async ({ methodArn }) => {
    const event = { ...tokenEvent, methodArn };

    await expect(written(allow(), event)).rejects.toMatchObject({ code: "LAMELLA_PAYLOAD", part: "methodArn" });
    expect(await written(allow({ resources: ["arn:x"] }), event)).toMatchObject({ principalId: "user" });
  });

  it.for([
    { what: "no token", event: { type: "TOKEN", methodArn: tokenEvent.methodArn }, token: "" },
    { what: "a token that is none", event: { ...tokenEvent, authorizationToken: 1 }, token: "" },
    { what: "another scheme", event: { ...tokenEvent, authorizationToken: "Basic abc" }, token: "Basic abc" },
    { what: "no maps at all", event: { type: "REQUEST", methodArn: requestEvent.methodArn }, token: undefined },
    { what: "maps of null", event: { ...requestEvent, headers: null, multiValueHeaders: null, requestContext: null }, token: undefined },
  ])("reads an event by hand with $what", async ({ event, token }) => {
    const seen: unknown[] = [];
    await wrap(authorizer(), async (item) => {
      seen.push(item.token);
      return deny();
    })(event as never, lambdaContext());

    expect(seen).toEqual([token]);
  });

  describe("with schemas", () => {
    const declared = {
      query: z.object({ tag: z.array(z.enum(["a", "b"])) }),
      params: z.object({ id: z.coerce.number() }),
      headers: z.object({ "x-key": z.string().min(3) }),
      cookies: z.object({ session: z.coerce.number() }),
    };
    const input = {
      path: "/orders/1",
      params: { id: "1" },
      query: { tag: ["a"] },
      headers: { "X-Key": "abc" },
      cookies: { session: "5" },
    };

    it.for(["request", "httpApi", "httpApiV1"] as const)("gives the parts of a request as they make them, of %s", async (asks) => {
      const seen: unknown[] = [];
      await wrap(authorizer(declared), async ({ request }) => {
        if (request) seen.push(request.query.tag, request.params.id, request.headers["x-key"], request.cookies.session);
        return allow();
      })(authorizerEvent(asks, input), lambdaContext());

      expect(seen).toEqual([["a"], 1, "abc", 5]);
    });

    it.for(["request", "httpApi"] as const)("answers 401 to a request that does not fit, and tells the log why, of %s", async (asks) => {
      const handler = vi.fn(async () => allow());
      const { outcomes, error } = await testing(wrap(authorizer(declared), handler)).send(
        authorizerEvent(asks, { ...input, params: { id: "x" }, headers: { "X-Key": "a" } }),
      );

      expect(error).toMatchObject({ message: "Unauthorized" });
      expect(outcomes).toMatchObject([{ fate: "answered", error: { status: 401, cause: { code: "LAMELLA_PAYLOAD" } } }]);
      expect(handler).not.toHaveBeenCalled();
    });

    it("rejects where a schema itself fails, which is no fault of the client's", async () => {
      const broken = z.object({}).refine(() => {
        throw new Error("broken");
      });

      await expect(wrap(authorizer({ query: broken }), async () => allow())(requestEvent, lambdaContext())).rejects.toThrow(
        "The schema of the query threw",
      );
    });

    it("asks nothing of a TOKEN authorizer, which is told no request", async () => {
      expect(await wrap(authorizer(declared), async () => allow())(tokenEvent, lambdaContext())).toMatchObject({ principalId: "user" });
    });

    it.for(["query", "params", "headers", "cookies"])("throws at load for %s that is no schema", (option) => {
      expect(() => authorizer({ [option]: 5 })).toThrow(
        expect.objectContaining({ name: "TypeError", message: expect.stringContaining(`authorizer({ ${option} })`) }),
      );
    });
  });

  it("throws at load for an option of the wrong kind", () => {
    expect(() => authorizer({ simpleResponses: "yes" as never })).toThrow(
      new TypeError(`authorizer({ simpleResponses }) must be true or false, got "yes"`),
    );
    expect(() => authorizer({ softMs: -1 })).toThrow(RangeError);
  });
});
