import type { StandardSchemaV1 } from "@standard-schema/spec";
import { checkSchema, type Schema } from "./codecs/codec.ts";
import { EnvError } from "./errors/env-error.ts";
import { SchemaError } from "./errors/schema-error.ts";

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads environment variables by a schema of an object, when the module is loaded, and gives what the schema makes of
 * them. All that do not fit are named in one error, and no value is printed.
 *
 * @param schema Synchronous. Every variable is text, so numbers and the like are to be converted by it.
 * @param source The variables, for tests. By default the process's own, as they are at the call.
 * @throws {EnvError} When variables are missing or do not fit.
 * @throws {SchemaError} When the schema throws.
 * @throws {TypeError} When `schema` is no Standard Schema, or an asynchronous one.
 * @example
 * const config = env(z.object({ TABLE: z.string(), TIMEOUT_MS: z.coerce.number().default(2_000) }));
 */
export function env<Value>(schema: Schema<Value>, source: Variables = process.env): Value {
  checkSchema(schema, "env(schema)");
  // A plain object: `process.env` is none, and some schemas give back what they were given.
  const result = validated(schema, { ...source });
  if (result.issues === undefined) return result.value;
  const names = new Set(result.issues.map(nameOf));
  throw new EnvError(
    [...names].map((name) =>
      name === undefined ? "all of them together" : `${name} ${source[name] === undefined ? "is missing" : "is not as declared"}`,
    ),
    result.issues,
  );
}

function validated<Value>(schema: Schema<Value>, source: Variables): StandardSchemaV1.Result<Value> {
  let result: ReturnType<Schema<Value>["~standard"]["validate"]>;
  try {
    result = schema["~standard"].validate(source);
  } catch (cause) {
    throw new SchemaError("environment", cause);
  }
  // Zod answers later as well where a transform throws.
  if (!("then" in result)) return result;
  // Nobody waits for it any more.
  result.then(undefined, () => {});
  throw new TypeError("env(schema) must be a synchronous schema whose transforms throw nothing; check what takes longer in a resource(…)");
}

// The variable alone: a path into a parsed value may hold what is secret.
function nameOf({ path }: StandardSchemaV1.Issue): string | undefined {
  const first = path?.[0];
  return first === undefined ? undefined : String(typeof first === "object" ? first.key : first);
}
