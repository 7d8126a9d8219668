import type { S3NotificationEvent } from "aws-lambda";
import { eventBridgeEvent } from "./event-bridge-event.ts";

/** What a test says of one object event; the rest is made up, and the same in every run. */
export interface S3EventBridgeEventInput {
  readonly key: string;
  /** @default "bucket" */
  readonly bucket?: string | undefined;
  /** @default "Object Created" */
  readonly detailType?: S3NotificationEvent["detail-type"] | undefined;
  /** In bytes; deleted objects have none. @default 1024 */
  readonly size?: number | undefined;
  /** @default the same in every event */
  readonly eTag?: string | undefined;
  readonly versionId?: string | undefined;
  /** Hexadecimal digits. @default the same in every event */
  readonly sequencer?: string | undefined;
  readonly occurredAt?: Date | undefined;
  /** Further members of the detail, such as `deletion-type`. */
  readonly more?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The event of an S3 bucket through EventBridge: what `s3EventBridge()` opens, and as the body of a queue's message
 * `fromS3EventBridge()`.
 *
 * AWS: "EventBridge event message structure".
 *
 * @example
 * s3EventBridgeEvent({ key: "photos/red flower.jpg", detailType: "Object Deleted", more: { "deletion-type": "Permanently Deleted" } });
 */
export function s3EventBridgeEvent(input: S3EventBridgeEventInput): S3NotificationEvent {
  const { bucket = "bucket", detailType = "Object Created", eTag = "d41d8cd98f00b204e9800998ecf8427e" } = input;
  const isRemoval = detailType === "Object Deleted";
  const size = input.size ?? (isRemoval ? undefined : 1_024);
  const event = eventBridgeEvent({
    detailType,
    source: "aws.s3",
    time: input.occurredAt,
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: "0",
      bucket: { name: bucket },
      object: {
        key: input.key,
        ...(size !== undefined && { size }),
        etag: eTag,
        ...(input.versionId !== undefined && { "version-id": input.versionId }),
        sequencer: input.sequencer ?? "697dee8000000001",
      },
      "request-id": "N4N7GDK58NMKJ12R",
      requester: "123456789012",
      "source-ip-address": "192.0.2.1",
      ...(detailType === "Object Created" && { reason: "PutObject" }),
      ...(isRemoval && { reason: "DeleteObject", "deletion-type": "Permanently Deleted" }),
      ...input.more,
    },
  });
  // The types of AWS have one detail for each detail type, and a version in each.
  return event as unknown as S3NotificationEvent;
}
