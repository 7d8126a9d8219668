import type { StandardSchemaV1 } from "@standard-schema/spec";
import { PayloadError, type PayloadErrorOptions, toPointer } from "../errors/payload-error.ts";
import { SchemaError } from "../errors/schema-error.ts";
import type { Schema } from "./codec.ts";

/** Which error says that a value does not fit. */
type UnfitError = new (options: PayloadErrorOptions) => Error;

/**
 * What `schema` makes of `value`, at once where the schema answers at once.
 *
 * @throws {PayloadError} When the value does not fit, or the error that `Unfit` says.
 * @throws {SchemaError} When the schema throws.
 */
export function validate<Value>(
  schema: Schema<Value>,
  value: unknown,
  part: string,
  Unfit: UnfitError = PayloadError,
): Value | Promise<Value> {
  let result: ReturnType<Schema<Value>["~standard"]["validate"]>;
  try {
    result = schema["~standard"].validate(value);
  } catch (cause) {
    throw new SchemaError(part, cause);
  }
  return result instanceof Promise ? later(result, part, Unfit) : valueOf(result, part, Unfit);
}

async function later<Value>(pending: Promise<StandardSchemaV1.Result<Value>>, part: string, Unfit: UnfitError): Promise<Value> {
  let result: StandardSchemaV1.Result<Value>;
  try {
    result = await pending;
  } catch (cause) {
    throw new SchemaError(part, cause);
  }
  return valueOf(result, part, Unfit);
}

function valueOf<Value>(result: StandardSchemaV1.Result<Value>, part: string, Unfit: UnfitError): Value {
  if (result.issues === undefined) return result.value;
  throw new Unfit({ part, problem: `does not fit its schema${placesOf(result.issues)}`, issues: result.issues });
}

/** The first places, without the schema's messages: some quote what they found. */
function placesOf(issues: readonly StandardSchemaV1.Issue[]): string {
  const places = new Set(issues.map(({ path }) => toPointer(path)));
  places.delete("");
  const shown = [...places].slice(0, 5).join(", ");
  return `${shown && ` at ${shown}`}${places.size > 5 ? ` and ${places.size - 5} more places` : ""}`;
}
