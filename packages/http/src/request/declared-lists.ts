import type { Schema } from "@lamella/core";
import type { Listed } from "./to-values.ts";

/** The little of Standard JSON Schema that is looked at. */
interface Telling {
  readonly jsonSchema: {
    readonly input: (options: { readonly target: string; readonly libraryOptions: object }) => {
      readonly properties: Readonly<Record<string, { readonly type?: unknown }>>;
    };
  };
}

/**
 * The members that a schema declares as lists: asked once, when the module is loaded, of schemas that can tell (Zod,
 * ArkType, and Valibot's with `toStandardJsonSchema`). The others have none.
 *
 * [Standard JSON Schema](https://standardschema.dev/json-schema)
 */
export function declaredLists(schema: Schema<unknown>): readonly string[] {
  try {
    // Of what JSON Schema cannot say, such as a date, Zod is asked for nothing rather than to throw.
    const options = { target: "draft-2020-12", libraryOptions: { unrepresentable: "any" } };
    const { properties } = (schema["~standard"] as unknown as Telling).jsonSchema.input(options);
    return Object.keys(properties).filter((name) => properties[name]?.type === "array");
  } catch {
    return [];
  }
}

/** The query with lists of one where a list is declared and one value came. */
export function withLists(given: Listed, lists: readonly string[]): Listed {
  const query: Record<string, Listed[string]> = { ...given };
  for (const name of lists) {
    const value = query[name];
    if (typeof value === "string") query[name] = [value];
  }
  return query;
}
