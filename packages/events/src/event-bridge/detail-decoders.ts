import { PayloadError, type Schema } from "@lamella/core";
import { checkSchema, type Decoder, isSchema, mustBe, refusePollution, validate } from "@lamella/core/extend";

/** What the detail of each detail type must be. */
export type DetailMap = { readonly [detailType: string]: Schema<unknown> };

export type DetailDecoder = Decoder<unknown, unknown>;

/** The decoders of the details that are expected. */
export interface DetailDecoders {
  readonly of: (detailType: string) => DetailDecoder;
  /** Whether details of that type have a decoder of their own, or all have the same. */
  readonly has: (detailType: string) => boolean;
}

/**
 * @param where The function whose option it is, for messages.
 * @param looksAtKeys Whether keys that pollute prototypes are still to be looked for.
 * @throws {TypeError} When `detail` is neither a schema nor a map of schemas.
 */
export function toDetailDecoders(detail: unknown, where: string, looksAtKeys: boolean): DetailDecoders {
  if (detail === undefined || isSchema(detail)) {
    const decoder = toDecoder(detail, looksAtKeys);
    return { of: () => decoder, has: () => true };
  }
  mustBe(
    typeof detail === "object" && detail !== null && Object.keys(detail).length > 0,
    where,
    "a Standard Schema (Zod, Valibot, ArkType, …), or an object with one for each detail type",
    detail,
  );
  // No object: a detail type may be called `constructor`.
  const byType = new Map<string, DetailDecoder>();
  for (const [detailType, schema] of Object.entries(detail as DetailMap)) {
    checkSchema(schema, `${where}["${detailType}"]`);
    byType.set(detailType, toDecoder(schema, looksAtKeys));
  }
  return { of: (detailType) => byType.get(detailType) ?? unlisted(detailType, where), has: (detailType) => byType.has(detailType) };
}

function toDecoder(schema: Schema<unknown> | undefined, looksAtKeys: boolean): DetailDecoder {
  return {
    part: "detail",
    decode: (detail, part) => {
      if (looksAtKeys) refusePollution(detail, part);
      return schema === undefined ? detail : validate(schema, detail, part);
    },
  };
}

function unlisted(detailType: string, where: string): DetailDecoder {
  return {
    part: "detail-type",
    decode: (_detail, part) => {
      throw new PayloadError({ part, problem: `is "${detailType.slice(0, 128)}", which ${where} does not list` });
    },
  };
}
