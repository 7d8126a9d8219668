import { wrap } from "@lamella/core";
import { eventBridgeEvent, lambdaContext, s3Event, snsEnvelope, sqsEvent, testing } from "@lamella/testing";
import { s3EventBridgeFixture, s3Fixture, s3TestFixture } from "@lamella/testing/fixtures";
import { describe, expect, it, vi } from "vitest";
import { fromS3, fromS3EventBridge } from "./s3.ts";
import { fromSns } from "./sns.ts";
import { sqs } from "./sqs.ts";

const context = lambdaContext();

describe("fromS3", () => {
  const objects = s3Event([{ key: "a b" }, { key: "c", eventName: "ObjectRemoved:Delete" }]);

  it.for([
    { where: "a queue", body: objects, wrapped: false, gives: ["a b", "c"] },
    { where: "a topic's envelope in a queue", body: snsEnvelope({ message: objects }), wrapped: true, gives: ["a b", "c"] },
    { where: "the test event in a queue", body: s3TestFixture, wrapped: false, gives: [] },
    { where: "the test event in a topic's envelope", body: snsEnvelope({ message: s3TestFixture }), wrapped: true, gives: [] },
  ])("gives the objects of $where", async ({ body, wrapped, gives }) => {
    const seen = vi.fn();
    const source = sqs({ body: wrapped ? fromSns(fromS3()) : fromS3() });
    const { outcomes } = await testing(wrap(source, async (message) => seen(message.body.map(({ key }) => key)))).send(
      sqsEvent([{ body }]),
    );

    expect(outcomes).toMatchObject([{ fate: "done" }]);
    expect(seen).toHaveBeenCalledWith(gives);
  });

  it.for([
    {
      what: "a key that is malformed",
      body: JSON.stringify(s3Event([{ key: "a" }])).replace('"a"', '"%"'),
      says: "The key of record 0 in the body has a percent sign",
    },
    { what: "a record that is null", body: { Records: [...s3Fixture.Records, null] }, says: "The key of record 1 in the body is missing" },
    { what: "an envelope of SNS", body: snsEnvelope({ message: objects }), says: "it is in an SNS envelope, so use fromSns(…)" },
    { what: "an event of EventBridge", body: s3EventBridgeFixture, says: "it came through EventBridge, so use fromS3EventBridge()" },
    { what: "something else", body: { a: 1 }, says: "The body is no S3 event notification. Fix" },
    { what: "null", body: "null", says: "The body is no S3 event notification. Fix" },
    { what: "no JSON", body: "x", says: "is not JSON" },
    { what: "polluting keys", body: '{"Records":[{"eventSource":"aws:s3","__proto__":{}}]}', says: "__proto__" },
  ])("refuses $what", async ({ body, says }) => {
    const { outcomes } = await testing(wrap(sqs({ body: fromS3() }), async () => {})).send(sqsEvent([{ body }]));

    expect(outcomes).toMatchObject([{ error: { code: "LAMELLA_PAYLOAD", message: expect.stringContaining(says) } }]);
  });
});

describe("fromS3EventBridge", () => {
  it("gives the object in a queue", async () => {
    const seen = vi.fn();
    await wrap(sqs({ body: fromS3EventBridge() }), async ({ body }) => seen(body.kind, body.key))(
      sqsEvent([{ body: s3EventBridgeFixture }]),
      context,
    );

    expect(seen).toHaveBeenCalledWith("created", "photos/red flower + büsche.jpg");
  });

  it.for([
    { what: "a notification", body: s3Fixture, says: "it did not come through EventBridge, so use fromS3()" },
    { what: "another event", body: eventBridgeEvent({ detailType: "x", detail: {} }), says: "is no S3 event of EventBridge. Fix" },
    { what: "an object without a key", body: { ...(s3EventBridgeFixture as object), detail: {} }, says: "The key is missing" },
  ])("refuses $what", async ({ body, says }) => {
    const { outcomes } = await testing(wrap(sqs({ body: fromS3EventBridge() }), async () => {})).send(sqsEvent([{ body }]));

    expect(outcomes).toMatchObject([{ error: { code: "LAMELLA_PAYLOAD", message: expect.stringContaining(says) } }]);
  });
});
