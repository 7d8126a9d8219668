import { final, retryLater, whole, wrap } from "@lamella/core";
import { lambdaContext, s3BatchEvent, testing } from "@lamella/testing";
import { s3BatchFixture, s3BatchV2Fixture } from "@lamella/testing/fixtures";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type S3BatchEvent, type S3BatchTask, s3Batch } from "./s3-batch.ts";

const context = lambdaContext();

/** The items that a handler gets for an event. */
async function open(event: S3BatchEvent) {
  const items: S3BatchTask[] = [];
  await wrap(s3Batch(), async (item) => void items.push(item))(event, context);
  return items;
}

describe("s3Batch", () => {
  it("opens tasks of schema 1.0, with decoded keys", async () => {
    expect((await open(s3BatchFixture))[0]).toMatchObject({
      id: "dGFza2lkZ29lc2hlcmUK",
      key: "photos/Zürich 1+1.jpg",
      versionId: "1",
      bucket: "photos-bucket",
      bucketArn: "arn:aws:s3:::photos-bucket",
      job: { id: "f3cc4f60-61f6-4a2b-8a21-d07600c373ce", userArguments: {} },
      raw: s3BatchFixture.tasks[0],
    });
  });

  it("opens tasks of schema 2.0, with the arguments of the job", async () => {
    expect((await open(s3BatchV2Fixture))[0]).toMatchObject({
      versionId: undefined,
      bucket: "photos--use2-az1--x-s3",
      bucketArn: undefined,
      job: { userArguments: { size: "small" } },
    });
  });

  it("answers every task, with what the handler returned or threw", async () => {
    const handler = wrap(s3Batch({ onFailure: (_error, { s3Key }) => (s3Key === "ignored" ? "ignore" : "retry") }), async ({ key }) => {
      if (key === "silent") return undefined;
      if (key === "busy") throw new RangeError("too\nbusy");
      if (key === "later") throw retryLater();
      if (key === "hopeless") throw final("no such object");
      if (key === "ignored") throw new Error("never mind");
      return `did ${key}`;
    });
    const keys = ["a", "silent", "busy", "later", "hopeless", "ignored"];

    expect(await handler(s3BatchEvent(keys.map((key) => ({ key, id: key }))), context)).toEqual({
      invocationSchemaVersion: "1.0",
      treatMissingKeysAs: "TemporaryFailure",
      invocationId: "invocation-1",
      results: [
        { taskId: "a", resultCode: "Succeeded", resultString: "did a" },
        { taskId: "silent", resultCode: "Succeeded", resultString: "" },
        { taskId: "busy", resultCode: "TemporaryFailure", resultString: "RangeError: too busy" },
        { taskId: "later", resultCode: "TemporaryFailure", resultString: expect.stringContaining("RetryLaterError") },
        { taskId: "hopeless", resultCode: "PermanentFailure", resultString: "FinalError: no such object" },
        { taskId: "ignored", resultCode: "PermanentFailure", resultString: "Error: never mind" },
      ],
    });
  });

  it.for([
    { thrown: undefined, says: "thrown undefined: undefined" },
    { thrown: "text", says: "thrown string: text" },
    { thrown: new Error(""), says: "Error" },
    { thrown: {}, says: "Error" },
    { thrown: new Error("x".repeat(5_000)), says: `Error: ${"x".repeat(992)}…` },
    {
      thrown: new Proxy(
        {},
        {
          get: () => {
            throw new Error("no");
          },
        },
      ),
      says: "Error",
    },
  ])("writes what was thrown into the report: $says", async ({ thrown, says }) => {
    const handler = wrap(s3Batch(), async () => {
      throw thrown;
    });

    expect((await handler(s3BatchFixture, context)).results[0]?.resultString).toBe(says);
  });

  it("echoes the schema, and says what becomes of missing tasks as it is told", async () => {
    expect(await wrap(s3Batch({ treatMissingKeysAs: "PermanentFailure" }), async () => {})(s3BatchV2Fixture, context)).toMatchObject({
      invocationSchemaVersion: "2.0",
      treatMissingKeysAs: "PermanentFailure",
      invocationId: s3BatchV2Fixture.invocationId,
    });
  });

  it.for([
    { whenAllFail: undefined, rejects: false },
    { whenAllFail: "report" as const, rejects: false },
    { whenAllFail: "throw" as const, rejects: true },
  ])("rejects when no task succeeded only where it is told to ($whenAllFail)", async ({ whenAllFail, rejects }) => {
    const reply = wrap(s3Batch({ whenAllFail }), async () => Promise.reject(new Error("no")))(s3BatchFixture, context);

    if (rejects) await expect(reply).rejects.toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
    else expect((await reply).results[0]?.resultCode).toBe("TemporaryFailure");
  });

  it.for([
    { what: "has no key", task: { taskId: "bad" } },
    { what: "has a key that is not encoded", task: { taskId: "bad", s3Key: "100%" } },
  ])("fails only the task that $what", async ({ task }) => {
    const { reply, outcomes } = await testing(wrap(s3Batch(), async () => {})).send({
      ...s3BatchFixture,
      tasks: [task as never, ...s3BatchFixture.tasks],
    });

    expect(reply.results.map(({ resultCode }) => resultCode)).toEqual(["TemporaryFailure", "Succeeded"]);
    expect(outcomes[0]?.error).toMatchObject({ code: "LAMELLA_PAYLOAD", part: "key" });
  });

  it("fails a task whose handler returns no text", async () => {
    const { results } = await wrap(s3Batch(), async () => 1 as never)(s3BatchFixture, context);

    expect(results[0]).toMatchObject({ resultCode: "TemporaryFailure", resultString: expect.stringContaining("OutputError") });
  });

  it.for([null, { s3Key: "a" }])("rejects when a task cannot be named: %j", async (task) => {
    const event = { ...s3BatchFixture, tasks: [...s3BatchFixture.tasks, task as never] };

    await expect(wrap(s3Batch(), async () => {})(event, context)).rejects.toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
  });

  it("answers a whole batch with the list that the handler returns", async () => {
    const handler = wrap(whole(s3Batch()), async ({ items }) => items.map(({ key }) => key));

    expect((await handler(s3BatchEvent([{ key: "a b" }, { key: "c" }]), context)).results.map(({ resultString }) => resultString)).toEqual([
      "a b",
      "c",
    ]);
  });

  it.for([null, {}, { invocationSchemaVersion: "1.0" }, { tasks: [] }])("is not %j", (other) => {
    expect(s3Batch().accepts(other)).toBe(false);
  });

  it("throws at load when treatMissingKeysAs is no result", () => {
    expect(() => s3Batch({ treatMissingKeysAs: "Failed" as never })).toThrow("s3Batch({ treatMissingKeysAs }) must be");
  });

  it("inverts what the builder makes of a task", async () => {
    const input = fc.record({
      key: fc.string({ unit: "grapheme" }),
      id: fc.uuid(),
      bucket: fc.stringMatching(/^[a-z]{3,8}$/),
      versionId: fc.uuid(),
    });
    await fc.assert(
      fc.asyncProperty(input, fc.constantFrom(undefined, { a: "b" }), async (task, userArguments) => {
        const [got] = await open(s3BatchEvent([task], { userArguments }));

        const { key, id, bucket, versionId, job } = got as S3BatchTask;
        expect({ key, id, bucket, versionId }).toEqual(task);
        expect(job.userArguments).toEqual(userArguments ?? {});
      }),
      { numRuns: 100 },
    );
  });
});
