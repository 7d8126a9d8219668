import { sqs } from "@lamella/events/sqs";
import { sqsEvent } from "@lamella/testing";
import { describe, expect, it } from "vitest";
import { context, failBad, failedIds, messages } from "../../test/messages.ts";
import { layer, wrap } from "../index.ts";

describe("a batch without order", () => {
  it("reports the messages that failed, and no others", async () => {
    expect(await wrap(sqs(), failBad)(sqsEvent(messages("a", "bad 1", "b", "bad 2")), context)).toEqual({
      batchItemFailures: [{ itemIdentifier: "bad 1" }, { itemIdentifier: "bad 2" }],
    });
  });

  it("reports nothing when all succeed, and when there is nothing", async () => {
    expect(await wrap(sqs(), failBad)(sqsEvent(messages("a", "b")), context)).toEqual({ batchItemFailures: [] });
    expect(await wrap(sqs(), failBad)({ Records: [] }, context)).toEqual({ batchItemFailures: [] });
  });

  it.for([
    { concurrency: undefined, most: 10 },
    { concurrency: 1, most: 1 },
    { concurrency: 3, most: 3 },
    { concurrency: "unbounded", most: 25 },
  ] as const)("runs $most of 25 messages at the same time with concurrency $concurrency", async ({ concurrency, most }) => {
    let running = 0;
    let seen = 0;
    const order: string[] = [];
    const handler = wrap(sqs({ concurrency }), async ({ id }) => {
      order.push(id);
      seen = Math.max(seen, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    });
    const ids = Array.from({ length: 25 }, (_, index) => String(index));

    await handler(sqsEvent(messages(...ids)), context);

    expect(seen).toBe(most);
    expect(order).toEqual(ids);
  });

  it.for([
    { thrown: undefined },
    { thrown: null },
    { thrown: "a string" },
    { thrown: 0 },
    { thrown: Object.freeze(new Error("frozen")) },
    {
      thrown: {
        toString: () => {
          throw new Error("no text");
        },
      },
    },
  ])("reports a message whose handler throws $thrown", async ({ thrown }) => {
    const handler = wrap(sqs(), async ({ id }) => {
      if (id === "bad") throw thrown;
    });

    expect(failedIds(await handler(sqsEvent(messages("bad", "a")), context))).toEqual(["bad"]);
  });

  it("reports a message whose handler throws before it returns a promise", async () => {
    const handler = wrap(sqs(), ({ id }) => {
      if (id === "bad") throw new Error("no");
    });

    expect(failedIds(await handler(sqsEvent(messages("bad", "a")), context))).toEqual(["bad"]);
  });

  it("keeps no order in a standard queue whose messages carry group ids", async () => {
    const groups = messages("bad", "a").map((message) => ({ ...message, groupId: "one" }));

    expect(failedIds(await wrap(sqs(), failBad)(sqsEvent(groups), context))).toEqual(["bad"]);
  });
});

describe("a FIFO queue", () => {
  const fifo = (...list: readonly [id: string, groupId: string][]) =>
    sqsEvent(
      list.map(([id, groupId]) => ({ id, groupId, body: "" })),
      { queueName: "q.fifo" },
    );

  it("runs the messages of a group one at a time in order, and groups side by side", async () => {
    const notes: string[] = [];
    let running = 0;
    let most = 0;
    const handler = wrap(sqs(), async ({ id }) => {
      notes.push(`${id} in`);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      notes.push(`${id} out`);
    });

    await handler(fifo(["a1", "a"], ["a2", "a"], ["b1", "b"], ["a3", "a"], ["b2", "b"]), context);

    expect(notes.filter((note) => note.startsWith("a"))).toEqual(["a1 in", "a1 out", "a2 in", "a2 out", "a3 in", "a3 out"]);
    expect(notes.filter((note) => note.startsWith("b"))).toEqual(["b1 in", "b1 out", "b2 in", "b2 out"]);
    expect(most).toBe(2);
  });

  it("reports the rest of a group unrun behind a message that failed, and goes on with the others", async () => {
    const ran: string[] = [];
    const handler = wrap(sqs(), async (message) => {
      ran.push(message.id);
      await failBad(message);
    });

    expect(failedIds(await handler(fifo(["a1", "a"], ["bad", "a"], ["b1", "b"], ["a3", "a"], ["b2", "b"], ["a4", "a"]), context))).toEqual([
      "bad",
      "a3",
      "a4",
    ]);
    expect(ran.toSorted()).toEqual(["a1", "b1", "b2", "bad"]);
  });

  it("goes on with a group behind a message that counts as done", async () => {
    const ran: string[] = [];
    const handler = wrap(sqs({ onFailure: "ignore" }), async (message) => {
      ran.push(message.id);
      await failBad(message);
    });

    expect(await handler(fifo(["bad", "a"], ["a2", "a"]), context)).toEqual({ batchItemFailures: [] });
    expect(ran).toEqual(["bad", "a2"]);
  });

  it("runs no more groups at the same time than concurrency says", async () => {
    let running = 0;
    let most = 0;
    const handler = wrap(sqs({ concurrency: 2 }), async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    });

    await handler(fifo(["a", "a"], ["b", "b"], ["c", "c"], ["a2", "a"], ["d", "d"]), context);

    expect(most).toBe(2);
  });

  it("tells the queue by its ARN also when the first record is malformed", async () => {
    const event = fifo(["bad", "a"], ["a2", "a"], ["b", "b"]);

    const outcome = wrap(sqs({ whenAllFail: "report" }), failBad)({ Records: [null as never, ...event.Records] }, context);

    // A record without an id cannot be reported, so the batch comes again; but the group kept its order.
    await expect(outcome).rejects.toMatchObject({
      code: "LAMELLA_BATCH_FAILED",
      errors: [{ name: "PayloadError" }, { message: "bad" }, { name: "NotRunError", cause: { message: "bad" } }],
    });
  });
});

describe("layers", () => {
  it("run around each message by itself", async () => {
    const seen: unknown[] = [];
    const watch = layer("watch", async ({ id }: { readonly id: string }, { delivery }, next) => {
      try {
        return await next();
      } catch (error) {
        seen.push([id, delivery, (error as Error).message]);
        throw error;
      }
    });

    await wrap(sqs(), watch, failBad)(sqsEvent(messages("a", "bad")), context);

    expect(seen).toEqual([["bad", { id: "bad", index: 1, source: "sqs", attempt: 1 }, "bad"]]);
  });
});
