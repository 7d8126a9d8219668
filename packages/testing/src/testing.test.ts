import { direct, dispatch, layer, retryLater, sendTo, whole, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { httpApiEvent, LambdaTimeoutError, lambdaContext, sqsEvent, testing } from "./index.ts";

const Order = z.object({ id: z.string() });
const db = layer("db", async (_item, _ctx, next) => next({ db: "real" }));
const worker = wrap(sqs({ body: Order }), db, async ({ body }, ctx) => {
  if (body.id !== ctx.db) throw new Error(`${body.id} is not ${ctx.db}`);
});

afterEach(() => {
  vi.useRealTimers();
});

describe("testing", () => {
  it("gives the reply, and what each item came to, errors included", async () => {
    const { reply, outcomes, error } = await testing(worker).send(
      sqsEvent([
        { id: "a", body: { id: "real" } },
        { id: "b", body: { id: "x" } },
        { id: "c", body: "no JSON" },
      ]),
    );

    expect(reply).toEqual({ batchItemFailures: [{ itemIdentifier: "b" }, { itemIdentifier: "c" }] });
    expect(outcomes).toMatchObject([
      { delivery: { id: "a", index: 0 }, fate: "done" },
      { delivery: { id: "b", index: 1 }, fate: "retry", error: new Error("x is not real") },
      { delivery: { id: "c", index: 2 }, fate: "retry", error: { code: "LAMELLA_PAYLOAD" } },
    ]);
    expect(error).toBeUndefined();
  });

  it("shows what was asked of AWS, and sends it nowhere", async () => {
    const onFailure = sendTo("https://sqs.eu-west-1.amazonaws.com/123456789012/failed");
    const handler = wrap(sqs({ onFailure }), async ({ id }) => {
      throw id === "a" ? retryLater({ afterMs: 1_500 }) : new Error(id);
    });
    const tester = testing(handler);

    const { outcomes, calls } = await tester.send(
      sqsEvent([
        { id: "a", body: "x" },
        { id: "b", body: "y" },
      ]),
    );

    expect(outcomes.map(({ fate }) => fate)).toEqual(["retry", "ignore"]);
    expect(calls).toMatchObject([
      { service: "sqs", target: "AmazonSQS.SendMessage", input: { MessageBody: "y" } },
      { service: "sqs", target: "AmazonSQS.ChangeMessageVisibilityBatch", input: { Entries: [{ VisibilityTimeout: 2 }] } },
    ]);
    expect((await tester.send(sqsEvent([]))).calls).toEqual([]);
  });

  it.for([
    { by: "the value of its member", replacement: "fake" },
    { by: "another layer", replacement: layer("other", async (_item, _ctx, next) => next({ db: "fake" })) },
  ])("replaces a layer of a name by $by", async ({ replacement }) => {
    const { outcomes } = await testing(worker, { db: replacement }).send(sqsEvent([{ body: { id: "fake" } }]));

    expect(outcomes).toMatchObject([{ fate: "done" }]);
  });

  it("leaves the handler itself as it is", async () => {
    testing(worker, { db: "fake" });

    expect(await worker(sqsEvent([{ body: { id: "real" } }]), lambdaContext())).toEqual({ batchItemFailures: [] });
  });

  it("gives the error of an invocation that rejects, and throws it where the reply is read", async () => {
    const sent = await testing(wrap(direct(), async () => Promise.reject(new TypeError("no")))).send({});

    expect(sent.error).toEqual(new TypeError("no"));
    expect(sent.outcomes).toMatchObject([{ fate: "rejected", error: new TypeError("no") }]);
    expect(() => sent.reply).toThrow("no");
  });

  it("tells also when what was thrown is undefined", async () => {
    const sent = await testing(wrap(direct(), async () => Promise.reject(undefined))).send({});

    expect(() => sent.reply).toThrow();
  });

  it("runs an invocation that does not reply into Lambda's timeout, and everything in it comes again", async () => {
    vi.useFakeTimers();
    const sent = testing(wrap(sqs(), ({ id }) => (id === "stuck" ? new Promise(() => {}) : undefined))).send(
      sqsEvent(
        [
          { id: "stuck", body: "" },
          { id: "done", body: "", groupId: "b" },
        ],
        { queueName: "q.fifo" },
      ),
      { remainingMs: 3_000 },
    );
    await vi.advanceTimersByTimeAsync(3_000);

    const { error, outcomes } = await sent;
    expect(error).toEqual(new LambdaTimeoutError(3_000));
    expect(String(error)).toBe("Sandbox.Timedout: Task timed out after 3.00 seconds");
    expect(outcomes).toMatchObject([
      { fate: "retry", error: { code: "LAMELLA_DEADLINE_EXCEEDED" } },
      { fate: "retry", error: { name: "Sandbox.Timedout" } },
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("tells what each item of a whole batch came to", async () => {
    const bulk = wrap(whole(sqs({ body: Order })), async ({ items, fail }) => fail(items[1] as never, new Error("no")));

    expect(
      (await testing(bulk).send(sqsEvent([{ body: { id: "1" } }, { body: { id: "2" } }, { body: "" }]))).outcomes.map(({ fate }) => fate),
    ).toEqual(["done", "retry", "retry"]);
  });

  it("gives the entries of layers that can be recorded, and only those of this event", async () => {
    const note = (write: (entry: object) => void) =>
      layer("note", async ({ id }: { readonly id: string }, _ctx, next) => {
        write({ note: id });
        return next();
      });
    const written = vi.fn();
    const recordable = {
      name: "note",
      hooks: {
        ...note(written).hooks,
        recorded: (record: (entry: Readonly<Record<string, unknown>>) => void) => note((entry) => record({ ...entry })),
      },
    };
    const { send } = testing(wrap(sqs(), recordable, async () => {}));

    const [one, two] = await Promise.all([send(sqsEvent([{ id: "1", body: "" }])), send(sqsEvent([{ id: "2", body: "" }]))]);

    expect([one.logs, two.logs]).toEqual([[{ note: "1" }], [{ note: "2" }]]);
    expect(written).not.toHaveBeenCalled();
  });

  it("runs handlers that dispatch made", async () => {
    const { send } = testing(
      dispatch(
        worker,
        wrap(direct<{ n: number }, number>(), async ({ n }) => n),
      ),
      { db: "fake" },
    );

    expect((await send({ n: 5 })).reply).toBe(5);
    expect((await send(sqsEvent([{ body: { id: "fake" } }]))).outcomes).toMatchObject([{ fate: "done" }]);
  });

  it("gives an event that no source accepts as an error of that source", async () => {
    const { error, outcomes } = await testing(worker).send(httpApiEvent() as never);

    expect(error).toMatchObject({ code: "LAMELLA_WRONG_EVENT", message: expect.stringMatching(/^sqs expects/) });
    expect(outcomes).toEqual([]);
  });

  it.for([
    {
      wrong: "a name that no layer has",
      make: () => testing(worker, { bd: 1 }),
      says: "testing(handler, { bd }) must name a layer of the handler; it has db",
    },
    {
      wrong: "a handler that wrap did not make",
      make: () => testing(async () => {}),
      says: "must have a handler that wrap(…) or dispatch(…) made",
    },
  ])("throws for $wrong", ({ make, says }) => {
    expect(make).toThrow(says);
  });
});

describe("lambdaContext", () => {
  it("runs down with the clock, and not below 0", () => {
    vi.useFakeTimers();
    const context = lambdaContext({ remainingMs: 1_000 });

    vi.advanceTimersByTime(400);
    expect(context.getRemainingTimeInMillis()).toBe(600);
    vi.advanceTimersByTime(1_000);
    expect(context.getRemainingTimeInMillis()).toBe(0);
  });

  it("says what the test says", () => {
    expect(lambdaContext({ functionName: "orders", tenantId: "t", xRayTraceId: "x", awsRequestId: "r" })).toMatchObject({
      functionName: "orders",
      invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:orders",
      awsRequestId: "r",
      tenantId: "t",
      xRayTraceId: "x",
    });
    expect("tenantId" in lambdaContext()).toBe(false);
  });

  it.for([{ remainingMs: -1 }, { remainingMs: Number.NaN }])("refuses $remainingMs ms", (options) => {
    expect(() => lambdaContext(options)).toThrow(RangeError);
  });
});
