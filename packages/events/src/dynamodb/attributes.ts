/**
 * A value of a DynamoDB attribute, as JavaScript has it: sets as `Set`, binary values as bytes, NULL as `null`, and
 * numbers as the `numbers` option says.
 *
 * AWS: "Data types" of DynamoDB, "AttributeValue".
 */
export type Attribute =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | Set<string | number | bigint | Uint8Array>
  | readonly Attribute[]
  | { readonly [name: string]: Attribute };

/** The attributes of an item, by name. */
export interface Attributes {
  readonly [name: string]: Attribute;
}

/**
 * What becomes of a number whose digits a JavaScript number does not hold; DynamoDB's have up to 38. `bigint`: a bigint,
 * or text for a fraction. `string`: text. `number`: a number all the same, which loses digits.
 */
export type Numbers = "bigint" | "string" | "number";
