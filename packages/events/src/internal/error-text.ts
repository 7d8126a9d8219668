import { nameOf } from "@lamella/core/extend";

const MAX_LENGTH = 1_000;

/** What an error says, on one line, for services that keep it beside the item. */
export function errorText(error: unknown): string {
  const message = messageOf(error);
  const text = `${nameOf(error)}${message && `: ${message}`}`.replaceAll(/\s+/g, " ");
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 1)}…` : text;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  try {
    const { message } = error as { readonly message?: unknown };
    return typeof message === "string" ? message : "";
  } catch {
    // What was thrown may throw itself when it is looked at.
    return "";
  }
}
