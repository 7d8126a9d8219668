import type { S3Event } from "aws-lambda";
import { s3Event } from "./fixtures.ts";
import { note, toOneWayGroup } from "./one-way.ts";

async function byHand({ Records }: S3Event): Promise<void> {
  const errors: unknown[] = [];
  for (const { s3 } of Records) {
    try {
      await note(decodeURIComponent(s3.object.key.replaceAll("+", " ")), s3.object.size);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors);
}

export const group = toOneWayGroup<S3Event>({
  name: "s3",
  title: "Created S3 objects, their keys decoded",
  workloads: {
    "1": { title: "1 object", event: s3Event(1), comesTo: 24 + 1 },
    "10": { title: "10 objects", event: s3Event(10), comesTo: 240 + 55 },
  },
  cases: {
    "by hand": async () => byHand,
    lamella: async () => {
      const { wrap } = await import("@lamella/core");
      const { s3 } = await import("@lamella/events/s3");
      return wrap(s3(), (object) => (object.kind === "created" ? note(object.key, object.size) : undefined));
    },
    middy: async () => {
      const { default: middy } = await import("@middy/core");
      return middy<S3Event, void>(byHand);
    },
    "powertools parser": async () => {
      const { S3Schema } = await import("@aws-lambda-powertools/parser/schemas/s3");
      return async (event) => {
        for (const { s3 } of S3Schema.parse(event).Records) {
          await note(decodeURIComponent(s3.object.key.replaceAll("+", " ")), s3.object.size ?? 0);
        }
      };
    },
  },
});
