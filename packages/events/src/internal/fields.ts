/** A field that AWS says is text; empty where it is not, because an event may be malformed. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A field that AWS says is a number, or the text of one; `NaN` where it is neither. */
export function numberOf(value: unknown): number {
  return typeof value === "string" || typeof value === "number" ? Number(value) : Number.NaN;
}
