import { sqs } from "@lamella/events/sqs";
import { httpApi } from "@lamella/http";
import { httpApiEvent, lambdaContext, sqsEvent, testing } from "@lamella/testing";
import { describe, expect, it, vi } from "vitest";
import { direct, dispatch, layers, ready, resource, warmup, whole, wrap } from "./index.ts";

const PING = { source: "serverless-plugin-warmup" };

describe("warmup", () => {
  it.for([
    { source: "sqs()", wrapped: (work: () => void) => wrap(sqs(), warmup(), work) },
    { source: "whole(sqs())", wrapped: (work: () => void) => wrap(whole(sqs()), warmup(), work) },
    { source: "httpApi()", wrapped: (work: () => void) => wrap(httpApi(), warmup(), work) },
    { source: "direct()", wrapped: (work: () => void) => wrap(direct(), warmup(), work) },
    { source: "a preset", wrapped: (work: () => void) => wrap(sqs(), layers(warmup()), work) },
  ])("answers a ping with $source, and runs no handler", async ({ wrapped }) => {
    const work = vi.fn();

    expect(await wrapped(work)(PING as never, lambdaContext())).toBe("warmup");
    expect(work).not.toHaveBeenCalled();
  });

  it.for([
    { event: { source: "serverless-plugin-warmup" }, isPing: true },
    { event: { warmer: true, concurrency: 3 }, isPing: true },
    { event: { warmer: "true" }, isPing: false },
    { event: { source: "aws.events" }, isPing: false },
    { event: {}, isPing: false },
    { event: null, isPing: false },
    { event: "serverless-plugin-warmup", isPing: false },
  ])("takes $event for a ping: $isPing", async ({ event, isPing }) => {
    const handler = wrap(direct(), warmup(), async () => "handled");

    expect(await handler(event, lambdaContext())).toBe(isPing ? "warmup" : "handled");
  });

  it("takes for a ping what `when` says, and nothing else", async () => {
    const handler = wrap(direct(), warmup({ when: (event) => event === "wake up" }), async () => "handled");

    expect(await handler("wake up", lambdaContext())).toBe("warmup");
    expect(await handler(PING, lambdaContext())).toBe("handled");
  });

  it("leaves the source's own events to it, and refuses all others", async () => {
    const handler = wrap(sqs(), warmup(), async () => {});

    expect(await handler(sqsEvent([{ body: "a" }]), lambdaContext())).toEqual({ batchItemFailures: [] });
    await expect(handler({ Records: [] }, lambdaContext())).resolves.toBeDefined();
    await expect(handler({ source: "other" } as never, lambdaContext())).rejects.toMatchObject({ code: "LAMELLA_WRONG_EVENT" });
  });

  it("is heard by dispatch, before a source that takes everything", async () => {
    const handler = dispatch(
      wrap(sqs(), warmup(), async () => {}),
      wrap(direct(), async () => "handled"),
    );

    expect(await handler(PING, lambdaContext())).toBe("warmup");
    expect(await handler({ any: 1 }, lambdaContext())).toBe("handled");
  });

  it("makes what the layers need first, and takes the cold start", async () => {
    const init = vi.fn(() => "made");
    const handler = wrap(direct(), warmup(), resource("db", { init }), async (_event, { db }) => db);

    expect(await handler(PING, lambdaContext())).toBe("warmup");
    expect(init).toHaveBeenCalledOnce();
    expect(await handler({}, lambdaContext())).toBe("made");
    expect(init).toHaveBeenCalledOnce();
  });

  it("works in tests and behind ready", async () => {
    const handler = await ready(wrap(httpApi(), warmup(), async () => ({ ok: true })));

    const ping = await testing(handler).send(PING as never);
    const request = await testing(handler).send(httpApiEvent({ path: "/" }));

    expect(ping).toMatchObject({ reply: "warmup", outcomes: [] });
    expect(request.reply).toMatchObject({ statusCode: 200 });
  });

  it("holds a ping for as long as it is told", async () => {
    vi.useFakeTimers();
    const settled = vi.fn();

    void wrap(direct(), warmup({ holdMs: 75 }), async () => {})(PING, lambdaContext()).then(settled);
    await vi.advanceTimersByTimeAsync(74);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);

    expect(settled).toHaveBeenCalledWith("warmup");
    vi.useRealTimers();
  });

  it.for<{ options: object; says: string }>([
    { options: { when: true }, says: "warmup({ when }) must be a function" },
    { options: { holdMs: -1 }, says: "warmup({ holdMs }) must be 0 to 60,000 milliseconds, got -1" },
    { options: { holdMs: 60_001 }, says: "got 60001" },
  ])("refuses $options at load", ({ options, says }) => {
    expect(() => warmup(options)).toThrow(says);
  });
});
