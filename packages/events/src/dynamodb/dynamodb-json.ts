import { type Codec, type Schema, text } from "@lamella/core";
import { checkSchema, parseJson, validate } from "@lamella/core/extend";
import type { Attributes, Numbers } from "./attributes.ts";
import { checkNumbers } from "./check-numbers.ts";
import { unmarshal } from "./unmarshal.ts";

export interface DynamodbJsonOptions {
  /** What becomes of numbers whose digits a JavaScript number does not hold. @default "bigint" */
  readonly numbers?: Numbers | undefined;
}

/**
 * JSON of an item in DynamoDB's own form, `{ "id": { "S": "1" } }`, as plain values, and what `schema` makes of them.
 *
 * AWS: "DynamoDB low-level API", "Data type descriptors".
 *
 * @throws {TypeError} At load, when `schema` is no Standard Schema, or `numbers` none of its words.
 * @example
 * sqs({ body: dynamodbJson(Order) });
 */
export function dynamodbJson<Value = Attributes>(schema?: Schema<Value>, { numbers = "bigint" }: DynamodbJsonOptions = {}): Codec<Value> {
  if (schema !== undefined) checkSchema(schema, "dynamodbJson(schema)");
  checkNumbers(numbers, "dynamodbJson(schema, { numbers })");
  const toText = text()["~decode"];
  return {
    "~decode": (raw, part) => {
      const item = unmarshal(parseJson(toText(raw, part) as string, part), numbers, part);
      return schema === undefined ? (item as Value) : validate(schema, item, part);
    },
  };
}
