import type { EventBridgeEvent } from "aws-lambda";
import { eventBridgeEvent, Order } from "./fixtures.ts";
import { type OneWay, reserve, toOneWayGroup } from "./one-way.ts";

type Event = EventBridgeEvent<"order.placed", Order>;

async function byHand({ detail }: Event): Promise<void> {
  await reserve(Order.parse(detail));
}

export const group = toOneWayGroup<Event>({
  name: "event-bridge",
  title: "An EventBridge event with a Zod schema for its detail",
  workloads: { "1": { title: "1 event", event: eventBridgeEvent(), comesTo: 3 } },
  cases: {
    "by hand": async () => byHand,
    lamella: async () => {
      const { wrap } = await import("@lamella/core");
      const { eventBridge } = await import("@lamella/events/event-bridge");
      return wrap(eventBridge({ detail: Order }), ({ detail }) => reserve(detail)) as OneWay<Event>;
    },
    "lamella, by type": async () => {
      const { wrap } = await import("@lamella/core");
      const { eventBridge } = await import("@lamella/events/event-bridge");
      return wrap(eventBridge({ detail: { "order.placed": Order } }), ({ detail }) => reserve(detail));
    },
    middy: async () => {
      const { default: middy } = await import("@middy/core");
      return middy<Event, void>(byHand);
    },
    "powertools parser": async () => {
      const { EventBridgeEnvelope } = await import("@aws-lambda-powertools/parser/envelopes/eventbridge");
      return async (event) => reserve(EventBridgeEnvelope.parse(event, Order));
    },
  },
});
