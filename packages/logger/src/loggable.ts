import { hasCode } from "@lamella/core";
import { nameOf, toPointer } from "@lamella/core/extend";

/** How deep a chain of causes is followed. */
const DEPTH = 5;

/** How many places of a payload are listed. */
const PLACES = 10;

/** An error in the shape that Powertools gives errors, without what it may quote of a payload. */
interface Described {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: string | undefined;
  /** Where a payload does not fit, as JSON Pointers; not what stands there. */
  readonly issues?: readonly string[] | undefined;
  readonly cause?: Described | undefined;
}

/**
 * An error as a failure's line shows it: itself, for the formatter of the logger to show; or, where a payload could be
 * read out of it, or where the formatter would follow its causes in circles, a description.
 */
export function loggable(error: unknown): unknown {
  try {
    return isSafe(error) ? error : described(error);
  } catch {
    // Reading it fails. That it failed is known at least.
    return { name: "Error", message: "The error cannot be read." };
  }
}

function isSafe(error: unknown): boolean {
  let link = error;
  for (let depth = 0; depth < DEPTH; depth++) {
    // What is thrown and is no error may be anything, a whole message too.
    if (!(link instanceof Error) || quotesPayload(link)) return false;
    if (link.cause === undefined) return true;
    link = link.cause;
  }
  return false;
}

/** Issues hold values where a schema's messages quote them, and V8 quotes text that is not JSON. */
function quotesPayload(error: unknown): boolean {
  return hasCode(error, "LAMELLA_PAYLOAD") || hasCode(error, "LAMELLA_OUTPUT");
}

function described(error: unknown, depth = 1): Described {
  if (typeof error !== "object" || error === null) return { name: nameOf(error), message: String(error) };
  const { message, stack, code, cause, issues } = error as Readonly<Record<string, unknown>>;
  const quotes = quotesPayload(error);
  return {
    name: nameOf(error),
    message: textOr(message, "") ?? "",
    stack: quotes ? undefined : textOr(stack),
    code: textOr(code),
    issues: quotes ? placesOf(issues) : undefined,
    cause: cause === undefined || depth === DEPTH ? undefined : quotes ? { name: nameOf(cause), message: "" } : described(cause, depth + 1),
  };
}

function placesOf(issues: unknown): readonly string[] {
  if (!Array.isArray(issues)) return [];
  const places = issues.map((issue: { readonly path?: Parameters<typeof toPointer>[0] }) => toPointer(issue.path));
  return [...new Set(places)].filter((place) => place !== "").slice(0, PLACES);
}

function textOr(value: unknown, otherwise?: string): string | undefined {
  return typeof value === "string" ? value : otherwise;
}
