import { OutputError } from "@lamella/core";
import { isObject } from "../internal/is-object.ts";

/** What `keep` and `drop` make; only Firehose's source reads it. */
export interface FirehoseAnswer {
  // Text, so that it is still there when a layer has stored the answer as JSON.
  readonly "~firehose": "keep" | "Ok" | "Dropped";
}

/** The data of a record: text and bytes as they are, anything else as JSON. */
export type FirehoseData = string | Uint8Array | Members | (object & NoPromise);

// A promise is an object as well, and `async () => {}` returns one of nothing.
interface NoPromise {
  readonly then?: never;
}

// For objects that are written where this type is expected; interfaces fit the other one alone.
interface Members extends NoPromise {
  readonly [member: string]: unknown;
}

interface Kept extends FirehoseAnswer {
  readonly "~firehose": "keep";
  readonly data: FirehoseData;
  readonly partitionKeys: Readonly<Record<string, string>> | undefined;
}

/** An answer as it is sent, and as layers see it. */
export type SentAnswer =
  | { readonly "~firehose": "Dropped" }
  | {
      readonly "~firehose": "Ok";
      /** Base64. */
      readonly data: string;
      readonly partitionKeys?: Readonly<Record<string, string>> | undefined;
    };

/**
 * Removes a record from the stream: Firehose counts it as delivered.
 *
 * @example
 * firehose({ data: Click }), async ({ data }) => (data.isTest ? drop() : data);
 */
export function drop(): FirehoseAnswer {
  return { "~firehose": "Dropped" };
}

/**
 * The new data of a record, with the keys that dynamic partitioning puts it by.
 *
 * AWS: "Understand partitioning keys" of Amazon Data Firehose.
 *
 * @param partitionKeys By the names that the stream's prefix has as `partitionKeyFromLambda:name`.
 * @throws {TypeError} When a partition key is no text, or empty: Firehose could not put the record anywhere.
 * @example
 * return keep(data, { partitionKeys: { customer: data.customerId } });
 */
export function keep(
  data: FirehoseData,
  { partitionKeys }: { readonly partitionKeys?: Readonly<Record<string, string>> | undefined } = {},
): FirehoseAnswer {
  for (const [name, value] of Object.entries(partitionKeys ?? {})) {
    if (typeof value !== "string" || value === "")
      throw new TypeError(`keep(data, { partitionKeys: { ${name} } }) must be text that is not empty`);
  }
  const kept: Kept = { "~firehose": "keep", data, partitionKeys };
  return kept;
}

/**
 * Makes what a handler returned, or a layer answered, into what is sent.
 *
 * @throws {OutputError} When it cannot be sent.
 */
export function toAnswer(output: unknown, recordId: unknown, newline: boolean): SentAnswer {
  if (!isObject(output) || !("~firehose" in output)) return { "~firehose": "Ok", data: encode(output, recordId, newline) };
  if (output["~firehose"] !== "keep") return output as unknown as SentAnswer;
  const { data, partitionKeys } = output as unknown as Kept;
  return { "~firehose": "Ok", data: encode(data, recordId, newline), partitionKeys };
}

function encode(data: unknown, recordId: unknown, newline: boolean): string {
  if (typeof data === "string") return Buffer.from(data).toString("base64");
  if (data instanceof Uint8Array) return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");
  if (isObject(data) && data["recordId"] === recordId && typeof data["result"] === "string")
    throw unfit("is an answer of its own: return the data alone, drop() or keep(data)");
  return Buffer.from(toJson(data) + (newline ? "\n" : "")).toString("base64");
}

function toJson(data: unknown): string {
  if (!isObject(data)) throw unfit(`is ${data === null ? "null" : typeof data}; return text, bytes, an object, or drop()`);
  // JSON would make `{}` of them, and lose what is in them.
  if (data instanceof Map || data instanceof Set || data instanceof ArrayBuffer || ArrayBuffer.isView(data))
    throw unfit("is no text, no Uint8Array and nothing that JSON can hold");
  try {
    return JSON.stringify(data);
  } catch (cause) {
    throw unfit("cannot be written as JSON", cause);
  }
}

function unfit(problem: string, cause?: unknown): OutputError {
  return new OutputError({ part: "data", problem, cause });
}
