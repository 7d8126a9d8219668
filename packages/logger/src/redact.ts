const REDACTED = "[REDACTED]";

/** How deep an event is looked through; what lies deeper is not written. */
const DEPTH = 32;

/** What gives access to something, wherever it stands in an event; compared in lower case. */
const SECRETS: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "authorizationtoken",
  "identitysource",
  "cookie",
  "cookies",
  "set-cookie",
  "x-api-key",
  "apikey",
  "x-amz-security-token",
  "secretaccesskey",
  "sessiontoken",
  "password",
  // Of a custom resource: whoever has it may answer in the function's place.
  "responseurl",
]);

type Paths = readonly (readonly string[])[];

/**
 * A copy of an event without what must not be logged: what gives access to something, and what lies at `paths`, such
 * as `["Records", "*", "body", "card"]`. A path leads into a text that is JSON; where it leads into another text, no
 * one can tell what stands there, so the whole text goes.
 */
export function redacted(event: unknown, paths: Paths): unknown {
  return copied(event, paths, 0);
}

function copied(value: unknown, paths: Paths, depth: number): unknown {
  if (paths.some((path) => path.length === 0) || depth > DEPTH) return REDACTED;
  if (typeof value === "string") return paths.length === 0 ? value : inText(value, paths, depth);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((element, index) => copied(element, below(paths, `${index}`), depth + 1));
  const entries = Object.entries(value).map(([name, member]) => [
    name,
    SECRETS.has(name.toLowerCase()) && member !== null ? REDACTED : copied(member, below(paths, name), depth + 1),
  ]);
  return Object.fromEntries(entries);
}

function inText(text: string, paths: Paths, depth: number): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? JSON.stringify(copied(value, paths, depth + 1)) : REDACTED;
  } catch {
    return REDACTED;
  }
}

/** What is left of the paths, behind a member. */
function below(paths: Paths, name: string): Paths {
  return paths.filter(([first]) => first === "*" || first === name).map(([, ...rest]) => rest);
}
