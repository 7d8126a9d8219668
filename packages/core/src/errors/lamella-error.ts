/** The base of every error that Lamella makes. Recognise one by its `code`: a bundle may hold two copies of a class. */
export abstract class LamellaError extends Error {
  /** Stable, one for each kind of error, and listed in `docs/errors.md`. */
  abstract readonly code: `LAMELLA_${string}`;
}

/** Whether `error` is Lamella's error of that code, from whichever copy of the package. */
export function hasCode(error: unknown, code: LamellaError["code"]): boolean {
  try {
    return (error as { readonly code?: unknown }).code === code;
  } catch {
    // Nothing was thrown, or what throws itself when it is looked at.
    return false;
  }
}

/**
 * Gives an error a member that is not shown with it: the runtime client and `console.error` print what can be
 * enumerated, and schemas' issues may quote payloads.
 */
export function hide<Name extends string>(error: { readonly [P in Name]: unknown }, name: Name, value: unknown): void {
  Object.defineProperty(error, name, { value });
}
