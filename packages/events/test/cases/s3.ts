import { wrap } from "@lamella/core";
import { s3, s3EventBridge } from "@lamella/events/s3";
import { s3EventBridgeExpiredFixture, s3EventBridgeFixture, s3Fixture, s3RemovedFixture, s3TestFixture } from "@lamella/testing/fixtures";
import type { ConformanceCase } from "../conformance-case.ts";

const optional = [
  "Records.*.requestParameters",
  "Records.*.userIdentity",
  "Records.*.awsRegion",
  "Records.*.eventVersion",
  "Records.*.s3.configurationId",
];
const raws = (event: unknown): readonly unknown[] => [event];

export const s3Cases: readonly ConformanceCase[] = [
  {
    name: "s3",
    source: s3(),
    wrapped: (look) => wrap(s3(), async (object, { delivery }) => look(object, delivery)),
    events: {
      created: {
        event: s3Fixture,
        ids: ["D82B88E5F771F645"],
        reply: undefined,
        optional: [...optional, "Records.*.s3.object.versionId"],
      },
      removed: { event: s3RemovedFixture, ids: ["0BH729840619AG5K"], reply: undefined, optional },
      test: { event: s3TestFixture, ids: [], raws: () => [], reply: undefined },
      "without records": { event: { Records: [] }, ids: [], reply: undefined },
    },
  },
  {
    name: "s3EventBridge",
    source: s3EventBridge(),
    wrapped: (look) => wrap(s3EventBridge(), async (object, { delivery }) => look(object, delivery)),
    events: {
      created: {
        event: s3EventBridgeFixture,
        ids: ["17793124-05d4-b198-2fde-7ededc63b103"],
        raws,
        reply: undefined,
        optional: ["detail.object.version-id", "detail.source-ip-address", "detail.reason", "resources", "account"],
      },
      expired: { event: s3EventBridgeExpiredFixture, ids: ["ad1de317-e409-eba2-9552-30113f8d88e3"], raws, reply: undefined },
    },
  },
];
