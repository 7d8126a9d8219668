import { wrap } from "@lamella/core";
import { schedule } from "@lamella/events/schedule";
import { lambdaContext } from "@lamella/testing";
import { scheduledRuleFixture, schedulerFixture, schedulerInputFixture } from "@lamella/testing/fixtures";
import { z } from "zod";
import type { ConformanceCase } from "../conformance-case.ts";

const raws = (event: unknown): readonly unknown[] => [event];

export const scheduleCases: readonly ConformanceCase[] = [
  {
    name: "schedule",
    source: schedule(),
    wrapped: (look) => wrap(schedule(), async (run, { delivery }) => look(run, delivery)),
    events: {
      rule: {
        event: scheduledRuleFixture,
        ids: ["53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa"],
        raws,
        reply: undefined,
        optional: ["resources", "account", "version"],
      },
      scheduler: { event: schedulerFixture, ids: ["37666ae6-48cf-4285-b4c6-a3320b38824a"], raws, reply: undefined },
    },
  },
  {
    name: "schedule with an input",
    source: schedule({ input: z.unknown() }),
    wrapped: (look) => wrap(schedule({ input: z.unknown() }), async (run, { delivery }) => look(run, delivery)),
    // Any JSON may be an input.
    alsoAccepts: "any",
    events: {
      "with context attributes": { event: schedulerInputFixture, ids: ["d32c5kddcf5bb8c3"], raws, reply: undefined },
      text: { event: "weekly", ids: [lambdaContext().awsRequestId], raws, reply: undefined },
      nothing: { event: null, ids: [lambdaContext().awsRequestId], raws, reply: undefined },
    },
  },
];
