import { wrap } from "@lamella/core";
import { sns } from "@lamella/events/sns";
import { snsFixture } from "@lamella/testing/fixtures";
import type { ConformanceCase } from "../conformance-case.ts";

export const snsCases: readonly ConformanceCase[] = [
  {
    name: "sns",
    source: sns(),
    wrapped: (look) => wrap(sns(), async (notification, { delivery }) => look(notification, delivery)),
    maps: ["Records.*.Sns.MessageAttributes"],
    events: {
      message: {
        event: snsFixture,
        ids: ["95df01b4-ee98-5cb9-9903-4c221d41eb5e"],
        reply: undefined,
        optional: ["Records.*.Sns.MessageAttributes", "Records.*.Sns.Subject", "Records.*.Sns.Signature", "Records.*.EventVersion"],
      },
      "without records": { event: { Records: [] }, ids: [], reply: undefined },
    },
  },
];
