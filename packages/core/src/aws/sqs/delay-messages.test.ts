import { layer, retryLater, whole, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { lambdaContext, sqsEvent, testing } from "@lamella/testing";
import { describe, expect, it, vi } from "vitest";
import { failedIds } from "../../../test/messages.ts";
import { context, startQueues } from "../../../test/queues.ts";
import { json, startService } from "../../../test/service.ts";

const TIMEOUT = 600;

/** Asks for what the body says: `later 30000`, `later`, `bad`, or anything that succeeds. */
async function handle(body: string): Promise<void> {
  const [what, afterMs] = body.split(" ");
  if (what === "later") throw retryLater(afterMs === undefined ? {} : { afterMs: Number(afterMs) });
  if (what === "bad") throw new Error(body);
}
const handler = wrap(sqs(), async ({ body }) => handle(body));

describe("retryLater in a queue", () => {
  it("makes a message invisible for as long as it asks, and reports it", async () => {
    const queues = await startQueues();
    await queues.create("orders");
    for (const body of ["ok", "later 30000", "later 900", "later 30900", "bad", "later 90000000", "later"])
      await queues.send("orders", body);
    const event = await queues.receive("orders");

    const reply = await handler(event, context);

    expect(await queues.visibleIn("orders")).toEqual({
      ok: TIMEOUT,
      "later 30000": 30,
      "later 900": 1,
      "later 30900": 31,
      later: TIMEOUT,
      bad: TIMEOUT,
      "later 90000000": 42_000,
    });
    const later = event.Records.filter(({ body }) => body !== "ok").map(({ messageId }) => messageId);
    expect(failedIds(reply)).toEqual(later);
    expect(vi.mocked(console.error).mock.calls.map(([, error]) => (error as Error | undefined)?.name)).not.toContain("AwsError");
  });

  it("makes it visible at once with 0", async () => {
    const queues = await startQueues();
    await queues.create("orders");
    await queues.send("orders", "later 0");

    await expect(handler(await queues.receive("orders"), context)).rejects.toMatchObject({ code: "LAMELLA_BATCH_FAILED" });

    expect((await queues.receive("orders")).Records.map(({ attributes }) => attributes.ApproximateReceiveCount)).toEqual(["2"]);
  });

  it("counts from when it was thrown", async () => {
    const queues = await startQueues();
    await queues.create("orders");
    await queues.send("orders", "message");
    const error = retryLater({ afterMs: 60_000 });
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 5_000);

    await wrap(sqs({ whenAllFail: "report" }), async () => {
      throw error;
    })(await queues.receive("orders"), context);

    expect(await queues.visibleIn("orders")).toEqual({ message: 55 });
  });

  it("delays a message of a FIFO queue", async () => {
    const queues = await startQueues();
    await queues.create("orders.fifo");
    for (const [group, body] of Object.entries({ a: "later 30000", b: "ok" }))
      await queues.send("orders.fifo", body, { MessageGroupId: group });
    const event = await queues.receive("orders.fifo");

    const reply = await handler(event, context);

    expect(await queues.visibleIn("orders.fifo")).toEqual({ "later 30000": 30, ok: TIMEOUT });
    expect(failedIds(reply)).toEqual([event.Records[0]?.messageId]);
  });

  it.for([
    { form: "one by one", handle: handler },
    {
      form: "as a whole",
      handle: wrap(whole(sqs()), async ({ items, fail }) => {
        for (const item of items) await handle(item.body).catch((error: unknown) => fail(item, error));
      }),
    },
  ])("delays the messages of a group behind it as long, which would hold it up, and no other group, $form", async ({ handle: lambda }) => {
    const { endpoint, requests } = await startService(json(200, {}));
    stubAws(endpoint);
    const groups = { a: ["done", "later 30000", "second", "third"], b: ["done", "bad", "fourth"], c: ["later 60000"] };
    const messages = Object.entries(groups).flatMap(([groupId, bodies]) => bodies.map((body) => ({ id: groupId + body, groupId, body })));
    const event = sqsEvent(messages, { queueName: "orders.fifo" });

    const reply = await lambda(event, context);

    const { Entries: entries } = JSON.parse(requests[0]?.body ?? "") as { Entries: { ReceiptHandle: string; VisibilityTimeout: number }[] };
    const bodyOf = new Map(event.Records.map(({ receiptHandle, body }) => [receiptHandle, body]));
    expect(Object.fromEntries(entries.map((entry) => [bodyOf.get(entry.ReceiptHandle), entry.VisibilityTimeout]))).toEqual({
      "later 30000": 30,
      second: 30,
      third: 30,
      "later 60000": 60,
    });
    expect(failedIds(reply)).toHaveLength(6);
  });

  it("holds for the messages of a whole batch too", async () => {
    const queues = await startQueues();
    await queues.create("orders");
    for (const body of ["ok", "later 30000"]) await queues.send("orders", body);

    await wrap(whole(sqs()), async ({ items, fail }) => {
      for (const item of items) await handle(item.body).catch((error: unknown) => fail(item, error));
    })(await queues.receive("orders"), context);

    expect(await queues.visibleIn("orders")).toEqual({ ok: TIMEOUT, "later 30000": 30 });
  });

  it("takes ten messages a call, and names each by its receipt", async () => {
    const { endpoint, requests } = await startService(json(200, { Successful: [], Failed: [] }));
    stubAws(endpoint);
    const event = sqsEvent(Array.from({ length: 25 }, (_, index) => ({ id: `m-${index}`, body: "later 1000" })));

    await expect(handler(event, context)).rejects.toMatchObject({ code: "LAMELLA_BATCH_FAILED" });

    const sent = requests.map(({ body }) => JSON.parse(body));
    expect(sent.map(({ Entries }) => Entries.length)).toEqual([10, 10, 5]);
    expect(sent.flatMap(({ Entries }) => Entries.map((entry: { ReceiptHandle: string }) => entry.ReceiptHandle))).toEqual(
      event.Records.map(({ receiptHandle }) => receiptHandle),
    );
    expect(sent[0]?.QueueUrl).toBe(`${endpoint}/123456789012/queue`);
    expect(sent[0]?.Entries[0]).toEqual({ Id: "0", ReceiptHandle: "receipt-0-1", VisibilityTimeout: 1 });
  });

  it("is told when SQS refuses, of that message alone, which is reported all the same", async () => {
    const { endpoint } = await startService(json(200, { Failed: [{ Id: "1", Code: "ReceiptHandleIsInvalid", SenderFault: true }] }));
    stubAws(endpoint);
    const { reply, told } = await run(["ok", "later 1000", "later 2000"]);

    expect(failedIds(reply)).toEqual(["m-1", "m-2"]);
    expect(told).toEqual([
      ["m-1", "RetryLaterError"],
      ["m-2", "sqs ChangeMessageVisibility failed: ReceiptHandleIsInvalid."],
      ["m-2", "RetryLaterError"],
    ]);
  });

  it("is told when the call fails, before what it was about", async () => {
    const { endpoint } = await startService(
      json(403, { __type: "AccessDenied", message: "not authorized to perform: sqs:changemessagevisibility" }),
    );
    stubAws(endpoint);
    const { reply, told } = await run(["ok", "later 1000"]);

    expect(failedIds(reply)).toEqual(["m-1"]);
    expect(told).toEqual([
      [
        "m-1",
        "sqs ChangeMessageVisibilityBatch failed: AccessDenied (status 403, request unknown). not authorized to perform: sqs:changemessagevisibility",
      ],
      ["m-1", "RetryLaterError"],
    ]);
  });

  it.for([
    { lacks: "a receipt handle", raw: { receiptHandle: undefined } },
    { lacks: "the ARN of its queue", raw: { eventSourceARN: "orders" } },
  ])("is told when a record lacks $lacks, and delays the others", async ({ raw }) => {
    const { endpoint, requests } = await startService(json(200, {}));
    stubAws(endpoint);
    const { Records: records } = sqsEvent([
      { id: "m-0", body: "later 1000" },
      { id: "m-1", body: "later 1000" },
    ]);

    const reply = await wrap(sqs({ whenAllFail: "report" }), async ({ body }) => handle(body))(
      { Records: [{ ...records[0], ...raw } as never, ...records.slice(1)] },
      context,
    );

    expect(failedIds(reply)).toEqual(["m-0", "m-1"]);
    expect(requests.map(({ body }) => JSON.parse(body).Entries.length)).toEqual([1]);
    expect(vi.mocked(console.error).mock.calls.map(([, error]) => (error as { awsCode?: string }).awsCode)).toContain("InvalidRecord");
  });

  it("does not hold up the reply beyond the deadline when SQS hangs", async () => {
    const { endpoint } = await startService(() => {});
    stubAws(endpoint);
    const lambda = lambdaContext({ remainingMs: 400 });

    const reply = await wrap(sqs({ softMs: 100, hardMs: 50, whenAllFail: "report" }), async ({ body }) => handle(body))(
      sqsEvent([{ id: "m", body: "later 1000" }]),
      lambda,
    );

    expect(failedIds(reply)).toEqual(["m"]);
    expect(lambda.getRemainingTimeInMillis()).toBeGreaterThan(0);
    expect(vi.mocked(console.error).mock.calls.map(([, error]) => (error as { awsCode?: string }).awsCode)).toContain("TimedOut");
  });

  it("is done before an ordered batch is left to its timeout", async () => {
    const stuck = wrap(sqs(), async ({ body }) => (body === "stuck" ? new Promise<void>(() => {}) : handle(body)));
    const messages = [
      { body: "later 9000", groupId: "a" },
      { body: "stuck", groupId: "b" },
    ];

    const { error, calls } = await testing(stuck).send(sqsEvent(messages, { queueName: "orders.fifo" }), { remainingMs: 500 });

    expect(error).toMatchObject({ name: "Sandbox.Timedout" });
    expect(calls.map(({ input }) => input)).toMatchObject([{ Entries: [{ Id: "0", ReceiptHandle: "receipt-0-1", VisibilityTimeout: 9 }] }]);
  });

  it("calls nothing without afterMs", async () => {
    const { endpoint, requests } = await startService(json(200, {}));
    stubAws(endpoint);

    await run(["ok", "later"]);

    expect(requests).toHaveLength(0);
  });
});

function stubAws(endpoint: string): void {
  vi.stubEnv("AWS_ENDPOINT_URL_SQS", endpoint);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
}

/** Handles messages, and gives the reply and what layers were told. */
async function run(bodies: readonly string[]): Promise<{ readonly reply: Awaited<ReturnType<typeof handler>>; readonly told: unknown[] }> {
  const told: unknown[] = [];
  const reporter = {
    ...layer("reporter", (_item, _ctx, next) => next()),
    hooks: {
      report: (failures: readonly { readonly error: unknown; readonly delivery: { readonly id: string } }[]) =>
        void told.push(
          ...failures.map(({ error, delivery }) => [
            delivery.id,
            (error as Error).name === "AwsError" ? (error as Error).message : (error as Error).name,
          ]),
        ),
    },
  };
  const reply = await wrap(sqs(), reporter, async ({ body }) => handle(body))(
    sqsEvent(bodies.map((body, index) => ({ id: `m-${index}`, body }))),
    context,
  );
  return { reply, told };
}
