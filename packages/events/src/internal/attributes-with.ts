/** The attributes of a session with what a handler said of some: what is `undefined` goes, what is left out stays. */
export function attributesWith(
  known: Readonly<Record<string, string>> | null | undefined,
  changes: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  const changed = Object.entries({ ...known, ...changes }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(changed);
}
