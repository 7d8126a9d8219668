import { layer, wrap } from "@lamella/core";
import { codePipelineEvent, lambdaContext, testing } from "@lamella/testing";
import { codePipelineFixture } from "@lamella/testing/fixtures";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type AwsClientCall, type CodePipelineOptions, codePipeline, type PipelineJob, type PipelineResult } from "./code-pipeline.ts";

const Target = z.object({ distribution: z.string() });
const JOB = codePipelineEvent()["CodePipeline.job"].id;
const { awsRequestId } = lambdaContext();

/** Runs a handler for one job, and gives the calls that tell CodePipeline. */
async function run(
  handle: (job: PipelineJob<string>) => unknown,
  options: Partial<CodePipelineOptions<string>> = {},
  event = codePipelineEvent(),
) {
  const calls: AwsClientCall[] = [];
  const client = async (call: AwsClientCall): Promise<unknown> => {
    calls.push(call);
    return options.client?.(call);
  };
  const handler = wrap(codePipeline({ ...options, client }), async (job) => (await handle(job)) as PipelineResult);
  const sent = await testing(handler).send(event);
  return { error: sent.error, outcomes: sent.outcomes, told: calls.map(({ target, input }) => [target.split(".")[1], input]) };
}

const fails = (error: unknown) => async (): Promise<never> => {
  throw error;
};

describe("codePipeline", () => {
  it("gives the handler the job", async () => {
    const seen: unknown[] = [];
    await run(
      ({ jobId, functionName, userParameters, inputArtifacts, outputArtifacts, continuationToken, encryptionKeyId, credentials, raw }) => {
        seen.push({
          jobId,
          functionName,
          userParameters,
          inputArtifacts,
          outputArtifacts,
          continuationToken,
          encryptionKeyId,
          credentials,
          raw,
        });
      },
      {},
      codePipelineFixture,
    );

    expect(seen).toEqual([
      {
        jobId: "c0d76431-b0e7-4a1b-97e3-e8ee786eb6f6",
        functionName: "invalidate",
        userParameters: '{"distribution":"E123EXAMPLE","paths":["/*"]}',
        inputArtifacts: [
          {
            name: "SourceArtifact",
            revision: "e0c7a2308ca3071aa7bab414de234ab52eea0123",
            bucket: "pipeline-us-east-2-123456789012",
            key: "web/SourceArti/TdOSFRV",
          },
        ],
        outputArtifacts: [
          { name: "invokeOutput", revision: undefined, bucket: "pipeline-us-east-2-123456789012", key: "web/invokeOutp/D0YHsJn" },
        ],
        continuationToken: "invalidation-I123",
        encryptionKeyId: "arn:aws:kms:us-east-2:123456789012:key/1a2b3c4d",
        credentials: { accessKeyId: "ASIAIOSFODNN7EXAMPLE", secretAccessKey: "example/secret", sessionToken: "example-token" },
        raw: codePipelineFixture,
      },
    ]);
  });

  it("tells CodePipeline of success, with the invocation as the execution", async () => {
    const { told, error } = await run(() => undefined);

    expect(error).toBeUndefined();
    expect(told).toEqual([["PutJobSuccessResult", { jobId: JOB, executionDetails: { externalExecutionId: awsRequestId } }]]);
  });

  it.for([
    { returns: { continuationToken: "t" }, input: { continuationToken: "t" } },
    { returns: { variables: { Url: "x" } }, input: { outputVariables: { Url: "x" } } },
    {
      returns: { summary: "half", percentComplete: 50, externalExecutionId: "e" },
      input: { executionDetails: { summary: "half", percentComplete: 50, externalExecutionId: "e" } },
    },
  ])("tells CodePipeline $input when the handler returns $returns", async ({ returns, input }) => {
    expect((await run(() => returns)).told).toMatchObject([["PutJobSuccessResult", input]]);
  });

  it.for([
    { what: "text", returns: "done" },
    { what: "an empty token", returns: { continuationToken: "" } },
    { what: "a token of 2,049 characters", returns: { continuationToken: "x".repeat(2_049) } },
    { what: "a token and variables", returns: { continuationToken: "x", variables: {} } },
    { what: "a variable that is no text", returns: { variables: { a: 5 } } },
    { what: "a variable of a name with a dot", returns: { variables: { "a.b": "x" } } },
  ])("tells CodePipeline of a failure when the handler returns $what", async ({ returns }) => {
    const { told } = await run(() => returns);

    expect(told).toMatchObject([
      ["PutJobFailureResult", { failureDetails: { type: "JobFailed", message: expect.stringContaining("OutputError") } }],
    ]);
  });

  it("resolves once CodePipeline knows of a failure, so that Lambda does not run the job again", async () => {
    const { told, error, outcomes } = await run(fails(new Error("no such distribution")));

    expect(error).toBeUndefined();
    expect(told).toEqual([
      [
        "PutJobFailureResult",
        { jobId: JOB, failureDetails: { type: "JobFailed", message: "Error: no such distribution", externalExecutionId: awsRequestId } },
      ],
    ]);
    expect(outcomes).toMatchObject([{ fate: "answered" }]);
  });

  it.for([
    { what: "no JSON", userParameters: "E123" },
    { what: "nothing", userParameters: "" },
    { what: "JSON that does not fit", userParameters: { distribution: 5 } },
  ])("tells CodePipeline of a wrong configuration when the parameters are $what", async ({ userParameters }) => {
    const handle = vi.fn();
    const { told } = await run(handle, { userParameters: Target as never }, codePipelineEvent({ userParameters }));

    expect(told).toMatchObject([["PutJobFailureResult", { failureDetails: { type: "ConfigurationError" } }]]);
    expect(handle).not.toHaveBeenCalled();
  });

  it("gives the handler what the schema makes of the parameters", async () => {
    const seen: unknown[] = [];
    const event = codePipelineEvent({ userParameters: { distribution: "E1" } });
    await run(({ userParameters }) => void seen.push(userParameters), { userParameters: Target as never }, event);

    expect(seen).toEqual([{ distribution: "E1" }]);
  });

  const throws = (): never => {
    throw new Error("bug");
  };
  it.for<{ what: string; options: Partial<CodePipelineOptions<string>>; type: string; message: string }>([
    { what: "says them", options: { failureType: () => "PermissionError", reason: () => "no" }, type: "PermissionError", message: "no" },
    { what: "throws", options: { failureType: throws, reason: throws }, type: "JobFailed", message: "Error: x" },
  ])("takes type and reason of an error from the option that $what", async ({ options, type, message }) => {
    expect((await run(fails(new Error("x")), options)).told).toMatchObject([
      ["PutJobFailureResult", { failureDetails: { type, message } }],
    ]);
  });

  it("cuts a long message to what CodePipeline takes", async () => {
    const { told } = await run(fails(new Error("x".repeat(9_000))));

    expect(told).toMatchObject([["PutJobFailureResult", { failureDetails: { message: `Error: ${"x".repeat(4_993)}` } }]]);
  });

  it("tells CodePipeline of a failure when a layer around the invocation throws", async () => {
    const client = vi.fn(async () => ({}));
    const broken = { name: "broken", hooks: { invocation: fails(new Error("no connection")) } };
    await wrap(codePipeline({ client }), broken, async () => {})(codePipelineEvent(), lambdaContext());

    expect(client).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ target: "CodePipeline_20150709.PutJobFailureResult" }));
  });

  it("tells CodePipeline of a failure when it refuses the success, and rejects when it takes neither", async () => {
    const refused = await run(() => undefined, {
      client: async ({ target }) => {
        if (target.endsWith("PutJobSuccessResult")) throw new Error("refused");
      },
    });
    expect(refused.told.map(([name]) => name)).toEqual(["PutJobSuccessResult", "PutJobFailureResult"]);
    expect(refused.error).toBeUndefined();

    const neither = await run(() => undefined, { client: fails(new Error("no network")) });
    expect(neither.error).toEqual(new Error("no network"));
  });

  it("tells CodePipeline of a failure before the timeout, and of nothing after it", async () => {
    vi.useFakeTimers();
    const client = vi.fn(async (_call: AwsClientCall) => ({}));
    const plain = layer("plain", async (_item, _ctx, next) => next());
    let release: (() => void) | undefined;
    const done = wrap(
      codePipeline({ client }),
      plain,
      () => new Promise<void>((resolve) => (release = resolve)),
    )(codePipelineEvent(), lambdaContext({ remainingMs: 10_000 }));
    await vi.advanceTimersByTimeAsync(8_499);
    expect(client).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2);
    await done;
    release?.();
    await vi.advanceTimersByTimeAsync(1_000);
    vi.useRealTimers();

    expect(client.mock.calls.map(([{ target }]) => target)).toEqual(["CodePipeline_20150709.PutJobFailureResult"]);
    expect(client.mock.calls[0]?.[0].signal).toBeInstanceOf(AbortSignal);
  });

  it.for([
    { options: { client: 5 }, says: "codePipeline({ client }) must be a function" },
    { options: { client: async () => {}, userParameters: "x" }, says: "codePipeline({ userParameters }) must be a codec" },
    { options: { client: async () => {}, reason: "x" }, says: "codePipeline({ reason }) must be a function" },
    { options: { client: async () => {}, failureType: "x" }, says: "codePipeline({ failureType }) must be a function" },
  ])("throws at load when $says", ({ options, says }) => {
    expect(() => codePipeline(options as never)).toThrow(says);
  });
});
