import { wrap } from "@lamella/core";
import { codePipelineEvent, configEvent, lambdaContext, secretRotationEvent, testing } from "@lamella/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { json, startService } from "../../../core/test/service.ts";
import { codePipeline } from "../code-pipeline.ts";
import { config } from "../config.ts";
import { pendingVersion, secretRotation } from "../secret-rotation.ts";

beforeEach(() => {
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "the-secret-key");
});

const version = secretRotationEvent().ClientRequestToken;

describe("the default client", () => {
  it.for([
    {
      source: "codePipeline",
      send: () => testing(wrap(codePipeline(), async () => {})).send(codePipelineEvent()),
      variable: "AWS_ENDPOINT_URL_CODEPIPELINE",
      service: "codepipeline",
      target: "CodePipeline_20150709.PutJobSuccessResult",
      answer: {},
    },
    {
      source: "config",
      send: () => testing(wrap(config(), async () => "COMPLIANT" as const)).send(configEvent()),
      variable: "AWS_ENDPOINT_URL_CONFIG_SERVICE",
      service: "config",
      target: "StarlingDoveService.PutEvaluations",
      answer: { FailedEvaluations: [] },
    },
    {
      source: "pendingVersion",
      send: () => testing(wrap(secretRotation(), pendingVersion(), async () => {})).send(secretRotationEvent()),
      variable: "AWS_ENDPOINT_URL_SECRETS_MANAGER",
      service: "secretsmanager",
      target: "secretsmanager.DescribeSecret",
      answer: { RotationEnabled: true, VersionIdsToStages: { [version]: ["AWSPENDING"] } },
    },
  ])("sends what $source has to say, signed, over HTTP", async ({ send, variable, service, target, answer }) => {
    const { endpoint, requests } = await startService(json(200, answer));
    vi.stubEnv(variable, endpoint);
    const { error } = await send();

    expect(error).toBeUndefined();
    expect(requests).toMatchObject([
      {
        headers: {
          "x-amz-target": target,
          "content-type": "application/x-amz-json-1.1",
          authorization: expect.stringContaining(`/eu-west-1/${service}/aws4_request`),
        },
      },
    ]);
  });

  it("is ended before Lambda ends the invocation", async () => {
    const { endpoint } = await startService(() => {});
    vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
    const lambda = lambdaContext({ remainingMs: 300 });
    await expect(wrap(config(), async () => "COMPLIANT" as const)(configEvent(), lambda)).rejects.toMatchObject({ name: "TimeoutError" });

    expect(lambda.getRemainingTimeInMillis()).toBeGreaterThan(0);
  });
});
