import { nameOf } from "@lamella/core/extend";

/** The text of a line, whatever was given for one. */
export function messageOf(input: unknown): string {
  try {
    const message: unknown = typeof input === "object" && input !== null ? (input as { message?: unknown }).message : input;
    return String(message);
  } catch {
    return "";
  }
}

/** What went wrong with a line, in one key. */
export function reasonOf(error: unknown): string {
  try {
    return error instanceof Error ? `${nameOf(error)}: ${error.message}` : nameOf(error);
  } catch {
    return "Error";
  }
}

/** Saves what can be saved of a line that the logger could not write. Never throws. */
export function lastResort(input: unknown, error: unknown): void {
  try {
    console.error(`[lamella] A line could not be logged (${reasonOf(error)}): ${messageOf(input)}`);
  } catch {
    // There is nowhere left to say it, and the work goes on.
  }
}
