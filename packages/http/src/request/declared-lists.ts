import type { Schema } from "@lamella/core";
import type { Listed } from "./to-values.ts";

/** The little of JSON Schema that is looked at. */
interface Declared {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, Declared>>;
  readonly allOf?: readonly Declared[];
  readonly anyOf?: readonly Declared[];
}

interface Telling {
  readonly jsonSchema?: { readonly input: (options: { readonly target: string; readonly libraryOptions: object }) => Declared };
}

/**
 * The members that a schema declares as lists: asked once, when the module is loaded, of schemas that can tell (Zod,
 * ArkType, and Valibot's with `toStandardJsonSchema`). The others have none.
 *
 * [Standard JSON Schema](https://standardschema.dev/json-schema)
 */
export function declaredLists(schema: Schema<unknown>): readonly string[] {
  const { jsonSchema } = schema["~standard"] as Telling;
  try {
    // Of what JSON Schema cannot say, such as a date, Zod is asked for nothing rather than to throw.
    const declared = jsonSchema?.input({ target: "draft-2020-12", libraryOptions: { unrepresentable: "any" } });
    return [declared, ...(declared?.allOf ?? [])].flatMap((part) =>
      Object.entries(part?.properties ?? {}).flatMap(([name, member]) => (isList(member) ? [name] : [])),
    );
  } catch {
    return [];
  }
}

/** Whether only a list will do; `null`, which no query has, is nothing beside it. */
function isList({ type, anyOf }: Declared): boolean {
  const kinds = anyOf?.filter((one) => one.type !== "null") ?? [];
  return type === "array" || (kinds.length > 0 && kinds.every(isList));
}

/** The query with lists of one where a list is declared and one value came. */
export function withLists(query: Listed, lists: readonly string[]): Listed {
  const single = lists.filter((name) => typeof query[name] === "string");
  return single.length === 0 ? query : { ...query, ...Object.fromEntries(single.map((name) => [name, [query[name] as string]])) };
}
