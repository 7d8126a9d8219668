import { type DeadlineOptions, hasCode, type Kind, OutputError, type Payload, type Source } from "@lamella/core";
import { awsCall } from "@lamella/core/aws";
import { type Decoder, mustBe, type OutputOutcome, PayloadItem, sendingSource, toDecode, toOutcome } from "@lamella/core/extend";
import type { CodePipelineEvent } from "aws-lambda";
import { reasonOf, tell } from "./custom-resource/reason-of.ts";
import { type AwsClient, signalOf } from "./internal/aws-client.ts";

// AWS's types, or users' declarations could not name them.
export type { CodePipelineEvent } from "aws-lambda";
export type { AwsClient, AwsClientCall } from "./internal/aws-client.ts";

/** An artifact of the pipeline, in S3. */
export interface PipelineArtifact {
  readonly name: string;
  readonly revision: string | undefined;
  readonly bucket: string;
  readonly key: string;
}

/** Credentials for the artifacts alone, which end soon. */
export interface ArtifactCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

/**
 * A job of a pipeline's action that invokes the function.
 *
 * AWS: "AWS Lambda invoke action reference".
 */
export interface PipelineJob<out UserParameters> {
  readonly jobId: string;
  readonly accountId: string;
  readonly functionName: string;
  /** What the `userParameters` option makes of the action's parameters; the text as it came, or `""`, without it. */
  readonly userParameters: UserParameters;
  readonly inputArtifacts: readonly PipelineArtifact[];
  readonly outputArtifacts: readonly PipelineArtifact[];
  readonly credentials: ArtifactCredentials | undefined;
  /** What the artifacts are encrypted with, where it is not the default key. */
  readonly encryptionKeyId: string | undefined;
  /** What an earlier answer to the same job said. */
  readonly continuationToken: string | undefined;
  /** The event as CodePipeline sent it. */
  readonly raw: CodePipelineEvent;
}

/**
 * What a handler answers.
 *
 * AWS: "PutJobSuccessResult".
 */
export interface PipelineResult {
  /** The job is not done: CodePipeline invokes the function again with this token, half a minute later. At most 2,048 characters. */
  readonly continuationToken?: string | undefined;
  /** For later actions; not together with `continuationToken`. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
  /** Shown beside the action. */
  readonly summary?: string | undefined;
  /** Shown beside the action, of 100. */
  readonly percentComplete?: number | undefined;
  /** What the work is called where it is done. @default the id of the invocation */
  readonly externalExecutionId?: string | undefined;
}

/** What went wrong, as CodePipeline sorts it. */
export type PipelineFailureType =
  | "JobFailed"
  | "ConfigurationError"
  | "PermissionError"
  | "RevisionOutOfSync"
  | "RevisionUnavailable"
  | "SystemUnavailable";

export interface CodePipelineKind<UserParameters> extends Kind {
  readonly event: CodePipelineEvent;
  readonly reply: void;
  readonly item: PipelineJob<UserParameters>;
  readonly context: unknown;
  readonly output: PipelineResult | undefined | void;
}

export interface CodePipelineOptions<UserParameters> extends DeadlineOptions {
  /**
   * How CodePipeline is called. The function's role needs `codepipeline:PutJobSuccessResult` and `PutJobFailureResult`.
   * @default `awsCall` of `@lamella/core/aws`
   */
  readonly client?: AwsClient | undefined;
  /** What the action's parameters must be: a codec, or a schema for JSON. @default the text as it came */
  readonly userParameters?: Payload<UserParameters> | undefined;
  /** How CodePipeline sorts an error. @default "ConfigurationError" for parameters that do not fit, else "JobFailed" */
  readonly failureType?: ((error: unknown) => PipelineFailureType) | undefined;
  /** What CodePipeline shows of an error. @default its name and message */
  readonly reason?: ((error: unknown) => string) | undefined;
}

/** How long before the timeout a failure is answered. */
const SENDS_MS = 1_500;
const MAX_MESSAGE_CHARACTERS = 5_000;
const MAX_TOKEN_CHARACTERS = 2_048;

/** The outcome of a job that failed. */
class Failed {
  readonly details: { readonly type: PipelineFailureType; readonly message: string };

  constructor(type: PipelineFailureType, message: string) {
    this.details = { type, message };
  }
}

/**
 * The source for the Lambda actions of CodePipeline's pipelines. It tells CodePipeline what became of the job in any case,
 * also when the handler or a layer throws and before the function's timeout; the pipeline would wait for it otherwise.
 *
 * The invocation resolves once CodePipeline knows, so that Lambda does not run it again.
 *
 * AWS: "AWS Lambda invoke action reference", "PutJobSuccessResult", "PutJobFailureResult".
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when a moment of the deadline is out of its range.
 * @example
 * export const handler = wrap(codePipeline({ userParameters: Target }), async ({ userParameters }) => invalidate(userParameters));
 */
export function codePipeline<UserParameters = string>(
  options: CodePipelineOptions<UserParameters> = {},
): Source<CodePipelineKind<UserParameters>> {
  const { client = awsCall, userParameters, failureType = failureTypeOf, reason = reasonOf } = options;
  for (const [name, value] of Object.entries({ client, failureType, reason }))
    mustBe(typeof value === "function", `codePipeline({ ${name} })`, "a function", value);
  const decode = userParameters === undefined ? undefined : toDecode(userParameters, "codePipeline({ userParameters })");
  const decoder: Decoder<UserParameters> = { part: "userParameters", decode };
  return sendingSource<CodePipelineKind<UserParameters>, Job<UserParameters>>({
    name: "codePipeline",
    expects: `an event of a CodePipeline job ("CodePipeline.job")`,
    accepts: isPipelineEvent,
    options,
    sendsMs: SENDS_MS,
    item: (raw) => new Job(raw, decoder),
    delivery: (raw) => ({ id: raw["CodePipeline.job"].id, index: 0, source: "codePipeline", attempt: undefined }),
    decode: (job) => job["~decode"](),
    finish: (returned) => toOutcome(checked(returned)),
    rescue: (error) => toOutcome(new Failed(toType(failureType, error), tell(reason, error))),
    send: async (outcome, { jobId }, lambda) => {
      const { output } = outcome as OutputOutcome;
      const call = { service: "codepipeline", jsonVersion: "1.1", signal: signalOf(lambda) } as const;
      const externalExecutionId = lambda.awsRequestId;
      if (output instanceof Failed) {
        const { type, message } = output.details;
        const failureDetails = { type, message: message.slice(0, MAX_MESSAGE_CHARACTERS).toWellFormed(), externalExecutionId };
        await client({ ...call, target: "CodePipeline_20150709.PutJobFailureResult", input: { jobId, failureDetails } });
        return;
      }
      const { continuationToken, variables, ...shown } = output as PipelineResult;
      const { summary, percentComplete, externalExecutionId: id = externalExecutionId } = shown;
      const executionDetails = { summary, percentComplete, externalExecutionId: id };
      const input = { jobId, continuationToken, outputVariables: variables, executionDetails };
      await client({ ...call, target: "CodePipeline_20150709.PutJobSuccessResult", input });
    },
  });
}

function isPipelineEvent(event: unknown): boolean {
  if (typeof event !== "object" || event === null) return false;
  const { "CodePipeline.job": job } = event as { readonly "CodePipeline.job"?: { readonly id?: unknown } | null };
  return typeof job?.id === "string";
}

function failureTypeOf(error: unknown): PipelineFailureType {
  return hasCode(error, "LAMELLA_PAYLOAD") ? "ConfigurationError" : "JobFailed";
}

/** A type that cannot be told must not cost the answer. */
function toType(failureType: (error: unknown) => PipelineFailureType, error: unknown): PipelineFailureType {
  try {
    return failureType(error) ?? failureTypeOf(error);
  } catch {
    return failureTypeOf(error);
  }
}

/** @throws {OutputError} When CodePipeline would refuse the answer. */
function checked(returned: unknown): PipelineResult {
  const result = (returned ?? {}) as PipelineResult;
  const { continuationToken: token, variables, ...rest } = result;
  const wrong = (part: string, problem: string): never => {
    throw new OutputError({ part, problem });
  };
  if (typeof result !== "object" || Array.isArray(result)) wrong("answer", "is no object");
  if (token !== undefined && (typeof token !== "string" || token === "" || token.length > MAX_TOKEN_CHARACTERS))
    wrong("continuationToken", `is no text of 1 to ${MAX_TOKEN_CHARACTERS} characters`);
  if (token !== undefined && variables !== undefined) wrong("answer", "has variables beside a continuationToken");
  for (const [name, value] of Object.entries(variables ?? {}))
    if (typeof value !== "string" || !/^[\w@-]+$/.test(name))
      wrong("variables", "are not all text with names of letters, digits, @, - and _");
  return { continuationToken: token, variables, ...rest };
}

// Events made by hand lack members that AWS's types promise, so every one is read with care.
class Job<UserParameters> extends PayloadItem<CodePipelineEvent, UserParameters> implements PipelineJob<UserParameters> {
  "~sent"?: Promise<unknown> | undefined;

  get jobId(): string {
    return this.#job.id;
  }

  get accountId(): string {
    return this.#job.accountId ?? "";
  }

  get functionName(): string {
    return this.#data.actionConfiguration?.configuration?.FunctionName ?? "";
  }

  get userParameters(): UserParameters {
    return this.payload();
  }

  get inputArtifacts(): readonly PipelineArtifact[] {
    return toArtifacts(this.#data.inputArtifacts);
  }

  get outputArtifacts(): readonly PipelineArtifact[] {
    return toArtifacts(this.#data.outputArtifacts);
  }

  get credentials(): ArtifactCredentials | undefined {
    const { accessKeyId = "", secretAccessKey = "", sessionToken } = this.#data.artifactCredentials ?? {};
    return accessKeyId === "" ? undefined : { accessKeyId, secretAccessKey, sessionToken };
  }

  get encryptionKeyId(): string | undefined {
    return this.#data.encryptionKey?.id ?? undefined;
  }

  get continuationToken(): string | undefined {
    return this.#data.continuationToken ?? undefined;
  }

  get #job(): CodePipelineEvent["CodePipeline.job"] {
    return this.raw["CodePipeline.job"];
  }

  get #data(): Partial<CodePipelineEvent["CodePipeline.job"]["data"]> {
    return this.#job.data ?? {};
  }

  protected encoded(): string {
    const { UserParameters: text } = this.#data.actionConfiguration?.configuration ?? {};
    return typeof text === "string" ? text : "";
  }
}

function toArtifacts(raw: CodePipelineEvent["CodePipeline.job"]["data"]["inputArtifacts"] | undefined): readonly PipelineArtifact[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((artifact) => ({
    name: artifact?.name ?? "",
    revision: artifact?.revision ?? undefined,
    bucket: artifact?.location?.s3Location?.bucketName ?? "",
    key: artifact?.location?.s3Location?.objectKey ?? "",
  }));
}
