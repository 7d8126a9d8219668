// Fields of events as AWS documents them; any may be missing or of another type, because an event may be malformed.

/** A field that AWS says is text; `otherwise`, or nothing, where it is not. */
export function textOf(value: unknown, otherwise = ""): string {
  return typeof value === "string" ? value : otherwise;
}

/** A field that AWS says is text, and may leave out. */
export function maybeText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A field that AWS says is a number, or the text of one; `NaN` where it is neither. */
export function numberOf(value: unknown): number {
  return typeof value === "string" || typeof value === "number" ? Number(value) : Number.NaN;
}

/** A field that AWS says is a number, and may leave out. */
export function maybeNumber(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** A field that AWS says is a map of text; empty where it is none. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, string>>) : {};
}
