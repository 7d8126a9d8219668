/** A value somewhere in an event, which may have any shape. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const name of path) found = (found as Readonly<Record<string | number, unknown>> | null | undefined)?.[name];
  return found;
}

/** A text somewhere in an event; `undefined` where there is none, or an empty one. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** The members of an object; none of anything else. */
export function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

/** What stands after the last `mark`. */
export function lastPart(text: string | undefined, mark: string): string | undefined {
  return text?.slice(text.lastIndexOf(mark) + 1) || undefined;
}
