import { hasCode } from "@lamella/core";

/** What of a request's layers and errors tells how it was answered, so that this package needs none for requests. */
interface Answered {
  readonly status?: unknown;
  readonly part?: unknown;
  readonly "~http"?: { readonly status?: unknown } | undefined;
}

/** The status that a request is answered with that failed with `error`. */
export function statusOf(error: unknown): number {
  try {
    const { status, part, "~http": http } = (error ?? {}) as Answered;
    if (hasCode(error, "LAMELLA_HTTP")) return toStatus(status);
    if (http !== undefined) return toStatus(http.status);
    if (hasCode(error, "LAMELLA_PAYLOAD")) return part === "content-type" ? 415 : 400;
    return hasCode(error, "LAMELLA_DEADLINE_EXCEEDED") || hasCode(error, "LAMELLA_INIT") ? 503 : 500;
  } catch {
    return 500;
  }
}

function toStatus(status: unknown): number {
  return typeof status === "number" ? status : 500;
}
