import { httpApiEvent, sqsEvent } from "@lamella/testing";
import { describe, expect, it } from "vitest";
import { clients } from "./clients.ts";
import { messagesOf, run } from "./run.ts";

const timeoutMs = 1_000;

describe.for(clients)("the deadline under $of", ({ client }) => {
  it("keeps what is finished, and reports what is stuck and what was not started", async () => {
    const runtime = await run("stuck", { client, handler: "queue", timeoutMs });
    const event = sqsEvent(["quick", "slow 1", "never", "slow 2", "late"].map((body) => ({ body })));

    const { reply, error, logs, durationMs } = await runtime.invoke(event);

    expect(error).toBe(undefined);
    expect(reply).toEqual({ batchItemFailures: event.Records.slice(1).map(({ messageId }) => ({ itemIdentifier: messageId })) });
    expect(durationMs).toBeGreaterThan(600);
    expect(durationMs).toBeLessThan(timeoutMs);
    const said = messagesOf(logs);
    expect(said).toEqual(expect.arrayContaining(["quick done", "slow 1 aborted: DeadlineExceededError", "slow 2 starts"]));
    expect(said).not.toContain("late starts");
  });

  it("leaves an ordered batch to the timeout, and shuts down when the environment is reset after it", async () => {
    const runtime = await run("stuck", { client, handler: "ordered", timeoutMs });
    const event = sqsEvent([{ body: "slow 1", groupId: "a" }], { queueName: "orders.fifo" });

    const { error, logs } = await runtime.invoke(event);

    expect(error).toMatchObject({ errorType: "Sandbox.Timedout" });
    expect(messagesOf(logs)).toEqual(["slow 1 aborted: DeadlineExceededError", expect.stringContaining("[lamella] sqs"), "closed"]);
    expect((await runtime.invoke(sqsEvent([{ body: "quick" }]))).initMs).toBeGreaterThan(0);
  });

  it("ends a process at once where nothing is left that could settle: the extension's socket does not hold it", async () => {
    const runtime = await run("stuck", { client, handler: "ordered", timeoutMs: 2_000 });
    const event = sqsEvent([{ body: "never", groupId: "a" }], { queueName: "orders.fifo" });

    const { error, durationMs } = await runtime.invoke(event);

    expect(error).toMatchObject({ errorType: "Runtime.ExitError" });
    expect(durationMs).toBeLessThan(2_000);
  });

  it.for([
    { of: "a request", handler: "api", event: httpApiEvent({ path: "/never" }), reply: { statusCode: 503 }, error: undefined },
    { of: "a direct invocation", handler: "step", event: "never", reply: undefined, error: { errorType: "DeadlineExceededError" } },
  ])("answers $of that is stuck before the timeout", async ({ handler, event, reply, error }) => {
    const runtime = await run("stuck", { client, handler, timeoutMs });

    const invoked = await runtime.invoke(event);

    if (reply !== undefined) expect(invoked.reply).toMatchObject(reply);
    if (error !== undefined) expect(invoked.error).toMatchObject(error);
    expect(invoked.durationMs).toBeLessThan(timeoutMs);
  });

  it("lets abandoned work that wakes up after the freeze harm no later invocation", async () => {
    const runtime = await run("stuck", { client, handler: "queue", timeoutMs, env: { SLOW_MS: "1500" } });
    const event = sqsEvent(["slow 1", "quick"].map((body) => ({ body })));
    const { reply } = await runtime.invoke(event);
    expect(reply).toEqual({ batchItemFailures: [{ itemIdentifier: event.Records[0]?.messageId }] });
    // It stands still in the middle of the work that was given up.
    await runtime.idle();
    expect(messagesOf(runtime.logs)).not.toContain("slow 1 woke up");

    // What wakes up during this one fails, and nobody asks for it any more.
    const next = sqsEvent([{ body: "slow 2" }, { body: "quick" }]);
    const second = runtime.invoke(next, { timeoutMs: 10_000 });
    await runtime.logged("slow 1 woke up");

    expect((await second).reply).toEqual({ batchItemFailures: [{ itemIdentifier: next.Records[0]?.messageId }] });
    expect((await runtime.invoke(sqsEvent([{ body: "quick" }]))).reply).toEqual({ batchItemFailures: [] });
  });
});
