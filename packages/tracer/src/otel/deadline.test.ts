import { direct, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { lambdaContext, sqsEvent } from "@lamella/testing";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { sdk, statusOf } from "../../test/otel/sdk.ts";
import { otel } from "./otel.ts";

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

const stuck = () => new Promise<void>(() => {});
const told = (exporter: ReturnType<typeof sdk>) =>
  exporter
    .getFinishedSpans()
    .map((span) => [span.attributes["lamella.delivery.index"] ?? "invocation", statusOf(span), span.attributes["error.type"]]);

describe("items that are stuck at the deadline", () => {
  it("of an unordered batch end with its error, and the reply goes out as ever", async () => {
    const exporter = sdk();
    const handler = wrap(sqs(), otel(), ({ body }) => (body === "stuck" ? stuck() : undefined));

    const reply = handler(sqsEvent([{ body: "a" }, { body: "stuck", id: "m2" }]), lambdaContext({ remainingMs: 3_000 }));
    await vi.advanceTimersByTimeAsync(2_860);

    expect(await reply).toEqual({ batchItemFailures: [{ itemIdentifier: "m2" }] });
    expect(told(exporter)).toEqual([
      [0, "UNSET", undefined],
      [1, "ERROR", "DeadlineExceededError"],
      ["invocation", "UNSET", undefined],
    ]);
  });

  it("of an ordered batch end and are exported before Lambda ends the process without a reply", async () => {
    const exporter = sdk();
    const flush = vi.fn(async () => {});
    const handler = wrap(sqs(), otel({ flush }), ({ body }, { trace }) => (body === "stuck" ? trace.span("inner", stuck) : undefined));
    const settled = vi.fn();

    const event = sqsEvent([{ body: "a" }, { body: "stuck" }], { queueName: "orders.fifo" });
    handler(event, lambdaContext({ remainingMs: 3_000 })).then(settled, settled);
    await vi.advanceTimersByTimeAsync(2_799);
    expect(told(exporter)).toEqual([[0, "UNSET", undefined]]);
    await vi.advanceTimersByTimeAsync(1);

    expect(told(exporter)).toEqual([
      [0, "UNSET", undefined],
      [1, "ERROR", "DeadlineExceededError"],
      ["invocation", "ERROR", "DeadlineExceededError"],
    ]);
    expect(flush).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(settled, "a reply would let it wake up in a later invocation").not.toHaveBeenCalled();
  });

  it("and come to an end after all change nothing that was told", async () => {
    const exporter = sdk();
    let end = (): void => {};
    const handler = wrap(sqs(), otel(), () => new Promise<void>((resolve) => (end = resolve)));

    const reply = handler(sqsEvent([{ body: "a" }], { queueName: "orders.fifo" }), lambdaContext({ remainingMs: 3_000 }));
    await vi.advanceTimersByTimeAsync(2_900);
    const before = told(exporter);
    end();
    await reply;

    expect(told(exporter)).toEqual(before);
    expect(before).toHaveLength(2);
  });

  it("alone reject as ever", async () => {
    const exporter = sdk();
    const rejected = wrap(direct(), otel(), stuck)({}, lambdaContext({ remainingMs: 3_000 })).catch((error: Error) => error.name);
    await vi.advanceTimersByTimeAsync(3_000);

    expect(await rejected).toBe("DeadlineExceededError");
    expect(told(exporter)).toEqual([["invocation", "ERROR", "DeadlineExceededError"]]);
  });

  it("leave no timer behind", async () => {
    sdk();
    const reply = wrap(sqs(), otel(), () => stuck())(sqsEvent([{ body: "a" }]), lambdaContext({ remainingMs: 3_000 })).catch(() => {});
    await vi.advanceTimersByTimeAsync(2_900);
    await reply;
    await vi.advanceTimersByTimeAsync(0);

    expect(vi.getTimerCount()).toBe(0);
  });
});

it("leaves work alone that ends after the signal and before the deadline", async () => {
  const exporter = sdk();
  const handler = wrap(direct<object, string>(), otel(), () => new Promise<string>((resolve) => setTimeout(resolve, 2_500, "done")));

  const reply = handler({}, lambdaContext({ remainingMs: 3_000 }));
  // The exporter takes its turn of the event loop.
  await vi.advanceTimersByTimeAsync(2_501);

  expect(await reply).toBe("done");
  expect(told(exporter)).toEqual([["invocation", "UNSET", undefined]]);
});
