import { parse } from "node:querystring";
import { type Codec, type Schema, text } from "@lamella/core";
import { checkSchema, refusePollution, validate } from "@lamella/core/extend";
import { declaredLists, withLists } from "./request/declared-lists.ts";
import type { Listed } from "./request/to-values.ts";

/** The fields of a form: text, or a list for a name that comes several times. */
export type FormValues = Readonly<Record<string, string | readonly string[]>>;

/**
 * The fields of a form that a browser sends (`application/x-www-form-urlencoded`), and what `schema` makes of them. The
 * schema is given text for a name that comes once, a list for one that comes several times, and always a list where it
 * declares one.
 *
 * URL Standard: "application/x-www-form-urlencoded parsing".
 *
 * @throws {TypeError} At load, when `schema` is no Standard Schema.
 * @example
 * export const handler = wrap(httpApi({ body: form(Contact) }), async ({ body }) => send(body.message));
 */
export function form<Value = FormValues>(schema?: Schema<Value>): Codec<Value> {
  if (schema !== undefined) checkSchema(schema, "form(schema)");
  const lists = schema === undefined ? [] : declaredLists(schema);
  return {
    "~media": "x-www-form-urlencoded",
    "~decode": (raw, part) => {
      const fields = parse(toText(raw, part) as string, "&", "=", { maxKeys: 0 }) as Listed;
      refusePollution(fields, part);
      return schema === undefined ? (fields as Value) : validate(schema, withLists(fields, lists), part);
    },
  };
}

const { "~decode": toText } = /* @__PURE__ */ text();
