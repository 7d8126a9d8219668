import { sqs } from "@lamella/events/sqs";
import { lambdaContext, sqsEvent } from "@lamella/testing";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { direct, layer, type Whole, whole, wrap } from "../index.ts";

const context = lambdaContext();
const Order = z.object({ id: z.string() });
const failedIds = ({ batchItemFailures }: { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] }) =>
  batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
const orders = (...ids: string[]) => sqsEvent(ids.map((id) => ({ id, body: id.startsWith("bad") ? "no JSON" : { id } })));
const fifo = (...list: readonly [id: string, groupId: string][]) =>
  sqsEvent(
    list.map(([id, groupId]) => ({ id, groupId, body: id.startsWith("bad") ? "no JSON" : { id } })),
    { queueName: "q.fifo" },
  );
/** Fails the items of these ids. */
const failing =
  (...ids: string[]) =>
  async ({ items, fail }: Whole<{ readonly id: string }>) => {
    for (const item of items) if (ids.includes(item.id)) fail(item, new Error(`failed ${item.id}`));
  };

describe("whole", () => {
  it("gives the handler all items at once, with their payloads", async () => {
    const seen: unknown[] = [];
    const handler = wrap(
      whole(sqs({ body: Order })),
      async ({ items }, { delivery }) =>
        void seen.push(
          items.map(({ body }) => body.id),
          delivery,
        ),
    );

    expect(await handler(orders("a", "b"), context)).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual([["a", "b"], { id: context.awsRequestId, index: 0, source: "sqs", attempt: undefined }]);
  });

  it("reports the items that the handler says failed, the first error of each", async () => {
    const report = vi.fn();
    const handler = wrap(whole(sqs({ body: Order })), { name: "reporting", hooks: { report } }, async ({ items, fail }) => {
      fail(items[1] as never, new Error("first"));
      fail(items[1] as never, new Error("second"));
    });

    expect(failedIds(await handler(orders("a", "b", "c"), context))).toEqual(["b"]);
    expect(report).toHaveBeenCalledWith(
      [expect.objectContaining({ error: new Error("first"), delivery: expect.objectContaining({ id: "b", index: 1 }) })],
      context,
    );
  });

  it("refuses to fail what is no item of the batch", async () => {
    const handler = wrap(whole(sqs()), async ({ fail }) => fail({} as never, new Error("no")));

    await expect(handler(orders("a"), context)).rejects.toMatchObject({
      errors: [new TypeError("fail(item, error) must have an item of this batch")],
    });
  });

  it("sets payloads apart that do not fit, and does not run the handler when nothing is left", async () => {
    const inner = vi.fn(failing());
    const handler = wrap(whole(sqs({ body: Order, whenAllFail: "report" })), inner);

    expect(failedIds(await handler(orders("bad 1", "a", "bad 2"), context))).toEqual(["bad 1", "bad 2"]);
    expect(inner.mock.calls[0]?.[0].items.map(({ id }) => id)).toEqual(["a"]);
    expect(failedIds(await handler(orders("bad 1", "bad 2"), context))).toEqual(["bad 1", "bad 2"]);
    expect(inner).toHaveBeenCalledTimes(1);
  });

  it("fails everything that fits when the handler throws", async () => {
    const handler = wrap(whole(sqs({ body: Order })), async () => Promise.reject(new Error("down")));

    await expect(handler(orders("a", "bad", "b"), context)).rejects.toMatchObject({
      code: "LAMELLA_BATCH_FAILED",
      errors: [new Error("down"), expect.objectContaining({ code: "LAMELLA_PAYLOAD" }), new Error("down")],
    });
  });

  it("asks onFailure about each item", async () => {
    const onFailure = vi.fn((_error: unknown, { messageId }: { readonly messageId: string }) =>
      messageId === "a" ? ("ignore" as const) : ("retry" as const),
    );

    expect(failedIds(await wrap(whole(sqs({ body: Order, onFailure })), failing("a", "b"))(orders("a", "b", "bad"), context))).toEqual([
      "b",
      "bad",
    ]);
    expect(onFailure).toHaveBeenCalledTimes(3);
  });

  it.for([
    {
      what: "an invalid payload",
      event: fifo(["a1", "a"], ["bad", "a"], ["b1", "b"], ["a3", "a"]),
      fails: [],
      gets: ["a1", "b1"],
      reports: ["bad", "a3"],
    },
    {
      what: "a failed item",
      event: fifo(["a1", "a"], ["a2", "a"], ["b1", "b"], ["a3", "a"]),
      fails: ["a2"],
      gets: ["a1", "a2", "b1", "a3"],
      reports: ["a2", "a3"],
    },
    {
      what: "both",
      event: fifo(["a1", "a"], ["a2", "a"], ["bad", "a"], ["b1", "b"], ["a4", "a"]),
      fails: ["a1"],
      gets: ["a1", "a2", "b1"],
      reports: ["a1", "a2", "bad", "a4"],
    },
  ])("makes the rest of a FIFO group come again behind $what", async ({ event, fails, gets, reports }) => {
    const inner = vi.fn(failing(...fails));

    expect(failedIds(await wrap(whole(sqs({ body: Order })), inner)(event, context))).toEqual(reports);
    expect(inner.mock.calls[0]?.[0].items.map(({ id }) => id)).toEqual(gets);
  });

  it("goes on with a FIFO group behind an invalid payload that counts as done", async () => {
    const inner = vi.fn(failing());

    expect(
      failedIds(await wrap(whole(sqs({ body: Order, onFailure: "ignore" })), inner)(fifo(["bad", "a"], ["a2", "a"]), context)),
    ).toEqual([]);
    expect(inner.mock.calls[0]?.[0].items.map(({ id }) => id)).toEqual(["a2"]);
  });

  it("runs the layers once around the batch, and decodes inside of them", async () => {
    const notes: string[] = [];
    const watch = layer("watch", async ({ items }: Whole<{ readonly id: string }>, _ctx, next) => {
      notes.push(`in ${items.length}`);
      return next().finally(() => notes.push("out"));
    });

    await wrap(
      whole(sqs({ body: Order })),
      watch,
      async ({ items }) => void notes.push(`handler ${items.length}`),
    )(orders("a", "bad"), context);

    expect(notes).toEqual(["in 2", "handler 1", "out"]);
  });

  it("takes records that are no objects, and makes the batch come again because they have no id", async () => {
    const inner = vi.fn(failing());

    await expect(
      wrap(whole(sqs({ body: Order })), inner)({ Records: [...orders("a").Records, null as never] }, context),
    ).rejects.toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
    expect(inner.mock.calls[0]?.[0].items).toHaveLength(1);
  });

  it("does not run the handler for an empty batch", async () => {
    const inner = vi.fn(failing());

    expect(await wrap(whole(sqs()), inner)({ Records: [] }, context)).toEqual({ batchItemFailures: [] });
    expect(inner).not.toHaveBeenCalled();
  });

  it("throws at load for a source that has no batches", () => {
    expect(() => whole(direct() as never)).toThrow("whole(source) must have a source of batches, such as sqs(); direct has none");
  });
});
