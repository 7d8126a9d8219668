import { kindOf } from "../must-be.ts";
import { LamellaError } from "./lamella-error.ts";

/** The event is not one of the source's own. */
export class WrongEventError extends LamellaError {
  readonly code = "LAMELLA_WRONG_EVENT";
  override readonly name = "WrongEventError";

  constructor(source: string, expects: string, event: unknown) {
    super(`${source} expects ${expects}, got ${describeEvent(event)}. Check what invokes this function, or use dispatch(…).`);
  }
}

/** The shape of an event without its values, which may be secret; but what names its service is no secret. */
function describeEvent(event: unknown): string {
  if (typeof event !== "object" || event === null) return kindOf(event);
  const { Records: records } = event as { readonly Records?: readonly Readonly<Record<string, unknown>>[] | null };
  const service = records?.[0]?.["eventSource"] ?? records?.[0]?.["EventSource"];
  if (typeof service === "string") return `records of "${service.slice(0, 40)}"`;
  return `an object with ${Object.keys(event).slice(0, 6).join(", ") || "nothing"}`;
}
