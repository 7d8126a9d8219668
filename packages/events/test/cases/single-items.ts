import { wrap } from "@lamella/core";
import { asyncDestination } from "@lamella/events/async-destination";
import { bedrockAgent } from "@lamella/events/bedrock-agent";
import { cloudwatchAlarm } from "@lamella/events/cloudwatch-alarm";
import { edge } from "@lamella/events/edge";
import { iot } from "@lamella/events/iot";
import { lex } from "@lamella/events/lex";
import { ses } from "@lamella/events/ses";
import { lambdaContext } from "@lamella/testing";
import {
  asyncDestinationExpiredFixture,
  asyncDestinationFailureFixture,
  asyncDestinationSuccessFixture,
  bedrockAgentApiFixture,
  bedrockAgentFunctionFixture,
  cloudwatchAlarmFixture,
  cloudwatchCompositeAlarmFixture,
  edgeFixtures,
  iotFixture,
  lexFixture,
  sesFixture,
} from "@lamella/testing/fixtures";
import type { ConformanceCase } from "../conformance-case.ts";

const byRequest = [lambdaContext().awsRequestId];
const raws = (event: object) => [event];

export const asyncDestinationCases: readonly ConformanceCase[] = [
  {
    name: "asyncDestination",
    source: asyncDestination(),
    wrapped: (look) => wrap(asyncDestination(), async (item, { delivery }) => look(item, delivery)),
    maps: ["requestPayload", "responsePayload"],
    events: Object.fromEntries(
      Object.entries({
        success: asyncDestinationSuccessFixture,
        failure: asyncDestinationFailureFixture,
        expired: asyncDestinationExpiredFixture,
      }).map(([what, event]) => [
        what,
        {
          event,
          ids: [event.requestContext.requestId],
          raws,
          reply: undefined,
          optional: ["timestamp", "version", "requestContext.approximateInvokeCount"],
        },
      ]),
    ),
  },
];

export const bedrockAgentCases: readonly ConformanceCase[] = [
  {
    name: "bedrockAgent",
    source: bedrockAgent(),
    wrapped: (look) =>
      wrap(bedrockAgent(), async (item, { delivery }) => {
        look(item, delivery);
        return "done";
      }),
    maps: ["sessionAttributes", "promptSessionAttributes", "requestBody.content"],
    events: {
      function: {
        event: bedrockAgentFunctionFixture,
        ids: byRequest,
        raws,
        reply: {
          messageVersion: "1.0",
          response: { actionGroup: "booking", functionResponse: { responseBody: { TEXT: { body: "done" } } } },
        },
        optional: ["agent", "inputText", "sessionId", "parameters", "sessionAttributes", "promptSessionAttributes"],
      },
      api: {
        event: bedrockAgentApiFixture,
        ids: byRequest,
        raws,
        reply: { response: { apiPath: "/bookings/{id}", httpMethod: "PUT", httpStatusCode: 200 } },
        optional: ["agent", "inputText", "sessionId", "parameters", "requestBody"],
      },
    },
  },
];

export const cloudwatchAlarmCases: readonly ConformanceCase[] = [
  {
    name: "cloudwatchAlarm",
    source: cloudwatchAlarm(),
    wrapped: (look) => wrap(cloudwatchAlarm(), async (item, { delivery }) => look(item, delivery)),
    events: {
      metric: {
        event: cloudwatchAlarmFixture,
        ids: byRequest,
        raws,
        reply: undefined,
        optional: [
          "accountId",
          "region",
          "time",
          "alarmData.configuration",
          "alarmData.configuration.description",
          "alarmData.previousState",
          "alarmData.state.reasonData",
        ],
      },
      composite: {
        event: cloudwatchCompositeAlarmFixture,
        ids: byRequest,
        raws,
        reply: undefined,
        optional: ["alarmData.state", "alarmData.previousState.actionsSuppressedBy", "alarmData.configuration.actionsSuppressor"],
      },
    },
  },
];

const edgeTypes = Object.keys(edgeFixtures) as (keyof typeof edgeFixtures)[];
export const edgeCases: readonly ConformanceCase[] = edgeTypes.map((type) => {
  const event = edgeFixtures[type];
  const { cf } = event.Records[0] as { readonly cf: { readonly request: object; readonly response?: object } };
  return {
    name: `edge ${type}`,
    source: edge(type),
    wrapped: (look) => wrap(edge(type as "viewer-request"), async (item, { delivery }) => look(item, delivery)),
    maps: ["Records.*.cf.request.headers", "Records.*.cf.response.headers"],
    events: {
      fixture: {
        event,
        ids: ["4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ=="],
        raws,
        // Nothing was changed, so CloudFront gets back what it sent; some of it is left out below.
        reply:
          "response" in cf
            ? { status: (cf.response as { readonly status: string }).status }
            : { uri: (cf.request as { readonly uri: string }).uri },
        optional: ["Records.*.cf.request.headers", "Records.*.cf.request.clientIp", "Records.*.cf.config.distributionId"],
      },
    },
  };
});

export const iotCases: readonly ConformanceCase[] = [
  {
    name: "iot",
    source: iot(),
    wrapped: (look) => wrap(iot(), async (item, { delivery }) => look(item, delivery)),
    alsoAccepts: "any",
    events: {
      fixture: { event: iotFixture, ids: byRequest, raws, reply: undefined, optional: ["topic", "clientId", "timestamp", "data"] },
    },
  },
];

export const lexCases: readonly ConformanceCase[] = [
  {
    name: "lex",
    source: lex(),
    wrapped: (look) =>
      wrap(lex(), async (turn, { delivery }) => {
        look(turn, delivery);
        return turn.dialog.delegate();
      }),
    maps: ["sessionState.intent.slots", "sessionState.sessionAttributes", "requestAttributes"],
    events: {
      dialog: {
        event: lexFixture,
        ids: byRequest,
        raws,
        reply: { sessionState: { dialogAction: { type: "Delegate" }, intent: { name: "BookHotel", state: "InProgress" } } },
        optional: [
          "inputTranscript",
          "interpretations",
          "requestAttributes",
          "sessionId",
          "sessionState.intent.slots",
          "sessionState.sessionAttributes",
          "transcriptions",
        ],
      },
    },
  },
];

export const sesCases: readonly ConformanceCase[] = [
  {
    name: "ses",
    source: ses(),
    wrapped: (look) => wrap(ses(), async (item, { delivery }) => look(item, delivery)),
    events: {
      fixture: {
        event: sesFixture,
        ids: ["o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1"],
        raws,
        reply: undefined,
        optional: [
          "Records.*.ses.receipt",
          "Records.*.ses.receipt.dmarcPolicy",
          "Records.*.ses.receipt.spamVerdict",
          "Records.*.ses.mail.commonHeaders",
          "Records.*.ses.mail.headers",
        ],
      },
    },
  },
];
