import type { Delivery } from "@lamella/core";
import { responseOf } from "./response.ts";
import { type Subsegment, toName } from "./segments.ts";
import { statusOf } from "./status-of.ts";
import { attempt } from "./warn.ts";
import { flag, type XRay } from "./xray.ts";

/** An item that has been handled. */
export interface Handled {
  readonly item: unknown;
  readonly delivery: Delivery;
  /** What it came to; nothing where it failed. */
  readonly outcome?: unknown;
  readonly failure?: { readonly error: unknown } | undefined;
  readonly captureResponse: boolean;
}

/** What of a request tells it from other items, so that this package needs none for requests. */
interface Request {
  readonly method?: unknown;
  readonly route?: unknown;
  /** What the service has matched, where no router has. */
  readonly "~pattern"?: unknown;
}

/** Writes what the item was and what it came to, and closes its subsegment. */
export function endItem(xray: XRay, segment: Subsegment, { item, delivery, outcome, failure, captureResponse }: Handled): void {
  const status = attempt(() => statusFor(item, outcome, failure));
  xray.note(segment, (tracer) => {
    tracer.putMetadata("delivery", { id: delivery.id, index: delivery.index, attempt: delivery.attempt });
    if (captureResponse && failure === undefined) tracer.addResponseAsMetadata(responseOf(outcome), process.env["_HANDLER"] ?? "handler");
    if (status !== undefined) noteRequest(segment, item as Request, status);
  });
  xray.end(segment, failure && { ...failure, status });
}

/** The status that a request is answered with; `undefined` for items that are no requests. */
function statusFor(item: unknown, outcome: unknown, failure: Handled["failure"]): number | undefined {
  if (typeof (item as Request | null | undefined)?.method !== "string") return undefined;
  if (failure !== undefined) return statusOf(failure.error);
  const { status } = outcome as { readonly status?: unknown };
  return typeof status === "number" ? status : undefined;
}

function noteRequest(segment: Subsegment, { method, route: matched, "~pattern": pattern }: Request, status: number): void {
  const route = matched ?? pattern;
  segment.addAnnotation("HttpMethod", String(method));
  segment.addAnnotation("HttpStatus", status);
  flag(segment, status);
  // Never the path: it may hold what is different each time, and names are what X-Ray groups by.
  if (typeof route !== "string") return;
  segment.addAnnotation("HttpRoute", route);
  segment.name = toName(`${String(method)} ${route}`);
}
