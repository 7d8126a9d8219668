import { sqs } from "@lamella/events/sqs";
import { sqsEvent } from "@lamella/testing";
import { describe, expect, it, vi } from "vitest";
import { context, failBad, failedIds, messages } from "../../test/messages.ts";
import { PayloadError, wrap } from "../index.ts";

describe("a batch in which nothing succeeds", () => {
  it("rejects, with every cause in the order of the batch and a message that names kinds and no payloads", async () => {
    const handler = wrap(sqs(), async ({ id }) => {
      throw id === "b" ? new TypeError("secret") : new Error(`secret ${id}`);
    });

    await expect(handler(sqsEvent(messages("a", "b", "c")), context)).rejects.toMatchObject({
      name: "BatchFailedError",
      code: "LAMELLA_BATCH_FAILED",
      message: "None of 3 records of sqs succeeded. Failed with: 2 × Error, TypeError. The batch comes again.",
      errors: [new Error("secret a"), new TypeError("secret"), new Error("secret c")],
      cause: new Error("secret a"),
    });
  });

  it("replies when told to report", async () => {
    expect(failedIds(await wrap(sqs({ whenAllFail: "report" }), failBad)(sqsEvent(messages("bad")), context))).toEqual(["bad"]);
  });

  it("replies when what failed counts as done", async () => {
    expect(failedIds(await wrap(sqs({ onFailure: "ignore" }), failBad)(sqsEvent(messages("bad")), context))).toEqual([]);
  });
});

describe("a malformed record", () => {
  const good = sqsEvent(messages("a", "b")).Records;
  const record = good[0] as object;

  it.for([
    { what: "null", raw: null },
    { what: "a number", raw: 5 },
    { what: "an empty object", raw: {} },
    { what: "no messageId and a handler that fails", raw: { ...record, messageId: undefined, body: "fail" } },
    { what: "an empty messageId and a handler that fails", raw: { ...record, messageId: "", body: "fail" } },
  ])("that cannot be reported ($what) makes the whole batch come again", async ({ raw }) => {
    const ran: string[] = [];
    const handler = wrap(sqs({ whenAllFail: "report" }), async ({ id, body }) => {
      ran.push(id);
      if (body === "fail") throw new Error("no");
    });

    await expect(handler({ Records: [...good, raw as never] }, context)).rejects.toMatchObject({
      code: "LAMELLA_BATCH_FAILED",
      message: expect.stringContaining("A record of sqs failed that has no identifier to report."),
    });
    expect(ran.slice(0, 2)).toEqual(["a", "b"]);
  });

  it("that is no object is not shown to onFailure", async () => {
    const onFailure = vi.fn(() => "ignore" as const);

    await expect(wrap(sqs({ onFailure }), failBad)({ Records: [...good, null as never] }, context)).rejects.toMatchObject({
      code: "LAMELLA_BATCH_FAILED",
    });
    expect(onFailure).not.toHaveBeenCalled();
  });

  it("without a messageId is no failure when it succeeds", async () => {
    expect(await wrap(sqs(), failBad)({ Records: [{ ...record, messageId: undefined } as never] }, context)).toEqual({
      batchItemFailures: [],
    });
  });

  it.for([
    { what: "no body", raw: { ...record, messageId: "x", body: undefined }, says: "The body is missing." },
    {
      what: "a body that is no text",
      raw: { ...record, messageId: "x", body: { a: 1 } },
      says: "The body is of type object, where text was expected.",
    },
  ])("with $what fails alone with a typed error", async ({ raw, says }) => {
    const errors: unknown[] = [];
    const onFailure = (error: unknown) => {
      errors.push(error);
      return "retry" as const;
    };

    expect(failedIds(await wrap(sqs({ onFailure }), failBad)({ Records: [raw as never, ...good] }, context))).toEqual(["x"]);
    expect(errors).toEqual([expect.any(PayloadError)]);
    expect((errors[0] as Error).message).toContain(says);
  });
});

describe("failures", () => {
  it("do not change the reply when what was thrown cannot be shown", async () => {
    vi.mocked(console.error).mockImplementationOnce(() => {
      throw new Error("cannot be shown");
    });

    expect(failedIds(await wrap(sqs(), failBad)(sqsEvent(messages("a", "bad")), context))).toEqual(["bad"]);
  });

  it("go to the console, the first five in full and the rest counted, when no layer reports them", async () => {
    await wrap(sqs(), failBad)(sqsEvent(messages("a", ...Array.from({ length: 8 }, (_, index) => `bad ${index}`))), context);

    expect(vi.mocked(console.error).mock.calls.map(([line]) => line)).toEqual([
      "[lamella] sqs bad 0 failed (retry):",
      "[lamella] sqs bad 1 failed (retry):",
      "[lamella] sqs bad 2 failed (retry):",
      "[lamella] sqs bad 3 failed (retry):",
      "[lamella] sqs bad 4 failed (retry):",
      "[lamella] … and 3 more",
    ]);
  });

  it("go to the layers that report, and not to the console", async () => {
    const report = vi.fn();
    const reporting = { name: "reporting", hooks: { report } };

    await wrap(sqs(), reporting, reporting, failBad)(sqsEvent(messages("a", "bad")), context);

    expect(report).toHaveBeenCalledTimes(2);
    expect(report).toHaveBeenCalledWith(
      [{ error: new Error("bad"), fate: "retry", delivery: { id: "bad", index: 1, source: "sqs", attempt: 1 } }],
      context,
    );
    expect(console.error).not.toHaveBeenCalled();
  });

  it.for([
    {
      how: "throws",
      report: () => {
        throw new Error("broken");
      },
    },
    { how: "rejects", report: async () => Promise.reject(new Error("broken")) },
  ])("do not change the reply when a layer that reports them $how", async ({ report }) => {
    expect(failedIds(await wrap(sqs(), { name: "broken", hooks: { report } }, failBad)(sqsEvent(messages("a", "bad")), context))).toEqual([
      "bad",
    ]);
    expect(console.error).toHaveBeenCalledWith("[lamella] reporting failed:", new Error("broken"));
  });
});
