/** What is text, of a member that only an event made by hand has of another kind. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
