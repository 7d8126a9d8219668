import type { Payload, Resource, ValueOf } from "@lamella/core";
import { mustBe } from "@lamella/core/extend";
import { type Decoding, decodingBy } from "./decoding.ts";
import { ParameterError } from "./errors/parameter-error.ts";
import { fetchSecret } from "./fetch-secret.ts";
import { checkAge, checkKept, type Keeper, type KeptOptions, keep } from "./kept.ts";

/** One secret of Secrets Manager. */
export interface Secret<Value = unknown> {
  /** The name of the secret, or its ARN, which it takes where the secret is another account's. */
  readonly id: string;
  /** What it must be: a schema of its JSON, or a codec, such as `bytes()` for a binary secret. @default text as it is */
  readonly schema?: Payload<Value> | undefined;
  /** @default the version that has the stage */
  readonly versionId?: string | undefined;
  /** @default "AWSCURRENT" */
  readonly versionStage?: string | undefined;
  /** How old this one may grow, in milliseconds; more than 0. @default the layer's `maxAgeMs` */
  readonly maxAgeMs?: number | undefined;
}

/** A secret, or its name alone. */
export type SecretSpec = string | Secret;

/** What the secrets are: text, or what their schemas make of it. */
export type SecretValues<Specs> = {
  readonly [Key in keyof Specs]: Specs[Key] extends { readonly schema: infer P extends Payload<unknown> } ? ValueOf<P> : string;
};

/** Fetches secrets: Powertools' `SecretsProvider`, or anything of its shape. */
export interface SecretsProvider {
  /** Gives text, or bytes for a binary secret; `undefined` for one that is not there. */
  readonly get: (
    id: string,
    options: {
      readonly forceFetch: true;
      readonly sdkOptions?: { readonly VersionId?: string; readonly VersionStage?: string };
    },
  ) => Promise<unknown>;
}

export interface SecretsOptions<Name extends string = "secret"> extends KeptOptions<Name> {
  /**
   * What fetches the secrets: Lamella's own client; the AWS Parameters and Secrets Lambda extension, once the init phase
   * is over; or a provider of Powertools. @default "extension" where `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT` is set, else "aws"
   */
  readonly provider?: "aws" | "extension" | SecretsProvider | undefined;
}

/**
 * Adds `ctx.secret`: secrets of AWS Secrets Manager, fetched side by side in the init phase, and fetched again in the
 * background when they have grown too old. A resource that needs them is made anew when one of them has changed.
 *
 * AWS: "GetSecretValue" of the AWS Secrets Manager API.
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when `maxAgeMs` is out of its range.
 * @example
 * const secret = secrets({ db: { id: "prod/db", schema: z.object({ host: z.string(), password: z.string() }) } });
 * const db = resource("db", { needs: [secret], init: ({ secret }) => connect(secret.db), shutdown: (pool) => pool.end() });
 */
export function secrets<const Specs extends Readonly<Record<string, SecretSpec>>, const Name extends string = "secret">(
  specs: Specs,
  options: SecretsOptions<Name> = {},
): Resource<Name, SecretValues<Specs>> {
  checkKept("secrets", specs, options);
  const { name = "secret", maxAgeMs, region, provider } = options;
  const isProvider = typeof provider === "object" && provider !== null && typeof provider.get === "function";
  const isKnown = provider === undefined || provider === "aws" || provider === "extension" || isProvider;
  mustBe(isKnown, "secrets(…, { provider })", `"aws", "extension", or a provider with a function get`, provider);
  const keepers = Object.entries(specs).map(([key, spec]) => [key, keeperOf(key, spec, { region, provider })] as const);
  // Types are erased here, once: each keeper decodes by its own schema.
  return keep(name, Object.fromEntries(keepers), maxAgeMs) as Resource<Name, never>;
}

function keeperOf(key: string, spec: SecretSpec, by: Pick<SecretsOptions, "region" | "provider">): Keeper {
  const where = `secrets({ ${key} })`;
  const secret: Secret = typeof spec === "string" ? { id: spec } : spec;
  mustBe(
    typeof secret === "object" && secret !== null && typeof secret.id === "string" && secret.id !== "",
    where,
    "a name, or { id }",
    spec,
  );
  for (const option of ["versionId", "versionStage"] as const) {
    const value = secret[option];
    mustBe(value === undefined || (typeof value === "string" && value !== ""), `${where}'s ${option}`, "text", value);
  }
  checkAge(`${where}'s maxAgeMs`, secret.maxAgeMs);
  const what = `secret "${secret.id}"`;
  const decode: Decoding<string | Uint8Array> = secret.schema === undefined ? asText : decodingBy(secret.schema, `${where}'s schema`);
  return {
    fetch: (isFresh) => fetchSecret(secret, what, by, isFresh),
    decode: (raw) => decode(raw as string | Uint8Array, what),
    isSame: (before, after) =>
      before === after ||
      (typeof before !== "string" && typeof after !== "string" && Buffer.compare(before as Uint8Array, after as Uint8Array) === 0),
    maxAgeMs: secret.maxAgeMs,
  };
}

function asText(raw: string | Uint8Array, what: string): string {
  if (typeof raw === "string") return raw;
  throw new ParameterError({ what, problem: "is binary", advice: "Say what to make of its bytes, such as schema: bytes()." });
}
