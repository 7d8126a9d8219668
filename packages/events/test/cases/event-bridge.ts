import { wrap } from "@lamella/core";
import { eventBridge } from "@lamella/events/event-bridge";
import { eventBridgeFixture, eventBridgeReplayFixture } from "@lamella/testing/fixtures";
import { z } from "zod";
import type { ConformanceCase } from "../conformance-case.ts";

const raws = (event: unknown): readonly unknown[] => [event];
const detail = { "order.placed": z.object({ id: z.string() }) };

export const eventBridgeCases: readonly ConformanceCase[] = [
  {
    name: "eventBridge",
    source: eventBridge(),
    wrapped: (look) => wrap(eventBridge(), async (event, { delivery }) => look(event, delivery)),
    maps: ["detail"],
    // What S3 and schedules send comes through a bus.
    alsoAccepts: ["eventBridge of one type", "s3EventBridge", "schedule"],
    events: {
      "of one's own": {
        event: eventBridgeFixture,
        ids: ["6a7e8feb-b491-4cf7-a9f1-bf3703467718"],
        raws,
        reply: undefined,
        optional: ["account", "region", "resources", "version"],
      },
      replayed: {
        event: eventBridgeReplayFixture,
        ids: ["ee376907-2647-4179-9203-343cfb3017a4"],
        raws,
        reply: undefined,
        optional: ["replay-name"],
      },
    },
  },
  {
    name: "eventBridge of one type",
    source: eventBridge({ detail, others: "ignore" }),
    wrapped: (look) => wrap(eventBridge({ detail, others: "ignore" }), async (event, { delivery }) => look(event, delivery)),
    alsoAccepts: ["eventBridge", "s3EventBridge", "schedule"],
    events: {
      listed: { event: eventBridgeFixture, ids: ["6a7e8feb-b491-4cf7-a9f1-bf3703467718"], raws, reply: undefined },
      ignored: { event: eventBridgeReplayFixture, ids: [], raws: () => [], reply: undefined },
    },
  },
];
