/** Text that AWS's types promise, and that a malformed event lacks. */
export function textOf(value: unknown, otherwise = ""): string {
  return typeof value === "string" ? value : otherwise;
}

/** Text that may be missing. */
export function textIn(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
