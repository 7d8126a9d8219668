import { sqs } from "@lamella/events/sqs";
import { sqsEvent } from "@lamella/testing";
import type { SQSRecord } from "aws-lambda";
import { describe, expect, it, vi } from "vitest";
import { context, failBad, failedIds, messages } from "../../test/messages.ts";
import { type BatchOptions, final, retryLater, wrap } from "../index.ts";

describe("the verdict", () => {
  const reply = async (options: BatchOptions<SQSRecord>, ...ids: string[]) =>
    failedIds(
      await wrap(sqs(options), async ({ id }) => {
        if (id === "final") throw final("no use");
        if (id === "later") throw retryLater({ afterMs: 1_000 });
        await failBad({ id });
      })(sqsEvent(messages("ok", ...ids)), context),
    );

  const throws = (): never => {
    throw new Error("no verdict");
  };
  const says =
    <V>(verdict: V) =>
    () =>
      verdict;
  it.for<{ onFailure: BatchOptions<SQSRecord>["onFailure"]; reports: string[] }>([
    { onFailure: undefined, reports: ["bad", "later"] },
    { onFailure: "retry", reports: ["bad", "later"] },
    { onFailure: "ignore", reports: ["later"] },
    { onFailure: says("retry"), reports: ["bad", "later"] },
    { onFailure: async () => "ignore" as const, reports: ["later"] },
    { onFailure: says(undefined as never), reports: ["bad", "later"] },
    { onFailure: throws, reports: ["bad", "final", "later"] },
  ])("reports $reports with onFailure $onFailure", async ({ onFailure, reports }) => {
    expect(await reply({ onFailure }, "bad", "final", "later")).toEqual(reports);
  });

  it("asks onFailure with the error and the raw record, about final failures too, and not about those that ask to come later", async () => {
    const asked: unknown[] = [];
    const ask = (error: unknown, raw: { readonly messageId: string }): "retry" => {
      asked.push([raw.messageId, (error as Error).name]);
      return "retry";
    };

    await reply({ onFailure: ask }, "bad", "final", "later");

    expect(new Map(asked as [string, string][])).toEqual(
      new Map([
        ["bad", "Error"],
        ["final", "FinalError"],
      ]),
    );
  });

  it("tells of an onFailure that throws, and of the failure that it was asked about", async () => {
    const cause = new Error("no verdict");

    await reply(
      {
        onFailure: () => {
          throw cause;
        },
      },
      "bad",
    );

    expect(vi.mocked(console.error).mock.calls.map(([, error]) => error)).toEqual([cause, expect.objectContaining({ message: "bad" })]);
  });

  it("knows a verdict by its code, so that two copies of the package agree", async () => {
    const handler = wrap(sqs(), async ({ id }) => {
      if (id === "final") throw Object.assign(new Error("of another copy"), { code: "LAMELLA_FINAL" });
    });

    expect(failedIds(await handler(sqsEvent(messages("ok", "final")), context))).toEqual([]);
  });
});
