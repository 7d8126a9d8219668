import { type Lambda, wrap } from "@lamella/core";
import { type CloudFormationCustomResourceEvent, customResource } from "@lamella/events/custom-resource";
import { responseServer } from "@lamella/testing";
import { customResourceCreateFixture, customResourceDeleteFixture, customResourceUpdateFixture } from "@lamella/testing/fixtures";
import type { ConformanceCase, EventCase } from "../conformance-case.ts";

const { url } = await responseServer();

const caseOf = (fixture: CloudFormationCustomResourceEvent): EventCase => ({
  event: { ...fixture, ResponseURL: url },
  ids: [fixture.RequestId],
  raws: (event) => [event],
  reply: undefined,
  optional: ["ServiceToken", "ResourceType"],
});

/** An address that was mangled may lead anywhere: nothing is sent there. */
const kept =
  (handler: Lambda<CloudFormationCustomResourceEvent, void>): Lambda<CloudFormationCustomResourceEvent, void> =>
  (event, lambda) =>
    handler(typeof event?.ResponseURL === "string" && event.ResponseURL !== url ? { ...event, ResponseURL: url } : event, lambda);

export const customResourceCases: readonly ConformanceCase[] = [
  {
    name: "customResource",
    source: customResource(),
    wrapped: (look) => kept(wrap(customResource(), async (request, { delivery }) => look(request, delivery))),
    // The events of the case have another response URL than the fixtures.
    alsoAccepts: ["customResourceCreateFixture", "customResourceUpdateFixture", "customResourceDeleteFixture"],
    maps: ["ResourceProperties", "OldResourceProperties"],
    events: {
      create: caseOf(customResourceCreateFixture),
      update: caseOf(customResourceUpdateFixture),
      delete: caseOf(customResourceDeleteFixture),
    },
  },
];
