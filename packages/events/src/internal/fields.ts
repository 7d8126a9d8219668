/** A field that AWS says is text; empty where it is not, because an event may be malformed. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A field that AWS says is a number, or the text of one; `NaN` where it is neither. */
export function numberOf(value: unknown): number {
  return typeof value === "string" || typeof value === "number" ? Number(value) : Number.NaN;
}

/** A field that AWS says is text, and may leave out. */
export function maybeText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A field that AWS says is a number, and may leave out. */
export function maybeNumber(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** A field that AWS says is a map of text; empty where it is none. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, string>>) : {};
}
