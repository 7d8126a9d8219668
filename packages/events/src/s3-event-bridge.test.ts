import { wrap } from "@lamella/core";
import { eventBridgeEvent, lambdaContext, s3EventBridgeEvent } from "@lamella/testing";
import { s3EventBridgeExpiredFixture, s3EventBridgeFixture, s3Fixture } from "@lamella/testing/fixtures";
import { describe, expect, it } from "vitest";
import { type S3NotificationEvent, type S3Object, s3EventBridge } from "./s3.ts";

const context = lambdaContext();

async function openBus(event: S3NotificationEvent): Promise<S3Object<S3NotificationEvent>> {
  const objects: S3Object<S3NotificationEvent>[] = [];
  await wrap(s3EventBridge(), async (object) => void objects.push(object))(event, context);
  return objects[0] as S3Object<S3NotificationEvent>;
}

describe("s3EventBridge", () => {
  it("opens the creation of an object, whose key is not encoded", async () => {
    const object = await openBus(s3EventBridgeFixture);

    expect(object).toMatchObject({
      kind: "created",
      bucket: "amzn-s3-demo-bucket",
      bucketArn: "arn:aws:s3:::amzn-s3-demo-bucket",
      key: "photos/red flower + büsche.jpg",
      size: 1_305_107,
      eTag: "b21b84d653bb07b05b1e6b33684dc11b",
      versionId: "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
      sequencer: "697dee80281e5d0c",
      eventName: "Object Created",
      operation: "Put",
      occurredAt: new Date("2026-01-31T12:00:00Z"),
      region: "us-east-2",
      principalId: "123456789012",
      sourceIp: "203.0.113.7",
      requestId: "N4N7GDK58NMKJ12R",
      deleteMarker: undefined,
      expired: undefined,
      replication: undefined,
    });
    expect(object.raw).toBe(s3EventBridgeFixture);
  });

  it("opens a removal by a lifecycle rule", async () => {
    expect(await openBus(s3EventBridgeExpiredFixture)).toMatchObject({
      kind: "removed",
      deleteMarker: true,
      expired: true,
      size: undefined,
      eTag: "d41d8cd98f00b204e9800998ecf8427e",
      sourceIp: undefined,
      principalId: "s3.amazonaws.com",
    });
  });

  it.for<{ detailType: string; more?: Record<string, unknown>; gives: object }>([
    { detailType: "Object Created", more: { reason: "POST Object" }, gives: { kind: "created", operation: "Post" } },
    { detailType: "Object Created", more: { reason: "CopyObject" }, gives: { operation: "Copy" } },
    { detailType: "Object Created", more: { reason: "CompleteMultipartUpload" }, gives: { operation: "CompleteMultipartUpload" } },
    { detailType: "Object Created", more: { reason: 5 }, gives: { operation: undefined } },
    { detailType: "Object Deleted", gives: { kind: "removed", deleteMarker: false, expired: false } },
    {
      detailType: "Object Restore Initiated",
      more: { "source-storage-class": "GLACIER" },
      gives: { kind: "restoreStarted", storageClass: "GLACIER" },
    },
    {
      detailType: "Object Restore Completed",
      more: { "restore-expiry-time": "2026-02-01T00:00:00Z", "source-storage-class": "GLACIER" },
      gives: { kind: "restored", expiresAt: new Date("2026-02-01T00:00:00Z"), storageClass: "GLACIER" },
    },
    { detailType: "Object Restore Expired", gives: { kind: "restoreExpired" } },
    {
      detailType: "Object Storage Class Changed",
      more: { "destination-storage-class": "DEEP_ARCHIVE" },
      gives: { kind: "transitioned", storageClass: "DEEP_ARCHIVE" },
    },
    {
      detailType: "Object Access Tier Changed",
      more: { "destination-access-tier": "ARCHIVE_ACCESS" },
      gives: { kind: "tiered", accessTier: "ARCHIVE_ACCESS" },
    },
    { detailType: "Object ACL Updated", gives: { kind: "aclUpdated" } },
    { detailType: "Object Tags Added", gives: { kind: "tagged" } },
    { detailType: "Object Tags Deleted", gives: { kind: "untagged" } },
    { detailType: "Object Dreamt Of", gives: { kind: "other" } },
  ])("tells what $detailType is", async ({ detailType, more, gives }) => {
    expect(await openBus(s3EventBridgeEvent({ key: "a", detailType: detailType as never, more }))).toMatchObject(gives);
  });

  it.for([
    { what: "no object", detail: { bucket: { name: "b" } }, part: "key" },
    { what: "no bucket", detail: { object: { key: "a" } }, part: "bucket" },
    { what: "no detail at all", detail: null, part: "key" },
    { what: "text", detail: "x", part: "key" },
  ])("refuses a detail with $what", async ({ detail, part }) => {
    const event = { ...(s3EventBridgeFixture as object), detail };

    await expect(wrap(s3EventBridge(), async () => {})(event as never, context)).rejects.toMatchObject({ code: "LAMELLA_PAYLOAD", part });
  });

  it.for([
    {
      what: "what CloudTrail tells of S3",
      event: eventBridgeEvent({ detailType: "AWS API Call via CloudTrail", source: "aws.s3", detail: {} }),
    },
    { what: "an event of another service", event: eventBridgeEvent({ detailType: "Object Created", source: "mine", detail: {} }) },
    { what: "a notification", event: s3Fixture },
    { what: "null", event: null },
  ])("refuses $what with WrongEventError", async ({ event }) => {
    await expect(wrap(s3EventBridge(), async () => {})(event as never, context)).rejects.toMatchObject({ code: "LAMELLA_WRONG_EVENT" });
  });

  it("rejects with the handler's own error", async () => {
    const error = new Error("mine");
    const failing = wrap(s3EventBridge(), async () => {
      throw error;
    });

    await expect(failing(s3EventBridgeFixture, context)).rejects.toBe(error);
  });
});
