import type { EventBridgeEvent } from "aws-lambda";

/** Whether something came through an event bus, or looks as if it had. */
export function isBusEvent(event: unknown): event is EventBridgeEvent<string, unknown> {
  if (typeof event !== "object" || event === null) return false;
  const { "detail-type": detailType, source, detail } = event as Partial<EventBridgeEvent<string, unknown>>;
  return typeof detailType === "string" && typeof source === "string" && detail !== undefined;
}
