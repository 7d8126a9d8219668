/** What sort of value it is, for messages: a value itself may be secret. */
export function kindOf(value: unknown): string {
  if (typeof value === "function") return `the function ${value.name}`;
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

/**
 * Checks an argument or option when the module is loaded.
 *
 * @throws {TypeError} When it is not right, or the error that `Wrong` says.
 */
export function mustBe(
  isRight: boolean,
  where: string,
  what: string,
  value: unknown,
  Wrong: new (message: string) => Error = TypeError,
): void {
  if (isRight) return;
  const shown = typeof value === "string" ? `"${value}"` : typeof value === "number" ? value : kindOf(value);
  throw new Wrong(`${where} must be ${what}, got ${shown}`);
}
