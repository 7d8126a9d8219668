import type { EventBridgeEvent } from "aws-lambda";

/** What a test says of an event; the rest is made up, and the same in every run. */
export interface EventBridgeEventInput<Type extends string, Detail> {
  readonly detailType: Type;
  readonly detail: Detail;
  /** @default "test" */
  readonly source?: string | undefined;
  readonly id?: string | undefined;
  readonly time?: Date | undefined;
  /** ARNs. @default none */
  readonly resources?: readonly string[] | undefined;
  /** The replay that sends the event again. @default none */
  readonly replayName?: string | undefined;
}

/**
 * The event of an event bus: what `eventBridge()` opens, and as the body of a queue's message `fromEventBridge()`.
 *
 * AWS: "Events in Amazon EventBridge".
 *
 * @example
 * eventBridgeEvent({ detailType: "order.placed", detail: { orderId: "1", total: 12 } });
 */
export function eventBridgeEvent<const Type extends string, Detail>(
  input: EventBridgeEventInput<Type, Detail>,
): EventBridgeEvent<Type, Detail> {
  const { detailType, detail, source = "test", time = new Date("2026-01-31T12:00:00.000Z") } = input;
  return {
    version: "0",
    id: input.id ?? "00000000-0000-4000-8000-000000000001",
    "detail-type": detailType,
    source,
    account: "123456789012",
    // EventBridge sends whole seconds.
    time: time.toISOString().replace(/\.\d+Z$/, "Z"),
    region: "eu-west-1",
    resources: [...(input.resources ?? [])],
    detail,
    ...(input.replayName !== undefined && { "replay-name": input.replayName }),
  };
}
