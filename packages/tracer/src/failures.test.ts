import { setImmediate } from "node:timers/promises";
import { direct, final, wrap } from "@lamella/core";
import { kinesis } from "@lamella/events/kinesis";
import { sqs } from "@lamella/events/sqs";
import { kinesisEvent, sqsEvent } from "@lamella/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { treesOf } from "../test/daemon.ts";
import { PARENT, tracedContext, useXRay } from "../test/x-ray.ts";
import { tracer } from "./tracer.ts";

const xray = useXRay();

beforeEach(() => {
  // Where failures go that no layer reports.
  vi.spyOn(console, "error").mockImplementation(() => {});
});

describe("a failure", () => {
  it("is noted on the item, and referred to on the invocation that rejects with it", async () => {
    const error = new TypeError("no stock");
    const handler = wrap(direct(), tracer(), () => {
      throw error;
    });

    await expect(handler({}, tracedContext())).rejects.toBe(error);

    const [invocation] = treesOf(await xray().received(2), PARENT);
    const [item] = invocation?.children ?? [];
    expect(item).toMatchObject({ fault: true, cause: { exceptions: [{ message: "no stock", type: "TypeError" }] } });
    expect(invocation).toMatchObject({ fault: true, cause: { id: item?.id } });
  });

  it("is noted where it happened, and referred to further out", async () => {
    const handler = wrap(direct(), tracer(), (_event, { trace }) =>
      trace.span("reserve", async () => {
        throw new Error("no stock");
      }),
    );

    await handler({}, tracedContext()).catch(() => {});

    const [item] = treesOf(await xray().received(3), PARENT)[0]?.children ?? [];
    expect(item?.children[0]?.cause?.exceptions).toHaveLength(1);
    expect(item?.cause).toEqual({ id: item?.children[0]?.id, exceptions: [] });
  });

  it("of one message is none of the others'", async () => {
    const handler = wrap(sqs(), tracer(), ({ body }) => {
      if (body === "b") throw new Error("no stock");
    });

    await handler(sqsEvent([{ body: "a" }, { body: "b" }, { body: "c" }]), tracedContext());

    const [invocation] = treesOf(await xray().received(4), PARENT);
    expect(invocation?.children.map(({ fault }) => fault)).toEqual([undefined, true, undefined]);
    expect(invocation).not.toHaveProperty("fault");
  });

  it("of all messages is the invocation's", async () => {
    const handler = wrap(sqs(), tracer(), () => {
      throw new Error("no stock");
    });

    await handler(sqsEvent([{ body: "a" }, { body: "b" }]), tracedContext()).catch(() => {});

    const [invocation] = treesOf(await xray().received(3), PARENT);
    expect(invocation).toMatchObject({ fault: true, cause: { exceptions: [{ type: "BatchFailedError" }] } });
  });

  it.for([
    { that: "is final", options: {}, error: () => final("of no use") },
    { that: "is ignored", options: { onFailure: () => "ignore" as const }, error: () => new Error("of no use") },
  ])("that $that is noted on its item alone", async ({ options, error }) => {
    const handler = wrap(sqs(options), tracer(), () => {
      throw error();
    });

    expect(await handler(sqsEvent([{ body: "a" }]), tracedContext())).toEqual({ batchItemFailures: [] });

    const [invocation] = treesOf(await xray().received(2), PARENT);
    expect(invocation?.children[0]).toMatchObject({ fault: true });
    expect(invocation).not.toHaveProperty("fault");
  });

  it("that says of itself that nothing is wrong is no fault", async () => {
    const handler = wrap(sqs({ whenAllFail: "report" }), tracer(), () => {
      throw Object.assign(new Error("another run is at it"), { "~level": "info" });
    });

    await handler(sqsEvent([{ body: "a" }]), tracedContext());

    const [item] = treesOf(await xray().received(2), PARENT)[0]?.children ?? [];
    expect(item).toMatchObject({ error: true });
    expect(item).not.toHaveProperty("fault");
    expect(item).not.toHaveProperty("cause");
  });

  it("is a flag and no more where Powertools is told not to capture errors", async () => {
    vi.stubEnv("POWERTOOLS_TRACER_CAPTURE_ERROR", "false");
    const handler = wrap(direct(), tracer(), () => {
      throw new Error("secret");
    });

    await handler({}, tracedContext()).catch(() => {});

    const documents = await xray().received(2);
    expect(documents.map(({ fault }) => fault)).toEqual([true, true]);
    expect(JSON.stringify(documents)).not.toContain("secret");
  });

  it.for([{ thrown: undefined }, { thrown: null }, { thrown: 42 }, { thrown: "text" }])(
    "is seen though $thrown is what is thrown",
    async ({ thrown }) => {
      const handler = wrap(direct(), tracer(), () => {
        throw thrown;
      });

      await handler({}, tracedContext()).catch(() => {});

      expect((await xray().received(2)).map(({ fault }) => fault)).toEqual([true, true]);
    },
  );
});

describe("the deadline", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));

  const stuck = (): Promise<never> => new Promise(() => {});

  it("closes the spans of an item that is stuck, and says that it was", async () => {
    const handler = wrap(sqs(), tracer(), async ({ body }, { trace }) => {
      if (body === "stuck") await trace.span("outer", () => trace.span("inner", stuck));
    });

    const reply = handler(sqsEvent([{ body: "a" }, { body: "stuck" }]), tracedContext(undefined, 3_000));
    await vi.advanceTimersByTimeAsync(2_900);
    expect((await reply).batchItemFailures).toHaveLength(1);

    const documents = (await xray().received(8)).filter(({ in_progress }) => in_progress !== true);
    const [invocation] = treesOf(documents, PARENT);
    const [done, item] = invocation?.children ?? [];
    expect(done).not.toHaveProperty("fault");
    expect(item).toMatchObject({ fault: true, cause: { exceptions: [{ type: "DeadlineExceededError" }] } });
    expect(item?.children).toMatchObject([{ name: "outer", fault: true, children: [{ name: "inner", fault: true }] }]);
    expect(invocation).toHaveProperty("end_time");
    vi.useRealTimers();
  });

  it("sends what is open before Lambda kills the process, as with a stuck record of a stream", async () => {
    const handler = wrap(kinesis(), tracer(), async (_record, { trace }) => trace.span("call", stuck));

    void handler(kinesisEvent([{ data: "a" }]), tracedContext(undefined, 3_000));
    await setImmediate();
    await vi.advanceTimersByTimeAsync(2_900);

    const documents = await xray().received(3);
    expect(documents).toHaveLength(3);
    expect(documents.every(({ in_progress, end_time }) => in_progress === true && end_time === undefined)).toBe(true);
    expect(treesOf(documents, PARENT)).toMatchObject([
      { name: "## index.handler", children: [{ name: "kinesis", children: [{ name: "call" }] }] },
    ]);
    vi.useRealTimers();
  });

  it("lets late work of one invocation turn up in no other's trace", async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const handler = wrap(direct<string>(), tracer(), async (event, { trace }) => {
      if (event !== "slow") return;
      await held;
      await trace.span("late", () => Promise.resolve());
    });

    const slow = handler("slow", tracedContext(undefined, 3_000)).catch(() => "gave up");
    await vi.advanceTimersByTimeAsync(2_900);
    expect(await slow).toBe("gave up");
    const next = tracedContext("Root=1-5759e989-bd862e3fe1be46a994272793;Parent=1111111111111111;Sampled=1", 30_000);
    release();
    await handler("fast", next);

    const documents = await xray().received(6);
    expect(documents.map(({ name }) => name)).not.toContain("late");
    expect(treesOf(documents, "1111111111111111")).toHaveLength(1);
    vi.useRealTimers();
  });
});
