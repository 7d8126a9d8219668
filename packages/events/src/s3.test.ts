import { final, whole, wrap } from "@lamella/core";
import { lambdaContext, s3Event, testing } from "@lamella/testing";
import { s3EventBridgeFixture, s3Fixture, s3RemovedFixture, s3TestFixture } from "@lamella/testing/fixtures";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { type S3Event, type S3Object, s3 } from "./s3.ts";

const context = lambdaContext();
const handler = wrap(s3(), async () => {});

async function open(event: S3Event): Promise<S3Object[]> {
  const objects: S3Object[] = [];
  await wrap(s3(), async (object) => void objects.push(object))(event, context);
  return objects;
}

/** The same record with its raw key as it is. */
function withRawKey(key: unknown): S3Event {
  const [record] = s3Fixture.Records as unknown as [{ s3: { object: object } }];
  return { Records: [{ ...record, s3: { ...record.s3, object: { ...record.s3.object, key } } }] } as never;
}

describe("s3", () => {
  it("opens the creation of an object", async () => {
    const [object] = await open(s3Fixture);

    expect(object).toMatchObject({
      kind: "created",
      bucket: "amzn-s3-demo-bucket",
      bucketArn: "arn:aws:s3:::amzn-s3-demo-bucket",
      key: "photos/red flower + büsche.jpg",
      size: 1_305_107,
      eTag: "b21b84d653bb07b05b1e6b33684dc11b",
      versionId: "096fKKXTRTtl3on89fVO.nfljtsv6qko",
      sequencer: "00697DEE80281E5D0C",
      eventName: "ObjectCreated:Put",
      operation: "Put",
      occurredAt: new Date("2026-01-31T12:00:00.123Z"),
      region: "us-east-2",
      principalId: "AWS:AIDAINPONIXQXHT3IKHL2",
      sourceIp: "2001:db8::1",
      requestId: "D82B88E5F771F645",
      deleteMarker: undefined,
      expired: undefined,
      storageClass: undefined,
      accessTier: undefined,
      expiresAt: undefined,
      replication: undefined,
    });
    expect(object?.raw).toBe(s3Fixture.Records[0]);
  });

  it("opens a removal, which has no size, tag and version", async () => {
    expect(await open(s3RemovedFixture)).toMatchObject([
      { kind: "removed", key: "old.txt", deleteMarker: false, expired: false, size: undefined, eTag: undefined, versionId: undefined },
    ]);
  });

  const restored = {
    glacierEventData: {
      restoreEventData: { lifecycleRestorationExpiryTime: "2026-02-01T00:00:00.000Z", lifecycleRestoreStorageClass: "GLACIER" },
    },
  };
  const replicationEventData = {
    replicationRuleId: "rule",
    destinationBucket: "arn:aws:s3:::other",
    s3Operation: "OBJECT_PUT",
    requestTime: "2026-01-31T11:00:00.000Z",
    failureReason: "AssumeRoleNotPermitted",
  };
  it.for<{ eventName: string; more?: object; gives: object }>([
    { eventName: "ObjectCreated:Post", gives: { kind: "created", operation: "Post" } },
    { eventName: "ObjectCreated:Copy", gives: { kind: "created", operation: "Copy" } },
    { eventName: "ObjectCreated:CompleteMultipartUpload", gives: { kind: "created", operation: "CompleteMultipartUpload" } },
    { eventName: "ObjectCreated:Teleport", gives: { kind: "created", operation: undefined } },
    { eventName: "s3:ObjectCreated:Put", gives: { kind: "created", operation: "Put", eventName: "ObjectCreated:Put" } },
    { eventName: "ObjectRemoved:DeleteMarkerCreated", gives: { kind: "removed", deleteMarker: true, expired: false } },
    { eventName: "LifecycleExpiration:Delete", gives: { kind: "removed", deleteMarker: false, expired: true } },
    { eventName: "LifecycleExpiration:DeleteMarkerCreated", gives: { kind: "removed", deleteMarker: true, expired: true } },
    { eventName: "ObjectRestore:Post", gives: { kind: "restoreStarted", expiresAt: undefined } },
    {
      eventName: "ObjectRestore:Completed",
      more: restored,
      gives: { kind: "restored", expiresAt: new Date("2026-02-01T00:00:00.000Z"), storageClass: "GLACIER" },
    },
    { eventName: "ObjectRestore:Delete", gives: { kind: "restoreExpired" } },
    { eventName: "ReducedRedundancyLostObject", gives: { kind: "lost" } },
    {
      eventName: "Replication:OperationFailedReplication",
      more: { replicationEventData },
      gives: {
        kind: "replication",
        replication: {
          status: "failed",
          ruleId: "rule",
          destinationBucketArn: "arn:aws:s3:::other",
          operation: "OBJECT_PUT",
          requestedAt: new Date("2026-01-31T11:00:00.000Z"),
          failureReason: "AssumeRoleNotPermitted",
        },
      },
    },
    { eventName: "Replication:OperationMissedThreshold", gives: { replication: { status: "missedThreshold", ruleId: undefined } } },
    { eventName: "Replication:OperationReplicatedAfterThreshold", gives: { replication: { status: "replicatedAfterThreshold" } } },
    { eventName: "Replication:OperationNotTracked", gives: { replication: { status: "notTracked" } } },
    {
      eventName: "LifecycleTransition",
      more: { lifecycleEventData: { transitionEventData: { destinationStorageClass: "GLACIER_IR" } } },
      gives: { kind: "transitioned", storageClass: "GLACIER_IR" },
    },
    {
      eventName: "IntelligentTiering",
      more: { intelligentTieringEventData: { destinationAccessTier: "ARCHIVE_ACCESS" } },
      gives: { kind: "tiered", accessTier: "ARCHIVE_ACCESS" },
    },
    { eventName: "ObjectTagging:Put", gives: { kind: "tagged" } },
    { eventName: "ObjectTagging:Delete", gives: { kind: "untagged" } },
    { eventName: "ObjectAnnotation:Put", gives: { kind: "annotated" } },
    { eventName: "ObjectAnnotation:Delete", gives: { kind: "unannotated" } },
    { eventName: "ObjectAcl:Put", gives: { kind: "aclUpdated" } },
    { eventName: "ObjectRestore:Later", gives: { kind: "other" } },
    { eventName: "ObjectDreamt:Of", gives: { kind: "other", eventName: "ObjectDreamt:Of" } },
    { eventName: "constructor", gives: { kind: "other" } },
  ])("tells what $eventName is", async ({ eventName, more, gives }) => {
    expect(await open(s3Event([{ key: "a", eventName, more: more as never }]))).toMatchObject([gives]);
  });

  it.for([
    { raw: "a+b", gives: "a b" },
    { raw: "a%2Bb", gives: "a+b" },
    { raw: "a%20b", gives: "a b" },
    { raw: "100%25", gives: "100%" },
    { raw: "%E2%82%AC/%F0%9F%8C%B7", gives: "€/🌷" },
    { raw: "plain/key.txt", gives: "plain/key.txt" },
    { raw: "__proto__", gives: "__proto__" },
  ])("decodes the key $raw", async ({ raw, gives }) => {
    expect((await open(withRawKey(raw)))[0]?.key).toBe(gives);
  });

  it.for([
    { what: "a percent sign alone", key: "100%" },
    { what: "a percent sign before what is no number", key: "%zz" },
    { what: "bytes that are not UTF-8", key: "%FF" },
    { what: "no text", key: 5 },
    { what: "nothing", key: undefined },
  ])("refuses a key of $what, and that object only", async ({ key }) => {
    const handled = vi.fn();
    const event = { Records: [...withRawKey(key).Records, ...s3Event([{ key: "good" }]).Records] };
    const { outcomes, error } = await testing(wrap(s3(), async (object) => handled(object.key))).send(event);

    expect(outcomes).toMatchObject([{ fate: "retry", error: { code: "LAMELLA_PAYLOAD", part: "key" } }, { fate: "done" }]);
    expect(error).toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
    expect(handled.mock.calls).toEqual([["good"]]);
  });

  it("takes the test event as a success with no item", async () => {
    const { reply, outcomes, error } = await testing(handler).send(s3TestFixture);

    expect({ reply, outcomes, error }).toEqual({ reply: undefined, outcomes: [], error: undefined });
  });

  it("rejects when an object fails, after the others have run", async () => {
    const errors = [new Error("first"), new TypeError("third")];
    const handled: string[] = [];
    const failing = wrap(s3(), async ({ key }) => {
      handled.push(key);
      if (key === "1") throw errors[0];
      if (key === "3") throw errors[1];
    });

    await expect(failing(s3Event([{ key: "1" }, { key: "2" }, { key: "3" }, { key: "4" }]), context)).rejects.toMatchObject({
      code: "LAMELLA_BATCH_FAILED",
      errors,
    });
    expect(handled).toEqual(["1", "2", "3", "4"]);
  });

  it("rejects also where the handler throws undefined", async () => {
    const failing = wrap(s3(), async () => {
      throw undefined;
    });

    await expect(failing(s3Fixture, context)).rejects.toMatchObject({ code: "LAMELLA_BATCH_FAILED", errors: [undefined] });
  });

  it.for([
    { what: "final(…)", options: {}, error: final("no use") },
    { what: "onFailure: ignore", options: { onFailure: "ignore" }, error: new Error("x") },
  ] as const)("succeeds where the failure is let go by $what", async ({ options, error }) => {
    const failing = wrap(s3(options), async () => {
      throw error;
    });

    expect(await failing(s3Fixture, context)).toBeUndefined();
  });

  it("gives the whole event at once to whole", async () => {
    const seen = vi.fn();
    await wrap(whole(s3()), async ({ items }) => seen(items.map(({ key }) => key)))(s3Event([{ key: "a b" }, { key: "c" }]), context);

    expect(seen).toHaveBeenCalledWith(["a b", "c"]);
  });

  it.for([
    { what: "no bucket", record: { eventSource: "aws:s3", s3: { object: { key: "a" } } }, part: "bucket" },
    { what: "no s3", record: { eventSource: "aws:s3" }, part: "key" },
    { what: "null", record: null, part: undefined },
    { what: "a number", record: 5, part: undefined },
  ])("survives a record that is or has $what", async ({ record, part }) => {
    const { outcomes } = await testing(handler).send({ Records: [...s3Fixture.Records, record as never] });

    expect(outcomes).toMatchObject([{ fate: "done" }, { fate: "retry", error: { code: "LAMELLA_PAYLOAD", ...(part && { part }) } }]);
  });

  it("survives a record of which only the key and the bucket are there", async () => {
    const [object] = await open({ Records: [{ eventSource: "aws:s3", s3: { bucket: { name: "b" }, object: { key: "a" } } } as never] });

    expect(object).toMatchObject({
      kind: "other",
      eventName: "",
      bucketArn: "",
      region: "",
      principalId: "",
      sourceIp: undefined,
      requestId: "",
      sequencer: undefined,
      size: undefined,
    });
    expect(object?.occurredAt.getTime()).toBeNaN();
  });

  it.for([
    { eventName: "ObjectCreated:Put", member: "size" },
    { eventName: "ObjectCreated:Put", member: "eTag" },
    { eventName: "ObjectRemoved:Delete", member: "sequencer" },
    { eventName: "LifecycleTransition", member: "storageClass" },
    { eventName: "IntelligentTiering", member: "accessTier" },
  ] as const)("fails the object that reads the $member which its $eventName should have", async ({ eventName, member }) => {
    const record = { eventSource: "aws:s3", eventName, s3: { bucket: { name: "b" }, object: { key: "a" } } };
    const { outcomes } = await testing(wrap(s3(), async (object) => void object[member])).send({ Records: [record as never] });

    expect(outcomes).toMatchObject([{ error: { code: "LAMELLA_PAYLOAD", message: expect.stringContaining("is missing") } }]);
  });

  it.for([
    { event: {} },
    { event: null },
    { event: "x" },
    { event: { Records: [{ eventSource: "aws:sqs" }] } },
    { event: s3EventBridgeFixture },
  ])("refuses $event with WrongEventError", async ({ event }) => {
    await expect(handler(event as never, context)).rejects.toMatchObject({ code: "LAMELLA_WRONG_EVENT" });
  });

  it("throws at load for an option out of its range", () => {
    expect(() => s3({ concurrency: 0 })).toThrow("s3({ concurrency }) must be a whole number of 1 or more");
  });

  it("inverts what the builder makes", async () => {
    const input = fc.record({
      key: fc.string({ unit: "grapheme", minLength: 1 }),
      bucket: fc.stringMatching(/^[a-z][a-z0-9-]{2,10}$/),
      size: fc.nat(),
      eTag: fc.stringMatching(/^[0-9a-f]{32}$/),
      versionId: fc.option(fc.stringMatching(/^[\w.]{1,32}$/), { nil: undefined }),
      sequencer: fc.stringMatching(/^[0-9A-F]{16,18}$/),
      occurredAt: fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }),
    });
    await fc.assert(
      fc.asyncProperty(input, async (object) => {
        const [got] = await open(s3Event([object]));
        const { key, bucket, size, eTag, versionId, sequencer, occurredAt } = got as S3Object;

        expect({ key, bucket, size, eTag, versionId, sequencer, occurredAt }).toEqual(object);
      }),
      { numRuns: 200 },
    );
  });
});
