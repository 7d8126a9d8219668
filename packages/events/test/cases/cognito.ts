import { type Kind, type Lambda, type Source, wrap } from "@lamella/core";
import { cognito } from "@lamella/events/cognito";
import { lambdaContext } from "@lamella/testing";
import { cognitoFixtures } from "@lamella/testing/fixtures";
import type { ConformanceCase } from "../conformance-case.ts";

const triggers = Object.keys(cognitoFixtures) as (keyof typeof cognitoFixtures)[];
const ids = [lambdaContext().awsRequestId];

export const cognitoCases: readonly ConformanceCase[] = triggers.map((trigger) => {
  // Types are erased: the triggers differ in what may be returned, and nothing is.
  const source = cognito(trigger) as unknown as Source<Kind>;
  const event = cognitoFixtures[trigger];
  return {
    name: `cognito ${trigger}`,
    source,
    wrapped: (look) => wrap(source, async (item, { delivery }) => look(item as object, delivery)) as Lambda<never, unknown>,
    maps: ["request", "request.userAttributes", "request.clientMetadata", "response"],
    events: {
      fixture: {
        event,
        ids,
        raws: (raw: object) => [raw],
        // Without optional members the reply lacks them too, as it is the event.
        reply: { triggerSource: event.triggerSource, response: event.response },
        optional: ["region", "userPoolId", "userName", "callerContext", "request"],
      },
    },
  };
});
