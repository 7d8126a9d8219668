import { httpApiEvent, sqsEvent } from "@lamella/testing";
import { describe, expect, it } from "vitest";
import { clients } from "./clients.ts";
import { type Format, messagesOf, run } from "./run.ts";

const formats: readonly Format[] = ["esm", "cjs"];
const table = clients.flatMap(({ of, client }) => formats.map((format) => ({ of, client, format })));

describe.for(table)("a bundle in $format under $of", ({ client, format }) => {
  it("takes orders from a queue, and reports those that failed", async () => {
    const runtime = await run("orders-queue", { client, format });
    const bodies = [{ id: "a", quantity: 1 }, { id: "b", quantity: 0 }, { id: "c" }];
    const event = sqsEvent(bodies.map((body) => ({ body })));

    const { reply, error, logs } = await runtime.invoke(event);

    expect(error).toBe(undefined);
    expect(reply).toEqual({ batchItemFailures: [1, 2].map((index) => ({ itemIdentifier: event.Records[index]?.messageId })) });
    expect(messagesOf(logs)).toContain("reserved a");
    expect(messagesOf(logs).filter((message) => message.startsWith("[lamella] sqs"))).toHaveLength(2);
  });

  it("rejects where all orders failed, by the name of the error", async () => {
    const runtime = await run("orders-queue", { client, format });

    const { error } = await runtime.invoke(sqsEvent([{ body: { id: "b", quantity: 0 } }]));

    expect(error).toMatchObject({
      errorType: "BatchFailedError",
      errorMessage: expect.stringContaining("None of 1 records of sqs succeeded"),
    });
  });

  it("answers requests", async () => {
    const runtime = await run("orders-api", { client, format });
    const post = (body: unknown) =>
      runtime.invoke<Readonly<Record<string, unknown>>>(httpApiEvent({ method: "POST", path: "/orders", body }));

    const created = await post({ id: "a", quantity: 2 });
    expect(created.reply).toMatchObject({ statusCode: 201, headers: { "x-cold": "true", "x-request": created.requestId } });
    expect(JSON.parse(String(created.reply?.["body"]))).toEqual({ id: "a", quantity: 2 });
    expect((await post({ id: "a" })).reply).toMatchObject({ statusCode: 400 });
    const failed = await post({ id: "a", quantity: 0 });
    expect(failed.reply).toMatchObject({ statusCode: 500, body: expect.not.stringContaining("secret") });
    expect(failed.logs.join("\n")).toContain("that is a secret");
    expect((await post({ id: "a", quantity: 2 })).reply).toMatchObject({ headers: { "x-cold": "false" } });
  });

  it("rejects an event of another service", async () => {
    const runtime = await run("orders-queue", { client, format });

    expect((await runtime.invoke(httpApiEvent({}))).error).toMatchObject({ errorType: "WrongEventError" });
  });
});
