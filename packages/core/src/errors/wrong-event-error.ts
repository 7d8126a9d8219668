import { LamellaError } from "./lamella-error.ts";

/** The event is not one of the source's own. */
export class WrongEventError extends LamellaError {
  readonly code = "LAMELLA_WRONG_EVENT";
  override readonly name = "WrongEventError";

  constructor(source: string, expects: string, event: unknown) {
    super(
      `${source} expects ${expects}, got ${describeEvent(event)}. Check which service invokes this function, or tell several sources apart with dispatch(…).`,
    );
  }
}

/** The shape of an event without its values, which may be secret; but what names its service is no secret. */
function describeEvent(event: unknown): string {
  if (event === null || typeof event !== "object") return event === null ? "null" : `a value of type ${typeof event}`;
  if (Array.isArray(event)) return `an array of ${event.length}`;
  const keys = Object.keys(event);
  if (keys.length === 0) return "{}";
  const { Records: records } = event as { Records?: unknown };
  if (keys.includes("Records") && !Array.isArray(records))
    return `an object whose Records is ${records === null ? "null" : `of type ${typeof records}`}`;
  const record = (records as readonly unknown[] | undefined)?.[0] as Record<string, unknown> | null | undefined;
  const service = record?.["eventSource"] ?? record?.["EventSource"];
  if (typeof service === "string") return `records of "${service.slice(0, 40)}"`;
  const shown = keys.slice(0, 6).join(", ");
  return `an object with ${shown}${keys.length > 6 ? ", …" : ""}`;
}
