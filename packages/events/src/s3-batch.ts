import { type AnsweringSource, type BatchOptions, type Kind, OutputError, PayloadError } from "@lamella/core";
import { answering, answers, batchSource, type Decoder, mustBe, PayloadItem, toOutcome } from "@lamella/core/extend";
import type { S3BatchEvent, S3BatchResult, S3BatchResultResult } from "aws-lambda";
import { errorText } from "./internal/error-text.ts";
import { maybeText, textOf, textsOf } from "./internal/fields.ts";
import { isObject } from "./internal/is-object.ts";

// AWS's types, or users' declarations could not name them.
export type { S3BatchEvent, S3BatchResult } from "aws-lambda";

/** A task as S3 sends it: with the bucket's ARN in schema 1.0, with its name in 2.0. */
export interface S3BatchTaskRecord {
  readonly taskId: string;
  /** As in a form: percent-encoded, with `+` for a space. */
  readonly s3Key: string;
  readonly s3VersionId?: string | null | undefined;
  readonly s3BucketArn?: string | undefined;
  readonly s3Bucket?: string | undefined;
}

/** The job that a task is of. */
export interface S3BatchJob {
  readonly id: string;
  /** What the job's creator says to the function; only jobs of schema 2.0 have it. */
  readonly userArguments: Readonly<Record<string, string>>;
}

/**
 * A task of an S3 Batch Operations job: one line of its manifest.
 *
 * AWS: "Invoke AWS Lambda function" of S3 Batch Operations.
 */
export interface S3BatchTask {
  readonly id: string;
  /** The object's key, decoded; or whatever the manifest has in its place. */
  readonly key: string;
  readonly versionId: string | undefined;
  /** The bucket's name. */
  readonly bucket: string;
  /** Only jobs of schema 1.0 have it. */
  readonly bucketArn: string | undefined;
  readonly job: S3BatchJob;
  /** The task as S3 sent it. */
  readonly raw: S3BatchTaskRecord;
}

/** What S3 makes of a task that is not answered. */
export type S3BatchResultCode = "Succeeded" | "TemporaryFailure" | "PermanentFailure";

export interface S3BatchKind extends Kind {
  readonly event: S3BatchEvent;
  readonly reply: S3BatchResult;
  readonly item: S3BatchTask;
  readonly context: unknown;
  readonly output: string | undefined | void;
}

export interface S3BatchOptions extends BatchOptions<S3BatchTaskRecord> {
  /**
   * What S3 makes of tasks that the reply does not name. This reply names all of them.
   * @default "TemporaryFailure"
   */
  readonly treatMissingKeysAs?: S3BatchResultCode | undefined;
  /**
   * What to do when no task succeeded: `report` answers each of them; `throw` rejects with `BatchFailedError`, so that
   * Lambda's error metric sees it.
   * @default "report"
   */
  readonly whenAllFail?: "throw" | "report" | undefined;
}

/**
 * The source for functions that S3 Batch Operations invokes. What the handler returns is the task's line in the job's
 * report. A task whose handler throws is a `TemporaryFailure`, which S3 tries again; one that throws `final(…)`, or that
 * `onFailure` ignores, is a `PermanentFailure`.
 *
 * AWS: "Invoke AWS Lambda function" of S3 Batch Operations.
 *
 * @throws {RangeError} At load, when an option is out of its range.
 * @throws {TypeError} At load, when an option is none of its words.
 * @example
 * export const handler = wrap(s3Batch(), async ({ bucket, key }) => `copied to ${await copy(bucket, key)}`);
 */
export function s3Batch(options: S3BatchOptions = {}): AnsweringSource<S3BatchKind> {
  const { treatMissingKeysAs = "TemporaryFailure", whenAllFail = "report" } = options;
  const isCode = ["Succeeded", "TemporaryFailure", "PermanentFailure"].includes(treatMissingKeysAs);
  mustBe(isCode, "s3Batch({ treatMissingKeysAs })", '"Succeeded", "TemporaryFailure" or "PermanentFailure"', treatMissingKeysAs);
  const decoder: Decoder<string, string> = { part: "key", decode: decodeKey };
  return answering(
    batchSource<S3BatchKind, S3BatchTaskRecord, TaskItem>({
      name: "s3Batch",
      expects: "an event of S3 Batch Operations (it has invocationSchemaVersion and tasks)",
      accepts: (event) => isObject(event) && typeof event["invocationSchemaVersion"] === "string" && Array.isArray(event["tasks"]),
      options: { ...options, whenAllFail },
      concurrency: 10,
      records: ({ tasks }) => tasks,
      item: (raw, _lambda, event) => new TaskItem(raw, decoder, event),
      delivery: (raw, index) => ({ id: textOf(raw.taskId), index, source: "s3Batch", attempt: undefined }),
      decode: (task) => task["~decode"](),
      ...answers({
        finish: (output) => toOutcome(toResultString(output)),
        identify: ({ taskId }: S3BatchTaskRecord) => (typeof taskId === "string" && taskId !== "" ? taskId : undefined),
        answer: ({ taskId }, result): S3BatchResultResult => {
          const { failure } = result;
          if (failure === undefined) return { taskId, resultCode: "Succeeded", resultString: (result.output as string | undefined) ?? "" };
          const resultCode = failure.fate === "ignore" ? "PermanentFailure" : "TemporaryFailure";
          return { taskId, resultCode, resultString: errorText(failure.error) };
        },
        reply: (results, { invocationSchemaVersion, invocationId }: S3BatchEvent): S3BatchResult => ({
          invocationSchemaVersion,
          treatMissingKeysAs,
          invocationId,
          results: results as S3BatchResultResult[],
        }),
      }),
    }),
  );
}

function toResultString(output: unknown): string | undefined {
  if (output === undefined || typeof output === "string") return output;
  throw new OutputError({ part: "result", problem: `is of type ${typeof output}, where text was expected` });
}

function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch (cause) {
    throw new PayloadError({ part: "key", problem: "is not percent-encoded, as the keys of a manifest have to be", cause });
  }
}

// Malformed tasks lack what AWS promises.
class TaskItem extends PayloadItem<S3BatchTaskRecord, string, string> implements S3BatchTask {
  readonly #event: S3BatchEvent;

  constructor(raw: S3BatchTaskRecord, decoder: Decoder<string, string>, event: S3BatchEvent) {
    super(raw, decoder);
    this.#event = event;
  }

  get id(): string {
    return textOf(this.raw.taskId);
  }

  get key(): string {
    return this.payload();
  }

  get versionId(): string | undefined {
    return maybeText(this.raw.s3VersionId);
  }

  get bucket(): string {
    const arn = textOf(this.raw.s3BucketArn);
    return maybeText(this.raw.s3Bucket) ?? arn.slice(arn.lastIndexOf(":") + 1);
  }

  get bucketArn(): string | undefined {
    return maybeText(this.raw.s3BucketArn);
  }

  get job(): S3BatchJob {
    const job: unknown = this.#event.job;
    const { id, userArguments } = isObject(job) ? job : {};
    return { id: textOf(id), userArguments: textsOf(userArguments) };
  }

  protected encoded(): string {
    const { s3Key } = this.raw;
    if (typeof s3Key !== "string") throw new PayloadError({ part: "key", problem: "is missing" });
    return s3Key;
  }
}
