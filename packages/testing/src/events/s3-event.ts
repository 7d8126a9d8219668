import type { S3Event, S3EventRecord } from "aws-lambda";

/** What a test says of one object event; the rest is made up, and the same in every run. */
export interface S3ObjectInput {
  /** As it is; the event has it encoded. */
  readonly key: string;
  /** @default "bucket" */
  readonly bucket?: string | undefined;
  /** Without `s3:`. @default "ObjectCreated:Put" */
  readonly eventName?: string | undefined;
  /** In bytes; removed objects have none. @default 1024 */
  readonly size?: number | undefined;
  /** Removed objects have none. @default the same in every event */
  readonly eTag?: string | undefined;
  readonly versionId?: string | undefined;
  /** Hexadecimal digits. @default one that tells the place of the record */
  readonly sequencer?: string | undefined;
  readonly occurredAt?: Date | undefined;
  /** Further members of the record, such as `glacierEventData`. */
  readonly more?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The event notification of an S3 bucket: what `s3()` opens, and as the body of a queue's message `fromS3()`. S3 itself
 * sends one record an event.
 *
 * AWS: "Event message structure".
 *
 * @example
 * s3Event([{ key: "photos/red flower.jpg", size: 5 }, { key: "old.txt", eventName: "ObjectRemoved:Delete" }]);
 */
export function s3Event(objects: readonly S3ObjectInput[]): S3Event {
  return { Records: objects.map(toRecord) };
}

function toRecord(object: S3ObjectInput, index: number): S3EventRecord {
  const { bucket = "bucket", eventName = "ObjectCreated:Put", occurredAt = new Date("2026-01-31T12:00:00.000Z") } = object;
  const isRemoval = eventName.startsWith("ObjectRemoved:") || eventName.startsWith("LifecycleExpiration:");
  const size = object.size ?? (isRemoval ? undefined : 1_024);
  const eTag = object.eTag ?? (isRemoval ? undefined : "d41d8cd98f00b204e9800998ecf8427e");
  const record = {
    eventVersion: "2.3",
    eventSource: "aws:s3",
    awsRegion: "eu-west-1",
    eventTime: occurredAt.toISOString(),
    eventName,
    userIdentity: { principalId: "AWS:AIDAEXAMPLE" },
    requestParameters: { sourceIPAddress: "192.0.2.1" },
    responseElements: { "x-amz-request-id": `REQUEST${String(index + 1).padStart(9, "0")}`, "x-amz-id-2": "host" },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId: "notification",
      bucket: { name: bucket, ownerIdentity: { principalId: "A3NL1KOZZKExample" }, arn: `arn:aws:s3:::${bucket}` },
      object: {
        key: encodeKey(object.key),
        ...(size !== undefined && { size }),
        ...(eTag !== undefined && { eTag }),
        ...(object.versionId !== undefined && { versionId: object.versionId }),
        sequencer: object.sequencer ?? `00697DEE80${String(index + 1).padStart(8, "0")}`,
      },
    },
    ...object.more,
  };
  // AWS's type has a size and a tag in every record.
  return record as S3EventRecord;
}

/** Form-encoded, but for the slashes. */
function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll("%20", "+").replaceAll("%2F", "/");
}
