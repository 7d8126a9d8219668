import { numberOf } from "./fields.ts";

/** Bytes that were written as a list of numbers. Java's are signed: 195 may come as -61, and an array of bytes takes either. */
export function toBytes(list: unknown): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Array.isArray(list) ? (list as unknown[]).map(numberOf) : []);
}
