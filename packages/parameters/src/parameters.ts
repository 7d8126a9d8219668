import type { Payload, Resource, Schema, ValueOf } from "@lamella/core";
import { checkSchema, mustBe } from "@lamella/core/extend";
import { decodingBy, decodingOf } from "./decoding.ts";
import { type FetchByName, fetcherByName } from "./fetch-parameters.ts";
import { fetchPath } from "./fetch-path.ts";
import { checkAge, checkKept, type Keeper, type KeptOptions, keep } from "./kept.ts";

/** One parameter of Parameter Store. */
export interface NamedParameter<Value = unknown> {
  /** Its name or ARN, with `:version` or `:label` behind it where it must be that one. */
  readonly name: string;
  /** What it must be: a schema of its JSON, or a codec. @default text as it is */
  readonly schema?: Payload<Value> | undefined;
  readonly list?: false | undefined;
  /** How old this one may grow, in milliseconds; more than 0. @default the layer's `maxAgeMs` */
  readonly maxAgeMs?: number | undefined;
}

/** A parameter of the type StringList. */
export interface ListParameter<Value = unknown> {
  /** Its name or ARN, with `:version` or `:label` behind it where it must be that one. */
  readonly name: string;
  /** Splits it at its commas. */
  readonly list: true;
  /** What the list must be. @default a list of text */
  readonly schema?: Schema<Value> | undefined;
  /** How old this one may grow, in milliseconds; more than 0. @default the layer's `maxAgeMs` */
  readonly maxAgeMs?: number | undefined;
}

/** All parameters below a path, by what stands behind the path in their names. */
export interface PathParameters<Value = unknown> {
  /** Such as `/orders/flags`. */
  readonly path: string;
  /** Those of deeper levels as well. @default false */
  readonly recursive?: boolean | undefined;
  /** What they must be, as an object of text. @default any object of text */
  readonly schema?: Schema<Value> | undefined;
  /** How old they may grow, in milliseconds; more than 0. @default the layer's `maxAgeMs` */
  readonly maxAgeMs?: number | undefined;
}

/** A parameter, its name alone, or all below a path. */
export type ParameterSpec = string | NamedParameter | ListParameter | PathParameters;

/** What the parameters are: text, lists, objects, or what their schemas make of those. */
export type ParameterValues<Specs> = {
  readonly [Key in keyof Specs]: Specs[Key] extends { readonly schema: infer P extends Payload<unknown> }
    ? ValueOf<P>
    : Specs[Key] extends { readonly path: string }
      ? Readonly<Record<string, string>>
      : Specs[Key] extends { readonly list: true }
        ? readonly string[]
        : string;
};

/** Fetches parameters: Powertools' `SSMProvider`, or anything of its shape. */
export interface ParametersProvider {
  /** Gives text; `undefined` for a parameter that is not there. */
  readonly get: (name: string, options: { readonly forceFetch: true; readonly decrypt: true }) => Promise<unknown>;
  /** Gives what is below a path, by what stands behind the path. */
  readonly getMultiple: (
    path: string,
    options: { readonly forceFetch: true; readonly decrypt: true; readonly recursive: boolean },
  ) => Promise<unknown>;
}

export interface ParametersOptions<Name extends string = "parameter"> extends KeptOptions<Name> {
  /**
   * What fetches the parameters: Lamella's own client; the AWS Parameters and Secrets Lambda extension, once the init
   * phase is over, for names without `:`; or a provider of Powertools.
   * @default "extension" where `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT` is set, else "aws"
   */
  readonly provider?: "aws" | "extension" | ParametersProvider | undefined;
}

/**
 * Adds `ctx.parameter`: parameters of AWS Systems Manager Parameter Store, fetched in the init phase in as few calls as
 * there can be, and fetched again in the background when they have grown too old. They are decrypted. A resource that
 * needs them is made anew when one of them has changed.
 *
 * AWS: "GetParameters" and "GetParametersByPath" of the AWS Systems Manager API.
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when `maxAgeMs` is out of its range.
 * @example
 * const parameter = parameters({ stage: "/orders/stage", limits: { name: "/orders/limits", schema: Limits }, flags: { path: "/orders/flags" } });
 */
export function parameters<const Specs extends Readonly<Record<string, ParameterSpec>>, const Name extends string = "parameter">(
  specs: Specs,
  options: ParametersOptions<Name> = {},
): Resource<Name, ParameterValues<Specs>> {
  checkKept("parameters", specs, options);
  const { name = "parameter", maxAgeMs, region, provider } = options;
  const { get, getMultiple } = (typeof provider === "object" && provider !== null ? provider : {}) as Partial<ParametersProvider>;
  const isProvider = typeof get === "function" && typeof getMultiple === "function";
  const isKnown = provider === undefined || provider === "aws" || provider === "extension" || isProvider;
  mustBe(isKnown, "parameters(…, { provider })", `"aws", "extension", or a provider with functions get and getMultiple`, provider);
  const byName = fetcherByName({ region, provider });
  const keepers = Object.entries(specs).map(
    ([key, spec]) =>
      [key, typeof spec === "object" && spec !== null && "path" in spec ? ofPath(key, spec, options) : ofName(key, spec, byName)] as const,
  );
  // Types are erased here, once: each keeper decodes by its own schema.
  return keep(name, Object.fromEntries(keepers), maxAgeMs) as Resource<Name, never>;
}

function ofName(key: string, spec: string | NamedParameter | ListParameter, byName: FetchByName): Keeper {
  const where = `parameters({ ${key} })`;
  const {
    name,
    schema,
    list = false,
    maxAgeMs,
  }: NamedParameter | ListParameter = typeof spec === "string" ? { name: spec } : (spec ?? { name: undefined });
  mustBe(typeof name === "string" && name !== "", where, "a name, { name } or { path }", spec);
  mustBe(typeof list === "boolean", `${where}'s list`, "true or false", list);
  checkAge(`${where}'s maxAgeMs`, maxAgeMs);
  const what = `parameter "${name}"`;
  const fetch: Keeper["fetch"] = (isFresh) => byName(name, what, isFresh);
  const keeper = { fetch, isSame: Object.is, maxAgeMs };
  if (!list) {
    const decode = schema && decodingBy(schema, `${where}'s schema`);
    return { ...keeper, decode: (raw) => (decode === undefined ? raw : decode(raw as string, what)) };
  }
  if (schema !== undefined) checkSchema(schema, `${where}'s schema`);
  const decode = schema && decodingOf(schema as Schema<unknown>);
  return {
    ...keeper,
    decode: (raw) => {
      const values = (raw as string).split(",");
      return decode === undefined ? values : decode(values, what);
    },
  };
}

function ofPath(key: string, spec: PathParameters, { region, provider }: Pick<ParametersOptions<string>, "region" | "provider">): Keeper {
  const where = `parameters({ ${key} })`;
  const { path, recursive = false, schema, maxAgeMs } = spec;
  mustBe(typeof path === "string" && path.startsWith("/"), `${where}'s path`, "a path that begins with /", path);
  mustBe(typeof recursive === "boolean", `${where}'s recursive`, "true or false", recursive);
  if (schema !== undefined) checkSchema(schema, `${where}'s schema`);
  checkAge(`${where}'s maxAgeMs`, maxAgeMs);
  const what = `parameters below "${path}"`;
  const decode = schema && decodingOf(schema);
  return {
    // The extension cannot be asked for a path.
    fetch: () => fetchPath({ path, recursive, what, region, provider: typeof provider === "object" ? provider : undefined }),
    decode: (raw) => (decode === undefined ? raw : decode(raw, what)),
    // In the order of their names.
    isSame: (before, after) => JSON.stringify(before) === JSON.stringify(after),
    maxAgeMs,
  };
}
