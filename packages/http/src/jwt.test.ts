import type { webcrypto } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { layer, wrap } from "@lamella/core";
import { exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { apiEvent, context } from "../test/api-event.ts";
import { httpApi } from "./http-api.ts";
import { type JwtOptions, jwt } from "./jwt.ts";

const ISSUER = "https://id.example.com/";
const AUDIENCE = "orders";

/** An issuer that serves its keys on loopback. */
class Issuer {
  asked = 0;
  status = 200;
  body: string | undefined;
  keys: JWK[] = [];
  readonly #server: Server = createServer((_request, response) => {
    this.asked++;
    response.writeHead(this.status, { "content-type": "application/json" }).end(this.body ?? JSON.stringify({ keys: this.keys }));
  });

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/jwks.json`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

interface Key {
  readonly privateKey: webcrypto.CryptoKey;
  readonly jwk: JWK;
}

async function keyOf(alg: string, kid: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), alg, kid, use: "sig" } };
}

interface TokenInput {
  readonly claims?: Record<string, unknown>;
  readonly issuer?: string;
  readonly audience?: string | string[];
  readonly expires?: number | undefined;
  readonly alg?: string;
  readonly kid?: string;
  readonly typ?: string;
  readonly key?: webcrypto.CryptoKey | Uint8Array;
}

let rsa: Key;
let ec: Key;
let ed: Key;
let other: Key;
let issuer: Issuer;
const now = () => Math.floor(Date.now() / 1000);

beforeAll(async () => {
  [rsa, ec, ed, other] = await Promise.all([keyOf("RS256", "rsa"), keyOf("ES256", "ec"), keyOf("EdDSA", "ed"), keyOf("RS256", "new")]);
});
beforeEach(async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  issuer = new Issuer();
  issuer.keys = [rsa.jwk, ec.jwk, ed.jwk];
  await issuer.listen();
});
afterEach(() => issuer.close());
afterAll(() => vi.useRealTimers());

async function token({ claims = { sub: "ann" }, ...input }: TokenInput = {}): Promise<string> {
  const { alg = "RS256", kid = "rsa", typ } = input;
  const made = new SignJWT(claims)
    .setProtectedHeader({ alg, kid, ...(typ !== undefined && { typ }) })
    .setIssuer(input.issuer ?? ISSUER)
    .setAudience(input.audience ?? AUDIENCE);
  const expires = "expires" in input ? input.expires : now() + 60;
  return (expires === undefined ? made : made.setExpirationTime(expires)).sign(input.key ?? rsa.privateKey);
}

function serving(options: Partial<JwtOptions<unknown>> = {}) {
  const handler = wrap(httpApi(), jwt({ issuer: ISSUER, audience: AUDIENCE, jwks: issuer.url, ...options }), (_request, { claims }) => ({
    claims,
  }));
  return async (bearer: string | undefined, headers: Record<string, string> = {}) => {
    const given = bearer === undefined ? headers : { ...headers, authorization: `Bearer ${bearer}` };
    const reply = await handler(apiEvent({ headers: given }), context());
    return { status: reply.statusCode, challenge: reply.headers?.["www-authenticate"], document: JSON.parse(reply.body as string) };
  };
}

describe("a token that holds", () => {
  it.for([
    { alg: "RS256", kid: "rsa" },
    { alg: "ES256", kid: "ec" },
    { alg: "EdDSA", kid: "ed" },
  ])("gives its claims to the handler: $alg", async ({ alg, kid }) => {
    const key = { rsa, ec, ed }[kid as "rsa" | "ec" | "ed"].privateKey;

    const { status, document } = await serving()(await token({ alg, kid, key, claims: { sub: "ann", role: "admin" } }));

    expect(status).toBe(200);
    expect(document.claims).toMatchObject({ iss: ISSUER, aud: AUDIENCE, sub: "ann", role: "admin" });
  });

  it("may be for several, from one of several issuers, and say Bearer in any letters", async () => {
    const serve = serving({ issuer: ["https://x.test", ISSUER], audience: ["x", AUDIENCE] });

    expect((await serve(await token({ audience: ["y", AUDIENCE] }))).status).toBe(200);
    expect((await serve(undefined, { authorization: `bearer ${await token()}` })).status).toBe(200);
  });

  it("may come from a cookie", async () => {
    const serve = serving({ token: ({ cookies }) => cookies["session"] as string | undefined });

    expect((await serve(undefined, { cookie: `session=${await token()}` })).status).toBe(200);
    expect((await serve(await token())).status).toBe(401);
  });

  it("is checked with keys that are given as well", async () => {
    const serve = serving({ jwks: { keys: [rsa.jwk] } });

    expect((await serve(await token())).status).toBe(200);
    expect(issuer.asked).toBe(0);
  });

  it("of a Cognito user pool says in client_id whom it is for", async () => {
    const serve = serving({ audienceClaim: "client_id", audience: "app-1" });

    expect((await serve(await token({ claims: { client_id: "app-1" } }))).status).toBe(200);
    expect(await serve(await token({ claims: { client_id: "app-2" } }))).toMatchObject({ status: 401 });
    expect(await serve(await token({ audience: "app-1", claims: {} }))).toMatchObject({ status: 401 });
  });

  it("gives what a schema makes of its claims", async () => {
    const serve = serving({ claims: z.object({ sub: z.string().toUpperCase() }) });

    expect((await serve(await token())).document).toEqual({ claims: { sub: "ANN" } });
    expect(await serve(await token({ claims: { sub: 5 } }))).toMatchObject({ status: 401, challenge: 'Bearer error="invalid_token"' });
  });
});

describe("a token that does not hold", () => {
  const b64 = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

  it.for<{ what: string; make: () => Promise<string> | string; options?: Partial<JwtOptions<unknown>> }>([
    { what: "another issuer", make: () => token({ issuer: "https://id.example.com" }) },
    { what: "another audience", make: () => token({ audience: "invoices" }) },
    { what: "no end", make: () => token({ expires: undefined }) },
    { what: "a beginning that is to come", make: () => token({ claims: { nbf: now() + 60 } }) },
    { what: "another's signature", make: () => token({ key: other.privateKey }) },
    { what: "a key that nobody knows", make: () => token({ kid: "new", key: other.privateKey }) },
    {
      what: "an algorithm that is not taken",
      make: () => token({ alg: "ES256", kid: "ec", key: ec.privateKey }),
      options: { algorithms: ["RS256"] },
    },
    { what: "another type", make: () => token({ typ: "JWT" }), options: { type: "at+jwt" } },
    {
      what: "alg none",
      make: () =>
        new UnsecuredJWT({})
          .setIssuer(ISSUER)
          .setAudience(AUDIENCE)
          .setExpirationTime(now() + 60)
          .encode(),
    },
    { what: "alg none in other letters", make: () => `${b64({ alg: "nOnE", kid: "rsa" })}.${b64({ iss: ISSUER })}.` },
    {
      what: "the public key as a shared secret",
      make: () => token({ alg: "HS256", key: new TextEncoder().encode(JSON.stringify(rsa.jwk)) }),
    },
    { what: "a key of its own in its header", make: () => `${b64({ alg: "RS256", jwk: rsa.jwk })}.${b64({ iss: ISSUER })}.AAAA` },
    { what: "no three parts", make: () => "abc" },
    { what: "parts that are no JSON", make: () => "abc.def.ghi" },
  ])("is refused: $what", async ({ make, options }) => {
    const { status, challenge, document } = await serving(options)(await make());

    expect(status).toBe(401);
    expect(challenge).toBe('Bearer error="invalid_token"');
    expect(document).toEqual({ type: "about:blank", title: "Unauthorized", status: 401, detail: "The token is not valid here." });
  });

  it.for([
    { what: "within the tolerance", endedS: 4, status: 200 },
    { what: "at the tolerance", endedS: 5, status: 401 },
  ])("has expired, $what: $status", async ({ endedS, status }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });

    const reply = await serving()(await token({ expires: now() - endedS }));
    vi.useRealTimers();

    expect(reply.status).toBe(status);
    if (status === 401) expect(reply.document.detail).toBe("The token has expired.");
  });

  it("is told to the layers outside with its cause", async () => {
    const seen: unknown[] = [];
    const spy = layer("spy", async (_item, _ctx, next) => {
      try {
        return await next();
      } catch (error) {
        seen.push(error);
        throw error;
      }
    });
    const handler = wrap(httpApi(), spy, jwt({ issuer: ISSUER, audience: AUDIENCE, jwks: issuer.url }), () => "ok");

    await handler(apiEvent({ headers: { authorization: "Bearer abc" } }), context());

    expect(seen).toEqual([expect.objectContaining({ status: 401, cause: expect.objectContaining({ code: "ERR_JWS_INVALID" }) })]);
  });

  it.for<Record<string, string>>([
    {},
    { authorization: "" },
    { authorization: "Basic YTpi" },
    { authorization: "Bearer" },
    { authorization: "Bearer a b" },
  ])("is asked for where there is none: %o", async (headers) => {
    expect(await serving()(undefined, headers)).toMatchObject({ status: 401, challenge: "Bearer" });
    expect(issuer.asked).toBe(0);
  });
});

describe("scopes", () => {
  it.for<{ held: Record<string, unknown>; status: number }>([
    { held: { scope: "orders:read orders:write" }, status: 200 },
    { held: { scp: ["orders:write", "orders:read"] }, status: 200 },
    { held: { scp: "orders:read orders:write" }, status: 200 },
    { held: { scope: "orders:read" }, status: 403 },
    { held: { scope: "orders:readorders:write" }, status: 403 },
    { held: { scope: 5 }, status: 403 },
    { held: {}, status: 403 },
  ])("must all be there: $status with $held", async ({ held, status }) => {
    const reply = await serving({ scopes: ["orders:read", "orders:write"] })(await token({ claims: held }));

    expect(reply.status).toBe(status);
    if (status === 403) expect(reply.challenge).toBe('Bearer error="insufficient_scope", scope="orders:read orders:write"');
  });
});

describe("the keys", () => {
  it("are fetched once, at the first request, however many come at a time", async () => {
    const serve = serving();
    expect(issuer.asked).toBe(0);

    const bearer = await token();
    expect((await Promise.all([serve(bearer), serve(bearer), serve(bearer)])).map(({ status }) => status)).toEqual([200, 200, 200]);
    await serve(bearer);

    expect(issuer.asked).toBe(1);
  });

  it("are fetched again for a new key, but not before the cooldown has passed", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
    const serve = serving({ cooldownMs: 1_000 });
    const rotated = await token({ kid: "new", key: other.privateKey });
    await serve(await token());
    issuer.keys = [other.jwk];

    vi.setSystemTime(1_800_000_000_999);
    const early = await serve(rotated);
    vi.setSystemTime(1_800_000_001_000);
    const late = await serve(rotated);
    vi.useRealTimers();

    expect([early.status, late.status]).toEqual([401, 200]);
    expect(issuer.asked).toBe(2);
  });

  it("are fetched again when they are old", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
    const serve = serving({ cacheMs: 1_000 });
    const bearer = await token();
    await serve(bearer);

    vi.setSystemTime(1_800_000_000_999);
    await serve(bearer);
    const before = issuer.asked;
    vi.setSystemTime(1_800_000_001_000);
    await serve(bearer);
    vi.useRealTimers();

    expect([before, issuer.asked]).toEqual([1, 2]);
  });

  it.for<{ what: string; breaks: (server: Issuer) => void; recovers: boolean }>([
    { what: "cannot be reached", breaks: (server) => server.close(), recovers: false },
    { what: "are answered with an error", breaks: (server) => Object.assign(server, { status: 500 }), recovers: true },
    { what: "are no JSON", breaks: (server) => Object.assign(server, { body: "<html>" }), recovers: true },
    { what: "are no keys", breaks: (server) => Object.assign(server, { body: "{}" }), recovers: true },
  ])("that $what make a 503, and the next request asks again: $recovers", async ({ breaks, recovers }) => {
    const serve = serving();
    breaks(issuer);

    const { status, challenge, document } = await serve(await token());

    expect(status).toBe(503);
    expect(challenge).toBeUndefined();
    expect(document).toEqual({ type: "about:blank", title: "Service Unavailable", status: 503 });
    expect(console.error).toHaveBeenCalledOnce();

    Object.assign(issuer, { status: 200, body: undefined });
    expect((await serve(await token())).status).toBe(recovers ? 200 : 503);
  });
});

describe("wrong options", () => {
  const right = { issuer: ISSUER, audience: AUDIENCE, jwks: "https://id.example.com/jwks.json" };
  it.for<{ what: string; options: object; error: typeof TypeError | typeof RangeError }>([
    { what: "no issuer", options: { issuer: undefined }, error: TypeError },
    { what: "an empty issuer", options: { issuer: "" }, error: TypeError },
    { what: "no audience", options: { audience: undefined }, error: TypeError },
    { what: "an empty list of audiences", options: { audience: [] }, error: TypeError },
    { what: "no keys", options: { jwks: undefined }, error: TypeError },
    { what: "keys by http", options: { jwks: "http://id.example.com/jwks.json" }, error: RangeError },
    { what: "keys at no address", options: { jwks: "id.example.com" }, error: TypeError },
    { what: "a shared secret's algorithm", options: { algorithms: ["HS256"] }, error: RangeError },
    { what: "the algorithm none", options: { algorithms: ["none"] }, error: RangeError },
    { what: "no algorithm", options: { algorithms: [] }, error: TypeError },
    { what: "claims that are no schema", options: { claims: {} }, error: TypeError },
    { what: "a scope with a quote", options: { scopes: ['a"b'] }, error: TypeError },
    { what: "a tolerance below 0", options: { clockToleranceS: -1 }, error: RangeError },
    { what: "a cache that is no number", options: { cacheMs: Number.NaN }, error: RangeError },
    { what: "a timeout of 0", options: { timeoutMs: 0 }, error: RangeError },
    { what: "another claim", options: { audienceClaim: "azp" }, error: TypeError },
    { what: "a token that is no function", options: { token: "x" }, error: TypeError },
    { what: "an empty type", options: { type: "" }, error: TypeError },
  ])("throw at load: $what", ({ options, error }) => {
    expect(() => jwt({ ...right, ...options })).toThrow(error);
  });

  it("are none by themselves", () => {
    expect(() => jwt(right)).not.toThrow();
  });
});
