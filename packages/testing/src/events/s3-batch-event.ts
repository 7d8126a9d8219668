import type { S3BatchEvent, S3BatchEventTask } from "aws-lambda";

/** What a test says of one task; the rest is made up, and the same in every run. */
export interface S3BatchTaskInput {
  /** As it is, and not as in a form. */
  readonly key: string;
  readonly id?: string | undefined;
  readonly versionId?: string | undefined;
  /** The bucket's name. @default "bucket" */
  readonly bucket?: string | undefined;
}

export interface S3BatchEventOptions {
  /** Makes an event of schema 2.0, which alone has them. */
  readonly userArguments?: Readonly<Record<string, string>> | undefined;
}

/**
 * The event of tasks of an S3 Batch Operations job: what `s3Batch()` opens.
 *
 * AWS: "Invoke AWS Lambda function" of S3 Batch Operations.
 *
 * @example
 * s3BatchEvent([{ key: "photos/a b.jpg" }], { userArguments: { size: "small" } });
 */
export function s3BatchEvent(tasks: readonly S3BatchTaskInput[], { userArguments }: S3BatchEventOptions = {}): S3BatchEvent {
  const job = { id: "f3cc4f60-61f6-4a2b-8a21-d07600c373ce", ...(userArguments !== undefined && { userArguments: { ...userArguments } }) };
  return {
    invocationSchemaVersion: userArguments === undefined ? "1.0" : "2.0",
    invocationId: "invocation-1",
    job,
    tasks: tasks.map(({ key, id, versionId = null, bucket = "bucket" }, index) => {
      const rest = { taskId: id ?? `task-${index + 1}`, s3Key: encodeURIComponent(key).replaceAll("%20", "+"), s3VersionId: versionId };
      const place = userArguments === undefined ? { s3BucketArn: `arn:aws:s3:::${bucket}` } : { s3Bucket: bucket };
      // AWS's type knows schema 1.0 alone.
      return { ...rest, ...place } as S3BatchEventTask;
    }),
  };
}
