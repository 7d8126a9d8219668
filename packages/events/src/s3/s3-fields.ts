import { PayloadError } from "@lamella/core";

/**
 * A field that is text, where it is there.
 *
 * @param isDue Whether events of this kind have it.
 * @throws {PayloadError} When it is due, and no text.
 */
export function textIn(value: unknown, part = "", isDue = false): string | undefined {
  if (typeof value === "string") return value;
  if (isDue) throw new PayloadError({ part, problem: "is missing" });
  return undefined;
}

/** @throws {PayloadError} When it is due, and no number. */
export function sizeIn(value: unknown, isDue: boolean): number | undefined {
  if (typeof value === "number") return value;
  if (isDue) throw new PayloadError({ part: "size", problem: "is missing" });
  return undefined;
}

export function dateIn(value: unknown): Date | undefined {
  return typeof value === "string" ? new Date(value) : undefined;
}

/** A member of a table that is not inherited. */
export function own<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
