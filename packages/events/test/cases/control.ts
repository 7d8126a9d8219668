import { wrap } from "@lamella/core";
import { appSync } from "@lamella/events/app-sync";
import { appSyncEvents } from "@lamella/events/app-sync-events";
import { codePipeline } from "@lamella/events/code-pipeline";
import { config } from "@lamella/events/config";
import { secretRotation } from "@lamella/events/secret-rotation";
import { lambdaContext } from "@lamella/testing";
import * as fixtures from "@lamella/testing/fixtures";
import type { ConformanceCase, EventCase } from "../conformance-case.ts";

const client = async (): Promise<object> => ({});
const { awsRequestId } = lambdaContext();

const single = (event: unknown, id: string, reply: unknown, optional: readonly string[]): EventCase => ({
  event,
  ids: [id],
  raws: (raw) => [raw],
  reply,
  optional,
});

const rotation = ({ ClientRequestToken: token, Step: step }: { readonly ClientRequestToken: string; readonly Step: string }) =>
  `${token}/${step}`;
const JOB = "CodePipeline.job";
const RULE_OPTIONAL = ["eventLeftScope", "executionRoleArn", "configRuleArn", "configRuleId", "version", "ruleParameters"];
const RESOLVER_OPTIONAL = ["request", "stash", "prev", "info.selectionSetList", "info.selectionSetGraphQL", "info.variables"];
const CHANNEL_OPTIONAL = ["request", "stash", "prev", "outErrors", "result", "error", "info.channel.segments"];
const { events: published } = fixtures.appSyncPublishFixture;

export const controlCases: readonly ConformanceCase[] = [
  {
    name: "secretRotation",
    source: secretRotation(),
    wrapped: (look) => wrap(secretRotation(), async (step, { delivery }) => look(step, delivery)),
    events: {
      first: single(fixtures.secretRotationCreateFixture, rotation(fixtures.secretRotationCreateFixture), undefined, []),
      last: single(fixtures.secretRotationFinishFixture, rotation(fixtures.secretRotationFinishFixture), undefined, ["RotationToken"]),
    },
  },
  {
    name: "codePipeline",
    source: codePipeline({ client }),
    wrapped: (look) => wrap(codePipeline({ client }), async (job, { delivery }) => look(job, delivery)),
    events: {
      job: single(fixtures.codePipelineFixture, fixtures.codePipelineFixture[JOB].id, undefined, [
        `${JOB}.data.inputArtifacts`,
        `${JOB}.data.outputArtifacts`,
        `${JOB}.data.artifactCredentials`,
        `${JOB}.data.encryptionKey`,
        `${JOB}.data.continuationToken`,
      ]),
    },
  },
  {
    name: "config",
    source: config({ client }),
    wrapped: (look) => wrap(config({ client }), async (notification, { delivery }) => look(notification, delivery)),
    events: {
      change: single(fixtures.configChangeFixture, awsRequestId, undefined, RULE_OPTIONAL),
      oversized: single(fixtures.configOversizedFixture, awsRequestId, undefined, RULE_OPTIONAL),
      scheduled: single(fixtures.configScheduledFixture, awsRequestId, undefined, RULE_OPTIONAL),
    },
  },
  {
    name: "appSync",
    source: appSync(),
    wrapped: (look) =>
      wrap(appSync(), async (field, { delivery }) => {
        look(field, delivery);
        return { id: "order-1" };
      }),
    maps: ["arguments", "source", "stash", "info.variables", "request.headers", "identity.claims", "prev.result"],
    events: {
      query: single(fixtures.appSyncQueryFixture, awsRequestId, { id: "order-1" }, RESOLVER_OPTIONAL),
      field: single(fixtures.appSyncFieldFixture, awsRequestId, { id: "order-1" }, RESOLVER_OPTIONAL),
    },
  },
  {
    name: "appSyncEvents",
    source: appSyncEvents(),
    wrapped: (look) => wrap(appSyncEvents(), async (item, { delivery }) => look(item, delivery)),
    maps: ["events.*.payload", "stash", "request.headers"],
    events: {
      publish: {
        event: fixtures.appSyncPublishFixture,
        ids: (published ?? []).map(({ id }) => id),
        raws: (event: typeof fixtures.appSyncPublishFixture) => event.events ?? [],
        reply: { events: published },
        optional: CHANNEL_OPTIONAL,
      },
      subscribe: single(fixtures.appSyncSubscribeFixture, "/orders/eu/*", null, CHANNEL_OPTIONAL),
    },
  },
];
