import { mustBe } from "@lamella/core/extend";

/** The table, and the names of its attributes, which are Powertools' by default. */
export interface TableOptions {
  /** The table's name or ARN. */
  readonly table: string;
  /** The attribute of the partition key. @default "id" */
  readonly keyAttr?: string | undefined;
  /** The attribute of the sort key, of a table that has one: it then holds the record's id. @default no sort key */
  readonly sortKeyAttr?: string | undefined;
  /** What the partition key holds in a table with a sort key. @default "idempotency#" and the function's name */
  readonly staticPkValue?: string | undefined;
  /** The attribute that says, in seconds, when a record expires; the one to turn the table's TTL on for. @default "expiration" */
  readonly expiryAttr?: string | undefined;
  /** The attribute that says, in milliseconds, when a lease ends. @default "in_progress_expiration" */
  readonly inProgressExpiryAttr?: string | undefined;
  /** @default "status" */
  readonly statusAttr?: string | undefined;
  /** The attribute that holds the outcome. @default "data" */
  readonly dataAttr?: string | undefined;
  /** The attribute that holds the hash of the payload. @default "validation" */
  readonly validationKeyAttr?: string | undefined;
}

export interface Table extends TableOptions {
  /** Attribute names by what they are called in expressions. */
  readonly names: Readonly<Record<"#expiry" | "#lease" | "#status" | "#data" | "#validation" | "#token" | "#owner" | "#id", string>>;
  readonly keyOf: (id: string) => Readonly<Record<string, { readonly S: string }>>;
}

/** @throws {TypeError} When a name is empty, or used twice. */
export function toTable(store: string, options: TableOptions): Table {
  const { table, keyAttr = "id", sortKeyAttr, staticPkValue } = options;
  for (const [name, value] of Object.entries({ ...options, table }))
    if (name === "table" || name.endsWith("Attr") || name === "staticPkValue")
      mustBe(
        (name !== "table" && value === undefined) || (typeof value === "string" && value !== ""),
        `${store}({ ${name} })`,
        "a text that is not empty",
        value,
      );
  const names = {
    "#id": sortKeyAttr ?? keyAttr,
    "#expiry": options.expiryAttr ?? "expiration",
    "#lease": options.inProgressExpiryAttr ?? "in_progress_expiration",
    "#status": options.statusAttr ?? "status",
    "#data": options.dataAttr ?? "data",
    "#validation": options.validationKeyAttr ?? "validation",
    "#token": "token",
    "#owner": "owner",
  };
  const all = [...Object.values(names), ...(sortKeyAttr === undefined ? [] : [keyAttr])];
  mustBe(new Set(all).size === all.length, `${store}({ …Attr })`, "different names", all.join(", "));
  const keyOf: Table["keyOf"] =
    sortKeyAttr === undefined
      ? (id) => ({ [keyAttr]: { S: id } })
      : // Read at each call, as the environment may be made up by a test.
        (id) => ({
          [keyAttr]: { S: staticPkValue ?? `idempotency#${process.env["AWS_LAMBDA_FUNCTION_NAME"] ?? ""}` },
          [sortKeyAttr]: { S: id },
        });
  return { ...options, names, keyOf };
}
