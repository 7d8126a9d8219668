import { wrap } from "@lamella/core";
import { albEvent, functionUrlEvent, httpApiEvent, lambdaContext, latticeEvent, restApiEvent } from "@lamella/testing";
import {
  albFixture,
  albHealthCheckFixture,
  albMultiValueFixture,
  functionUrlFixture,
  httpApiGetFixture,
  latticeV1Fixture,
  latticeV2Fixture,
  restApiFixture,
  restApiFromHttpApiFixture,
} from "@lamella/testing/fixtures";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Auth, alb, functionUrl, type HttpRequest, http, httpApi, lattice, restApi } from "./index.ts";

type AnySource = ReturnType<typeof http>;

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

/** What a handler gets of an event. */
async function received(source: unknown, event: unknown): Promise<HttpRequest> {
  let request: HttpRequest | undefined;
  await wrap(source as AnySource, async (item) => {
    request = item as unknown as HttpRequest;
  })(event as never, lambdaContext());
  return request as HttpRequest;
}

describe("stripStage", () => {
  it.for<{ what: string; source: AnySource; event: unknown; path: string }>([
    {
      what: "the stage of an HTTP API stays by default",
      source: httpApi() as never,
      event: httpApiEvent({ path: "/orders", stage: "prod" }),
      path: "/prod/orders",
    },
    {
      what: "the stage of an HTTP API goes",
      source: httpApi({ stripStage: true }) as never,
      event: httpApiEvent({ path: "/orders", stage: "prod" }),
      path: "/orders",
    },
    {
      what: "the stage alone leaves the root",
      source: httpApi({ stripStage: true }) as never,
      event: { ...httpApiEvent({ stage: "prod" }), rawPath: "/prod" },
      path: "/",
    },
    {
      what: "a path that only begins like the stage stays",
      source: httpApi({ stripStage: true }) as never,
      event: { ...httpApiEvent({ stage: "prod" }), rawPath: "/products" },
      path: "/products",
    },
    {
      what: "the stage goes once",
      source: httpApi({ stripStage: true }) as never,
      event: httpApiEvent({ path: "/prod/x", stage: "prod" }),
      path: "/prod/x",
    },
    {
      what: "the default stage takes nothing",
      source: httpApi({ stripStage: true }) as never,
      event: httpApiEvent({ path: "/$default/x" }),
      path: "/$default/x",
    },
    {
      what: "the stage of payload format 1.0 goes",
      source: restApi({ stripStage: true }) as never,
      event: restApiEvent({ path: "/orders", fromHttpApi: true }),
      path: "/orders",
    },
    {
      what: "a REST API's path that is without the stage stays, also where it begins alike",
      source: restApi({ stripStage: true }) as never,
      event: restApiEvent({ path: "/prod/orders" }),
      path: "/prod/orders",
    },
    {
      what: "the stage behind a mapping without one goes",
      source: restApi({ stripStage: true }) as never,
      event: { ...restApiEvent(), path: "/prod/orders", requestContext: { ...restApiEvent().requestContext, path: "/prod/orders" } },
      path: "/orders",
    },
    {
      what: "http() strips as well",
      source: http({ stripStage: true }),
      event: httpApiEvent({ path: "/orders", stage: "prod" }),
      path: "/orders",
    },
    {
      what: "http() has nothing to strip of a load balancer",
      source: http({ stripStage: true }),
      event: albEvent({ path: "/prod/orders" }),
      path: "/prod/orders",
    },
  ])("means that $what", async ({ source, event, path }) => {
    const request = await received(source, event);

    expect(request.path).toBe(path);
    expect(request.url.pathname).toBe(path);
  });

  it("refuses what is neither true nor false, at load", () => {
    expect(() => httpApi({ stripStage: "prod" as never })).toThrow(TypeError);
  });
});

describe("auth", () => {
  const iam = {
    accessKey: "AKIA",
    accountId: "123456789012",
    callerId: "AIDA",
    cognitoIdentity: null,
    principalOrgId: "o-1",
    userArn: "arn:aws:iam::123456789012:user/ann",
    userId: "AIDA",
  };
  it.for<{ what: string; source: unknown; event: unknown; auth: Auth | undefined }>([
    { what: "nothing of an open HTTP API", source: httpApi(), event: httpApiEvent(), auth: undefined },
    {
      what: "the claims of a JWT",
      source: httpApi(),
      event: httpApiEvent({ authorizer: { jwt: { claims: { sub: "ann" }, scopes: ["orders"] } } }),
      auth: { kind: "jwt", claims: { sub: "ann" }, scopes: ["orders"] },
    },
    {
      what: "no scopes of a JWT that has null",
      source: httpApi(),
      event: httpApiEvent({ authorizer: { jwt: { claims: { sub: "ann" }, scopes: null } } }),
      auth: { kind: "jwt", claims: { sub: "ann" }, scopes: [] },
    },
    {
      what: "a Lambda authorizer's context",
      source: httpApi(),
      event: httpApiEvent({ authorizer: { lambda: { tenant: 5 } } }),
      auth: { kind: "lambda", principalId: undefined, context: { tenant: 5 } },
    },
    {
      what: "who signed, behind an HTTP API",
      source: httpApi(),
      event: httpApiEvent({ authorizer: { iam } }),
      auth: { kind: "iam", ...iam },
    },
    { what: "who signed, behind a function URL", source: functionUrl(), event: functionUrlEvent({ iam }), auth: { kind: "iam", ...iam } },
    { what: "nothing of an open function URL", source: functionUrl(), event: functionUrlEvent(), auth: undefined },
    {
      what: "a user pool's claims",
      source: restApi(),
      event: restApiEvent({ authorizer: { claims: { sub: "ann" } } }),
      auth: { kind: "cognito", claims: { sub: "ann" } },
    },
    {
      what: "the claims of a JWT in payload format 1.0",
      source: restApi(),
      event: restApiEvent({ fromHttpApi: true, authorizer: { claims: { sub: "ann" }, scopes: null } }),
      auth: { kind: "jwt", claims: { sub: "ann" }, scopes: [] },
    },
    {
      what: "nothing of an open HTTP API in payload format 1.0",
      source: restApi(),
      event: restApiEvent({ fromHttpApi: true, authorizer: { claims: null, scopes: null } }),
      auth: undefined,
    },
    {
      what: "a Lambda authorizer's context of a REST API",
      source: restApi(),
      event: restApiEvent({ authorizer: { principalId: "ann", integrationLatency: 5, tenant: "5" } }),
      auth: { kind: "lambda", principalId: "ann", context: { tenant: "5" } },
    },
    {
      what: "who signed, behind a REST API",
      source: restApi(),
      event: restApiEvent({ identity: { userArn: "arn", user: "u", caller: "c", accountId: "1", accessKey: "k" } }),
      auth: {
        kind: "iam",
        userArn: "arn",
        userId: "u",
        callerId: "c",
        accountId: "1",
        accessKey: "k",
        principalOrgId: null,
        cognitoIdentity: undefined,
      },
    },
    {
      what: "an identity pool's identity",
      source: restApi(),
      event: restApiEvent({ identity: { userArn: "arn", cognitoIdentityId: "i", cognitoIdentityPoolId: "p" } }),
      auth: expect.objectContaining({ kind: "iam", cognitoIdentity: { identityId: "i", identityPoolId: "p" } }),
    },
    { what: "nothing of an open REST API", source: restApi(), event: restApiEvent(), auth: undefined },
    { what: "nothing of a load balancer", source: alb(), event: albEvent(), auth: undefined },
    {
      what: "who signed, behind Lattice",
      source: lattice(),
      event: latticeEvent({ identity: { type: "AWS_IAM", principal: "arn", principalOrgID: "o-1" } }),
      auth: { kind: "iam", userArn: "arn", principalOrgId: "o-1" },
    },
    { what: "nothing of a Lattice service without an auth policy", source: lattice(), event: latticeEvent(), auth: undefined },
    {
      what: "who signed, behind Lattice with events of version 1",
      source: lattice(),
      event: latticeEvent({
        version: 1,
        identity: { type: "AWS_IAM", principal: "arn:aws:sts::1:assumed-role/shop/i", principalOrgID: "o-1" },
      }),
      auth: { kind: "iam", userArn: "arn:aws:sts::1:assumed-role/shop/i", principalOrgId: "o-1" },
    },
    {
      what: "who signed where version 1 tells the documented fields alone",
      source: lattice(),
      event: latticeEvent({ version: 1, headers: { "x-amzn-lattice-identity": "Principal=arn;SessionName=i" } }),
      auth: { kind: "iam", userArn: "arn", principalOrgId: undefined },
    },
    {
      what: "nobody where version 1 tells no principal, and a name looks like one",
      source: lattice(),
      event: latticeEvent({
        version: 1,
        identity: { principal: "", sessionName: "x; Principal=arn:aws:iam::1:root", type: "AWS_IAM" },
      }),
      auth: undefined,
    },
    {
      what: "nobody of version 1 that came without a signature",
      source: lattice(),
      event: latticeEvent({ version: 1, identity: { principal: "Unknown", type: "Unknown" } }),
      auth: undefined,
    },
    {
      what: "nobody of version 1 behind a header that is none",
      source: lattice(),
      event: latticeEvent({ version: 1, headers: { "x-amzn-lattice-identity": ";;=\\" } }),
      auth: undefined,
    },
    { what: "nothing of version 1 without an auth policy", source: lattice(), event: latticeEvent({ version: 1 }), auth: undefined },
    {
      what: "nothing of a header behind version 2, which has a context",
      source: lattice(),
      event: latticeEvent({ headers: { "x-amzn-lattice-identity": "Principal=arn; Type=AWS_IAM" } }),
      auth: undefined,
    },
    {
      what: "the same through http()",
      source: http(),
      event: restApiEvent({ authorizer: { claims: { sub: "ann" } } }),
      auth: { kind: "cognito", claims: { sub: "ann" } },
    },
  ])("has $what", async ({ source, event, auth }) => {
    expect((await received(source, event)).auth).toEqual(auth);
  });
});

describe("clientIp", () => {
  it.for([
    { forwarded: "192.0.2.9", gives: "192.0.2.9" },
    { forwarded: "10.0.0.1, 192.0.2.9", gives: "192.0.2.9" },
    { forwarded: "192.0.2.9:443", gives: "192.0.2.9" },
    { forwarded: "2001:db8::1", gives: "2001:db8::1" },
    { forwarded: "[2001:db8::1]:443", gives: "2001:db8::1" },
    { forwarded: "", gives: undefined },
  ])("of a load balancer that forwards '$forwarded' is $gives", async ({ forwarded, gives }) => {
    expect((await received(alb(), { ...albEvent(), headers: { "x-forwarded-for": forwarded } })).clientIp).toBe(gives);
  });
});

describe("params", () => {
  it.for([
    {
      what: "decoded of a REST API, which leaves them encoded",
      event: restApiEvent({ params: { id: "a%20b%2Fc", bad: "%ZZ", plus: "a+b" } }),
      params: { id: "a b/c", bad: "%ZZ", plus: "a+b" },
    },
    {
      what: "as they are in payload format 1.0, which has them decoded",
      event: restApiEvent({ params: { id: "100%25" }, fromHttpApi: true }),
      params: { id: "100%25" },
    },
  ])("are $what", async ({ event, params }) => {
    expect({ ...((await received(restApi(), event)).params as object) }).toEqual(params);
  });
});

describe("the address", () => {
  it.for([
    { proto: "http", gives: "http://api.example.com/" },
    { proto: "https", gives: "https://api.example.com/" },
    { proto: "other", gives: "https://api.example.com/" },
  ])("of a load balancer that was asked by $proto is $gives", async ({ proto, gives }) => {
    const event = albEvent({ headers: { host: "api.example.com" } });

    expect((await received(alb(), { ...event, headers: { ...event.headers, "x-forwarded-proto": proto } })).url.href).toBe(gives);
  });

  it("of Lattice has the query of the map where the path has none", async () => {
    const event = { ...latticeEvent(), path: "/x", queryStringParameters: { a: ["1", "2"], b: ["x%20y"] } };
    const { url } = await received(lattice(), event);

    expect([url.pathname, ...url.searchParams]).toEqual(["/x", ["a", "1"], ["a", "2"], ["b", "x y"]]);
  });

  it("of Lattice has its host also where a header is no list", async () => {
    const event = { ...latticeEvent(), headers: { host: "plain.example.com", "x-a": ["1", "2"] } };
    const { url, headers } = await received(lattice(), event);

    expect([url.host, headers.get("x-a")]).toEqual(["plain.example.com", "1, 2"]);
  });

  it("of Lattice version 1 has every value, though the map has the last", async () => {
    const { url } = await received(lattice(), latticeEvent({ version: 1, query: "a=1&a=2" }));

    expect(url.searchParams.getAll("a")).toEqual(["1", "2"]);
  });
});

describe("the id of a request", () => {
  it.for([
    {
      what: "the service's, where it has one",
      source: restApi() as unknown,
      event: restApiEvent({ requestId: "r-1" }) as unknown,
      id: "r-1",
    },
    { what: "the invocation's, where it has none", source: alb(), event: albEvent(), id: "i-1" },
    { what: "the invocation's, where the event has no context", source: restApi(), event: { httpMethod: "GET", path: "/" }, id: "i-1" },
  ])("is $what", async ({ source, event, id }) => {
    const reply = await wrap(source as AnySource, async (_request, { delivery }) => delivery.id)(
      event as never,
      lambdaContext({ awsRequestId: "i-1" }),
    );

    expect(reply).toMatchObject({ body: id });
  });
});

describe("toRequest", () => {
  it("gives a new request each time, with a length that is right", async () => {
    const { toRequest } = await received(httpApi(), httpApiEvent({ body: "abc", headers: { "content-length": "99" } }));
    const [one, two] = [toRequest(), toRequest()];

    expect(one).not.toBe(two);
    expect(one.headers.get("content-length")).toBe("3");
    expect([await one.text(), await two.text()]).toEqual(["abc", "abc"]);
  });

  it.for(["GET", "HEAD"])("leaves out the body of a %s, which text() still has", async (method) => {
    const { toRequest, text: body } = await received(httpApi(), httpApiEvent({ method, body: "abc" }));

    expect([toRequest().body, body()]).toEqual([null, "abc"]);
  });

  it("leaves the request's own headers alone", async () => {
    const { toRequest, headers } = await received(httpApi(), httpApiEvent({ headers: { "x-a": "1" } }));
    toRequest().headers.set("x-a", "2");

    expect(headers.get("x-a")).toBe("1");
  });

  it.for(["TRACE", "CONNECT", "NOT A METHOD"])("is a 400 where the method is %s, which no web Request has", async (method) => {
    const reply = await wrap(alb(), async ({ toRequest }) => toRequest().method)(albEvent({ method }), lambdaContext());

    expect(reply).toMatchObject({ statusCode: 400, body: expect.stringContaining("is one that no web Request may have") });
  });
});

describe("an invocation that fails outside of the request", () => {
  const failing = { name: "failing", hooks: { invocation: async () => Promise.reject(new Error("s3cret")) } };
  it.for([
    {
      name: "alb, in the mode of the event",
      source: alb() as unknown,
      event: albEvent({ multiValue: true }) as unknown,
      reply: {
        statusCode: 500,
        statusDescription: "500 Internal Server Error",
        multiValueHeaders: { "content-type": ["application/problem+json"] },
      },
    },
    {
      name: "http(), in the shape of the event's service",
      source: http(),
      event: albEvent(),
      reply: { statusCode: 500, statusDescription: "500 Internal Server Error", headers: { "content-type": "application/problem+json" } },
    },
  ])("is answered 500 by $name", async ({ source, event, reply }) => {
    expect(await wrap(source as AnySource, failing as never, () => "ok")(event as never, lambdaContext())).toMatchObject(reply);
  });
});

describe("fixtures", () => {
  it.for([
    { what: "restApi", source: restApi() as unknown, event: restApiFixture as unknown },
    { what: "restApi", source: restApi(), event: restApiFromHttpApiFixture },
    { what: "httpApi", source: httpApi(), event: httpApiGetFixture },
    { what: "functionUrl", source: functionUrl(), event: functionUrlFixture },
    { what: "alb", source: alb(), event: albFixture },
    { what: "alb", source: alb(), event: albMultiValueFixture },
    { what: "lattice", source: lattice(), event: latticeV1Fixture },
    { what: "lattice", source: lattice(), event: latticeV2Fixture },
  ])("are opened by $what", async ({ source, event }) => {
    const { path, url, clientIp, headers } = await received(source, event);

    expect(path).toMatch(/^\/(prod\/)?orders/);
    expect(url.searchParams.getAll("tag").at(-1)).toBe("paid");
    expect(clientIp).toBe("203.0.113.7");
    expect(headers.get("accept")).toBe("application/json");
  });

  it("have a health check", async () => {
    const { headers, path } = await received(alb(), albHealthCheckFixture);

    expect([headers.get("user-agent"), path]).toEqual(["ELB-HealthChecker/2.0", "/health"]);
  });
});
