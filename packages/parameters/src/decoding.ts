import { hasCode, type Payload, type PayloadError, type Schema } from "@lamella/core";
import { nameOf, toDecode, toPointer, validate } from "@lamella/core/extend";
import { ParameterError } from "./errors/parameter-error.ts";

/** Makes the value of what was fetched. `what` names it in errors. */
export type Decoding<Raw> = (raw: Raw, what: string) => unknown;

/**
 * The decoding of text or bytes by a codec or schema.
 *
 * @throws {TypeError} At load, when `payload` is neither.
 */
export function decodingBy(payload: Payload<unknown>, option: string): Decoding<string | Uint8Array> {
  const decode = toDecode(payload, option);
  return (raw, what) => withoutValues(what, () => decode(raw, what));
}

/** The decoding of what is no text: a list, or all below a path. */
export function decodingOf(schema: Schema<unknown>): Decoding<unknown> {
  return (raw, what) => withoutValues(what, () => validate(schema, raw, what));
}

/** Tells what `decode` throws without what that may quote. */
async function withoutValues(what: string, decode: () => unknown): Promise<unknown> {
  try {
    return await decode();
  } catch (error) {
    const advice = "Change it, or the schema.";
    if (!hasCode(error, "LAMELLA_PAYLOAD")) {
      const { cause = error } = error as { readonly cause?: unknown };
      throw new ParameterError({ what, problem: `made its schema or codec throw (${nameOf(cause)})`, advice });
    }
    const { issues } = error as PayloadError;
    throw new ParameterError({ what, problem: problemOf(issues), advice, issues });
  }
}

function problemOf(issues: PayloadError["issues"]): string {
  const places = [...new Set(issues.map(({ path }) => toPointer(path)))].filter((place) => place !== "");
  if (places.length === 0) return "is not JSON, or not what its schema or codec takes";
  const more = places.length > 5 ? ` and ${places.length - 5} more places` : "";
  return `does not fit its schema at ${places.slice(0, 5).join(", ")}${more}`;
}
