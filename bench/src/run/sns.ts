import type { SNSEvent } from "aws-lambda";
import { Order, snsEvent } from "./fixtures.ts";
import { reserve, toOneWayGroup } from "./one-way.ts";

async function byHand({ Records }: SNSEvent): Promise<void> {
  const errors: unknown[] = [];
  for (const { Sns } of Records) {
    try {
      await reserve(Order.parse(JSON.parse(Sns.Message)));
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors);
}

export const group = toOneWayGroup<SNSEvent>({
  name: "sns",
  title: "SNS messages with a Zod schema",
  workloads: {
    "1": { title: "1 message", event: snsEvent(1), comesTo: 1 },
    "10": { title: "10 messages", event: snsEvent(10), comesTo: 46 },
  },
  cases: {
    "by hand": async () => byHand,
    lamella: async () => {
      const { wrap } = await import("@lamella/core");
      const { sns } = await import("@lamella/events/sns");
      return wrap(sns({ message: Order }), ({ message }) => reserve(message));
    },
    middy: async () => {
      const { default: middy } = await import("@middy/core");
      return middy<SNSEvent, void>(byHand);
    },
    "powertools parser": async () => {
      const { SnsEnvelope } = await import("@aws-lambda-powertools/parser/envelopes/sns");
      const { JSONStringified } = await import("@aws-lambda-powertools/parser/helpers");
      const schema = JSONStringified(Order);
      return async (event) => {
        for (const order of SnsEnvelope.parse(event, schema)) await reserve(order);
      };
    },
  },
});
