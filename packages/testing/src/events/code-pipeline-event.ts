import type { CodePipelineEvent } from "aws-lambda";

/** An artifact, by its place in S3. */
export interface CodePipelineArtifactInput {
  readonly name: string;
  /** @default "pipeline-artifacts" */
  readonly bucket?: string | undefined;
  readonly key: string;
  readonly revision?: string | undefined;
}

/** What a test says of a job; the rest is made up, and the same in every run. */
export interface CodePipelineEventInput {
  /** Text as it is; anything else as JSON. @default "" */
  readonly userParameters?: unknown;
  readonly jobId?: string | undefined;
  /** @default "function" */
  readonly functionName?: string | undefined;
  readonly inputArtifacts?: readonly CodePipelineArtifactInput[] | undefined;
  readonly outputArtifacts?: readonly CodePipelineArtifactInput[] | undefined;
  /** @default none */
  readonly continuationToken?: string | undefined;
}

/**
 * The event of a pipeline's job: what `codePipeline()` opens.
 *
 * AWS: "AWS Lambda invoke action reference".
 *
 * @example
 * codePipelineEvent({ userParameters: { distribution: "E123" } });
 */
export function codePipelineEvent(input: CodePipelineEventInput = {}): CodePipelineEvent {
  const { userParameters = "", functionName = "function", inputArtifacts = [], outputArtifacts = [], continuationToken } = input;
  return {
    "CodePipeline.job": {
      id: input.jobId ?? "11111111-0000-4000-8000-000000000001",
      accountId: "123456789012",
      data: {
        actionConfiguration: {
          configuration: {
            FunctionName: functionName,
            UserParameters: typeof userParameters === "string" ? userParameters : JSON.stringify(userParameters),
          },
        },
        inputArtifacts: inputArtifacts.map(toArtifact),
        outputArtifacts: outputArtifacts.map(toArtifact),
        artifactCredentials: { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret-access-key", sessionToken: "session-token" },
        ...(continuationToken !== undefined && { continuationToken }),
      },
    },
  };
}

function toArtifact({ name, bucket = "pipeline-artifacts", key, revision }: CodePipelineArtifactInput) {
  return { name, revision: revision ?? null, location: { type: "S3" as const, s3Location: { bucketName: bucket, objectKey: key } } };
}
