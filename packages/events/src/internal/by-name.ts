import { PayloadError, type Schema } from "@lamella/core";
import { checkSchema, isSchema, mustBe, validate } from "@lamella/core/extend";

/** Schemas by the name of what the event is about. */
export type SchemasByName = Readonly<Record<string, Schema<unknown>>>;

/**
 * Checks an option that takes schemas by name.
 *
 * @throws {TypeError} At load, when it is no object of schemas.
 */
export function checkSchemas(schemas: SchemasByName | undefined, option: string): void {
  if (schemas === undefined) return;
  mustBe(typeof schemas === "object" && schemas !== null && !isSchema(schemas), option, "an object of schemas by name", schemas);
  for (const [name, schema] of Object.entries(schemas)) checkSchema(schema, `${option}["${name}"]`);
}

/**
 * What the schema of `name` makes of `value`; the value itself where there are no schemas.
 *
 * @throws {PayloadError} When it does not fit, or no schema has the name.
 */
export function validateByName(schemas: SchemasByName | undefined, name: string, value: unknown, part: string): unknown {
  if (schemas === undefined) return value;
  const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  if (schema === undefined) throw new PayloadError({ part, problem: `belongs to "${name.slice(0, 100)}", for which there is no schema` });
  return validate(schema, value, part);
}
