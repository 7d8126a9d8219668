import { hasCode, retryLater, sendTo, wrap } from "@lamella/core";
import { kinesis } from "@lamella/events/kinesis";
import { sqs } from "@lamella/events/sqs";
import { describe, expect, it } from "vitest";
import { simulateKinesis, simulateSqs, simulateSqsFifo } from "./index.ts";
import "../matchers.ts";

const HOUR_MS = 3_600_000;
const OTHER = "https://sqs.eu-west-1.amazonaws.com/123456789012/other";

/** When each delivery of a message was handled, in milliseconds after the start. */
function later(afterMs: number, ids: readonly string[] = ["a"]) {
  const seen: [string, number][] = [];
  const asked = new Set<string>();
  const handler = wrap(sqs(), async ({ id }) => {
    seen.push([id, Date.now() - 1_769_860_800_000]);
    if (!ids.includes(id) || asked.has(id)) return;
    asked.add(id);
    throw retryLater({ afterMs });
  });
  return { handler, seen };
}

describe("retryLater in a simulation", () => {
  it.for([
    { afterMs: 0, comesAt: 0 },
    { afterMs: 1_500, comesAt: 2_000 },
    { afterMs: 29_000, comesAt: 29_000 },
    { afterMs: 31_000, comesAt: 31_000 },
    { afterMs: 2 * HOUR_MS, comesAt: 2 * HOUR_MS },
    { afterMs: 12 * HOUR_MS, comesAt: 12 * HOUR_MS - 1_200_000 },
  ])("makes a message come after $afterMs ms, whatever the queue's timeout is", async ({ afterMs, comesAt }) => {
    const { handler, seen } = later(afterMs);
    const run = await simulateSqs(handler, { messages: [{ id: "a", body: "" }], visibilityTimeoutMs: 30_000 });

    expect(seen).toEqual([
      ["a", 0],
      ["a", comesAt],
    ]);
    expect(run).toHaveLostNothing();
    expect(run.messages).toMatchObject([{ fate: "deleted", isIgnored: false, timesHandled: 1 }]);
    expect(run.timeline.of("a")).toContain(`hidden for ${comesAt / 1_000} s`);
  });

  it("holds back the group of a FIFO queue, and no other", async () => {
    const { handler, seen } = later(HOUR_MS);
    const messages = ["a", "b", "c"].map((id) => ({ id, body: id, groupId: id === "c" ? "other" : "group" }));
    const run = await simulateSqsFifo(handler, { messages });

    expect(seen.toSorted((a, b) => a[1] - b[1] || a[0].localeCompare(b[0]))).toEqual([
      ["a", 0],
      ["c", 0],
      ["a", HOUR_MS],
      ["b", HOUR_MS],
    ]);
    expect(run).toHaveKeptOrder();
    expect(run).toHaveLostNothing();
  });

  it("counts every delivery for the dead-letter queue", async () => {
    const handler = wrap(sqs(), () => Promise.reject(retryLater({ afterMs: HOUR_MS })));
    const run = await simulateSqs(handler, { messages: [{ id: "a", body: "" }], maxReceiveCount: 2 });

    expect(run.deadLettered).toMatchObject([{ id: "a", deliveries: 2 }]);
    expect(run.durationMs).toBe(2 * HOUR_MS);
  });

  it("leaves a message to the queue's own timeout where SQS refuses, and tells both", async () => {
    const { handler, seen } = later(HOUR_MS, ["a", "b"]);
    const run = await simulateSqs(handler, {
      messages: ["a", "b"].map((id) => ({ id, body: "" })),
      faults: [{ kind: "refuse-call", ids: ["a"] }],
    });

    expect(seen.filter(([id]) => id === "a")).toEqual([
      ["a", 0],
      ["a", 30_000],
    ]);
    expect(seen.findLast(([id]) => id === "b")).toEqual(["b", HOUR_MS]);
    expect(run.timeline.of("a")).toMatch(/call refused[^]*ChangeMessageVisibility/);
    expect(run).toHaveLostNothing();
  });

  it("asks nothing of a stream, which knows no delay", async () => {
    let calls = 0;
    const handler = wrap(kinesis(), async () => {
      if (++calls === 1) throw retryLater({ afterMs: HOUR_MS });
    });
    const run = await simulateKinesis(handler, { records: [{ data: "a" }] });

    expect(run.durationMs).toBeLessThan(5_000);
    expect(run).toHaveLostNothing();
  });
});

describe("the visibility of a simulated message", () => {
  /** What SQS says of a change, asked for as `retryLater` asks. */
  async function asked(change: { readonly handle?: string; readonly seconds: unknown; readonly afterMs?: number }) {
    const answers: unknown[] = [];
    const handler = async (
      { Records: [record] }: { readonly Records: readonly { readonly receiptHandle: string }[] },
      context: object,
    ): Promise<unknown> => {
      if (answers.length > 0) return {};
      if (change.afterMs !== undefined) await new Promise((resolve) => setTimeout(resolve, change.afterMs));
      const { "~awsCall": call } = context as { readonly "~awsCall": (call: object) => Promise<unknown> };
      const entry = { Id: "0", ReceiptHandle: change.handle ?? record?.receiptHandle, VisibilityTimeout: change.seconds };
      answers.push(await call({ service: "sqs", target: "AmazonSQS.ChangeMessageVisibilityBatch", input: { Entries: [entry] } }));
      throw new Error("again");
    };
    await simulateSqs(handler, { messages: [{ id: "a", body: "" }], timeoutMs: 900_000, visibilityTimeoutMs: 900_000 });
    return answers;
  }

  it.for([
    { what: "12 hours", change: { seconds: 43_200 }, code: undefined },
    { what: "more than 12 hours", change: { seconds: 43_201 }, code: "InvalidParameterValue" },
    { what: "12 hours from its receive", change: { seconds: 43_190, afterMs: 10_000 }, code: undefined },
    { what: "more than 12 hours from its receive", change: { seconds: 43_190, afterMs: 10_001 }, code: "InvalidParameterValue" },
    { what: "less than nothing", change: { seconds: -1 }, code: "InvalidParameterValue" },
    { what: "half a second", change: { seconds: 0.5 }, code: "InvalidParameterValue" },
    { what: "a handle that SQS never gave", change: { seconds: 1, handle: "other" }, code: "ReceiptHandleIsInvalid" },
  ])("may be changed to $what: $code", async ({ change, code }) => {
    const failed = code === undefined ? [] : [{ Code: code }];
    expect(await asked(change)).toMatchObject([{ Failed: failed }]);
  });
});

describe("sendTo in a simulation", () => {
  const invalid = (url: string) =>
    wrap(sqs({ onFailure: (error) => (hasCode(error, "LAMELLA_RETRY_LATER") ? "retry" : sendTo(url)) }), async ({ body }) => {
      if (body === "bad") throw new Error("no stock");
    });
  const messages = ["good", "bad"].map((body) => ({ id: body, body, groupId: "g" }));

  it("records what was sent, and calls it neither lost nor ignored", async () => {
    const run = await simulateSqs(invalid(OTHER), { messages });

    expect(run.forwarded).toMatchObject([{ id: "bad", queueUrl: OTHER, body: "bad", attributes: { "lamella.id": "bad" }, invocation: 1 }]);
    expect(run.messages).toMatchObject([
      { id: "good", fate: "deleted" },
      { id: "bad", fate: "forwarded", timesHandled: 0, isIgnored: false, deliveries: 1 },
    ]);
    expect(run.timeline.of("bad")).toContain(`to ${OTHER}`);
    expect(run).toHaveLostNothing();
  });

  it("lets a message come again that could not be sent", async () => {
    const run = await simulateSqs(invalid(OTHER), { messages, faults: [{ kind: "refuse-call", times: 2 }] });

    expect(run.messages[1]).toMatchObject({ fate: "forwarded", deliveries: 3 });
    expect(run.forwarded).toHaveLength(1);
    expect(run).toHaveLostNothing();
    expect(run).toHaveRepeatedOnlyWhatItMust();
  });

  it.for([
    { to: "a standard queue, which may get it twice", url: OTHER, arrives: 2 },
    { to: "a FIFO queue, which takes it once", url: `${OTHER}.fifo`, arrives: 1 },
  ])("sends to $to, where the reply is lost", async ({ url, arrives }) => {
    const run = await simulateSqsFifo(invalid(url), { messages: messages.slice(1), faults: [{ kind: "lose-reply", times: 1 }] });

    expect(run.forwarded).toHaveLength(arrives);
    expect(run.messages).toMatchObject([{ fate: "forwarded", deliveries: 2 }]);
    expect(run).toHaveLostNothing();
    expect(run).toHaveKeptOrder();
  });

  it("sends records of streams", async () => {
    const handler = wrap(kinesis({ onFailure: sendTo(OTHER) }), () => Promise.reject(new Error("no")));
    const run = await simulateKinesis(handler, { records: [{ data: "a", sequenceNumber: "1" }] });

    expect(run.messages).toMatchObject([{ id: "1", fate: "forwarded" }]);
    expect(run.forwarded).toMatchObject([{ id: "1" }]);
    expect(run).toHaveLostNothing();
  });
});
