import type { StandardSchemaV1 } from "@standard-schema/spec";
import { mustBe } from "../must-be.ts";
import { json } from "./json.ts";

/** A [Standard Schema](https://standardschema.dev). The input side is open: what matters is what comes out. */
export type Schema<Output> = StandardSchemaV1<unknown, Output>;

/** Turns a raw payload into a typed value. */
export interface Codec<out Value> {
  // Not `decode`: Zod 4 schemas have methods `decode`, `encode` and `parse`, and `Value` would be inferred from those.
  readonly "~decode": Decode<Value>;
  /** The media type that it decodes, without `application/`: over HTTP a body of another is refused. @default any */
  readonly "~media"?: string | undefined;
}

/**
 * Decodes `raw`, at once or later. `part` names the payload in errors, such as `body`.
 *
 * @throws {PayloadError} When the payload does not fit.
 */
export type Decode<out Value> = (raw: string | Uint8Array, part: string) => Value | Promise<Value>;

/** What a source takes where it takes a codec: a bare schema means `json(schema)`. */
export type Payload<Value> = Codec<Value> | Schema<Value>;

/** What a codec or schema gives. */
export type ValueOf<P> = P extends Codec<infer Value> ? Value : P extends Schema<infer Value> ? Value : never;

/**
 * Makes a codec of a function.
 *
 * @param decode Gets the payload as the service sent it, and the name of its part for messages; it may throw.
 * @throws {TypeError} At load, when `decode` is no function.
 * @example
 * const csv = codec((raw) => String(raw).split(","));
 */
export function codec<Value>(decode: Decode<Value>): Codec<Value> {
  mustBe(typeof decode === "function", "codec(decode)", "a function", decode);
  return { "~decode": decode };
}

/**
 * The decoding function of an option that takes a codec or a schema.
 *
 * @throws {TypeError} At load, when `payload` is neither.
 */
export function toDecode<Value>(payload: Payload<Value>, option: string): Decode<Value> {
  if (isCodec(payload)) return payload["~decode"];
  mustBe(isSchema(payload), option, `a codec or ${A_SCHEMA}`, payload);
  return json(payload)["~decode"];
}

const A_SCHEMA = "a Standard Schema (Zod, Valibot, ArkType, …)";

/**
 * Checks an option that takes a schema.
 *
 * @throws {TypeError} At load, when `schema` is none.
 */
export function checkSchema(schema: unknown, option: string): void {
  mustBe(isSchema(schema), option, A_SCHEMA, schema);
}

function isCodec<Value>(value: Payload<Value>): value is Codec<Value> {
  return has(value, "~decode");
}

// ArkType's schemas are functions.
export function isSchema(value: unknown): value is Schema<unknown> {
  return has(value, "~standard");
}

function has(value: unknown, mark: string): boolean {
  return (typeof value === "object" || typeof value === "function") && value !== null && mark in value;
}
