import { hasCode, type Layer, type Schema } from "@lamella/core";
import { checkSchema, mustBe, validate } from "@lamella/core/extend";
import { createLocalJWKSet, createRemoteJWKSet, type JSONWebKeySet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { ForbiddenError, UnauthorizedError } from "./errors/client-errors.ts";
import { ServiceUnavailableError } from "./errors/server-errors.ts";
import { httpLayer } from "./http-layer.ts";
import type { HttpRequest } from "./request/http-request.ts";

// jose's type, or users' declarations could not name it.
export type { JSONWebKeySet } from "jose";

/** Signatures whose key only the issuer has. Those of a shared secret (`HS256`, …) are none, and neither is `none`. */
export type JwtAlgorithm = (typeof ALGORITHMS)[number];

/** The claims of a token, where no schema says more. */
export interface JwtClaims {
  readonly iss: string;
  readonly exp: number;
  readonly aud?: string | readonly string[] | undefined;
  readonly sub?: string | undefined;
  readonly iat?: number | undefined;
  readonly nbf?: number | undefined;
  readonly jti?: string | undefined;
  readonly [name: string]: unknown;
}

export interface JwtOptions<Claims> {
  /** Who must have issued the token, letter by letter: `https://cognito-idp.eu-west-1.amazonaws.com/<pool>` for a user pool. */
  readonly issuer: string | readonly string[];
  /** Whom the token must be for: one of these is enough. */
  readonly audience: string | readonly string[];
  /** Where the issuer's public keys are, by https; or the keys themselves. */
  readonly jwks: string | URL | JSONWebKeySet;
  /** The signatures that are taken. @default ["RS256", "PS256", "ES256", "EdDSA"] */
  readonly algorithms?: readonly JwtAlgorithm[] | undefined;
  /** What the claims must be; the context gets what the schema makes of them. @default any claims */
  readonly claims?: Schema<Claims> | undefined;
  /** Scopes of which the token must have every one, in `scope` or `scp`; else the answer is 403. @default none */
  readonly scopes?: readonly string[] | undefined;
  /** The claim that says whom the token is for: the access tokens of a Cognito user pool have `client_id`, and no `aud`. @default "aud" */
  readonly audienceClaim?: "aud" | "client_id" | undefined;
  /** What the token's `typ` must be, such as `at+jwt`. @default any */
  readonly type?: string | undefined;
  /** How far the issuer's clock may be off, in seconds; 0 or more. @default 5 */
  readonly clockToleranceS?: number | undefined;
  /** How long keys are kept, in milliseconds. @default 600_000 */
  readonly cacheMs?: number | undefined;
  /** How long a key that is not among them makes nobody ask again, in milliseconds. @default 30_000 */
  readonly cooldownMs?: number | undefined;
  /** How long fetching the keys may take, in milliseconds. @default 5_000 */
  readonly timeoutMs?: number | undefined;
  /** Finds the token. @default the one of the header `authorization: Bearer …` */
  readonly token?: ((request: HttpRequest) => string | null | undefined) | undefined;
}

/** What `jwt` adds to the context. */
export interface WithClaims<Claims> {
  readonly claims: Claims;
}

const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"] as const;

/**
 * Lets only requests through that carry a valid JSON Web Token, and adds its claims as `ctx.claims`: 401 without one or
 * with one that does not hold, 403 where scopes are missing, 503 where the issuer's keys cannot be had.
 *
 * The keys are fetched at the first request, kept, and fetched again when a token names one that is not among them.
 *
 * RFC 6750: "Bearer Token Usage"; RFC 8725: "JSON Web Token Best Current Practices".
 *
 * @throws {TypeError} At load, when an option is of the wrong kind, or issuer or audience is missing.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * const authenticated = jwt({ issuer: "https://id.example.com", audience: "orders", jwks: "https://id.example.com/jwks.json" });
 * export const handler = wrap(httpApi(), authenticated, async (_request, { claims }) => ({ hello: claims.sub }));
 */
export function jwt<Claims = JwtClaims>(options: JwtOptions<Claims>): Layer<HttpRequest, {}, WithClaims<Claims>> {
  const { jwks, algorithms = ["RS256", "PS256", "ES256", "EdDSA"], claims: schema, scopes = [], audienceClaim = "aud" } = options;
  const { type: typ, clockToleranceS = 5, token: find = bearer } = options;
  const issuer = checkNames("issuer", options.issuer);
  const audience = checkNames("audience", options.audience);
  mustBe(Array.isArray(algorithms) && algorithms.length > 0, "jwt({ algorithms })", "a list that is not empty", algorithms);
  for (const name of algorithms) {
    mustBe(ALGORITHMS.includes(name), "one of jwt({ algorithms })", `one of ${ALGORITHMS.join(", ")}`, name, RangeError);
  }
  if (schema !== undefined) checkSchema(schema, "jwt({ claims })");
  mustBe(Array.isArray(scopes) && scopes.every(isScope), "jwt({ scopes })", "a list of scopes", scopes);
  mustBe(["aud", "client_id"].includes(audienceClaim), "jwt({ audienceClaim })", '"aud" or "client_id"', audienceClaim);
  mustBe(typ === undefined || (typeof typ === "string" && typ !== ""), "jwt({ type })", "a type, such as at+jwt", typ);
  mustBe(typeof find === "function", "jwt({ token })", "a function", find);
  checkTime("clockToleranceS", clockToleranceS);
  const keys = toKeys(jwks, options);
  const rules = {
    algorithms: [...algorithms],
    issuer,
    clockTolerance: clockToleranceS,
    requiredClaims: ["exp"],
    ...(typ !== undefined && { typ }),
    ...(audienceClaim === "aud" && { audience }),
  };

  const claimsOf = async (token: string): Promise<Claims> => {
    const payload = await verified(token, keys, rules);
    if (audienceClaim === "client_id" && !audience.includes(payload["client_id"] as string))
      throw refused("The token is for another client.");
    const held = scopesOf(payload);
    if (!scopes.every((scope) => held.includes(scope))) {
      const challenge = `Bearer error="insufficient_scope", scope="${scopes.join(" ")}"`;
      throw new ForbiddenError("The token lacks a scope.", { headers: { "www-authenticate": challenge } });
    }
    if (schema === undefined) return payload as Claims;
    try {
      return await validate(schema, payload, "token");
    } catch (error) {
      // A schema that throws is no fault of the token's.
      throw hasCode(error, "LAMELLA_PAYLOAD") ? refused("The token's claims are not those that are expected.", error) : error;
    }
  };

  return httpLayer("jwt", async (request, _ctx, next) => {
    const token = find(request);
    // Without a code: nobody has tried anything.
    if (!token) throw new UnauthorizedError("A token is needed.", { headers: { "www-authenticate": "Bearer" } });
    return next({ claims: await claimsOf(token) });
  });
}

async function verified(token: string, keys: JWTVerifyGetKey, rules: Parameters<typeof jwtVerify>[2]): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, rules)).payload;
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code === "ERR_JWT_EXPIRED") throw refused("The token has expired.", error);
    if (typeof code === "string" && OF_THE_TOKEN.test(code)) throw refused("The token is not valid here.", error);
    // The keys could not be had, or are none: trying again may help, and a new token does not.
    throw new ServiceUnavailableError(undefined, { cause: error, headers: { "retry-after": "1" } });
  }
}

const OF_THE_TOKEN = /^ERR_(JWT_|JWS_|JWE_|JOSE_ALG_NOT_ALLOWED|JOSE_NOT_SUPPORTED|JWKS_NO_MATCHING_KEY|JWKS_MULTIPLE_MATCHING_KEYS)/;

function refused(detail: string, cause?: unknown): UnauthorizedError {
  return new UnauthorizedError(detail, { cause, headers: { "www-authenticate": 'Bearer error="invalid_token"' } });
}

function bearer({ headers }: HttpRequest): string | undefined {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(headers.get("authorization") ?? "")?.[1];
}

function scopesOf({ scope, scp }: JWTPayload): readonly unknown[] {
  const held = scope ?? scp;
  return typeof held === "string" ? held.split(" ") : Array.isArray(held) ? held : [];
}

function isScope(scope: unknown): boolean {
  return typeof scope === "string" && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope);
}

function checkNames(option: string, given: string | readonly string[]): string[] {
  const names = [given].flat();
  mustBe(
    names.length > 0 && names.every((name) => typeof name === "string" && name !== ""),
    `jwt({ ${option} })`,
    "a name, or a list",
    given,
  );
  return names;
}

function checkTime(option: string, value: number): void {
  mustBe(typeof value === "number" && value >= 0 && value < Infinity, `jwt({ ${option} })`, "a number of 0 or more", value, RangeError);
}

function toKeys(
  jwks: string | URL | JSONWebKeySet,
  { cacheMs = 600_000, cooldownMs = 30_000, timeoutMs = 5_000 }: Pick<JwtOptions<unknown>, "cacheMs" | "cooldownMs" | "timeoutMs">,
): JWTVerifyGetKey {
  checkTime("cacheMs", cacheMs);
  checkTime("cooldownMs", cooldownMs);
  mustBe(Number.isInteger(timeoutMs) && timeoutMs > 0, "jwt({ timeoutMs })", "a whole number above 0", timeoutMs, RangeError);
  const what = "an https address, or keys as { keys: […] }";
  if (typeof jwks !== "string" && !(jwks instanceof URL)) {
    mustBe(Array.isArray((jwks as Partial<JSONWebKeySet> | null | undefined)?.keys), "jwt({ jwks })", what, jwks);
    return createLocalJWKSet(jwks);
  }
  mustBe(URL.canParse(String(jwks)), "jwt({ jwks })", what, String(jwks));
  const url = new URL(jwks);
  // Whoever could change the keys on the way could sign tokens.
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname));
  mustBe(isSafe, "jwt({ jwks })", what, url.href, RangeError);
  return createRemoteJWKSet(url, { cacheMaxAge: cacheMs, cooldownDuration: cooldownMs, timeoutDuration: timeoutMs });
}
