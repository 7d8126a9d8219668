import { sqs } from "@lamella/events/sqs";
import { describe, expect, it } from "vitest";
import { final, retryLater } from "../index.ts";

describe("the options", () => {
  it.for([
    {
      options: { concurrency: 0 },
      type: RangeError,
      says: 'sqs({ concurrency }) must be a whole number of 1 or more, or "unbounded", got 0',
    },
    { options: { concurrency: 1.5 }, type: RangeError, says: "got 1.5" },
    { options: { concurrency: "10" }, type: RangeError, says: "got 10" },
    { options: { onFailure: "skip" }, type: TypeError, says: 'sqs({ onFailure }) must be "retry" or "ignore", got "skip"' },
    { options: { whenAllFail: "ignore" }, type: TypeError, says: 'sqs({ whenAllFail }) must be "throw" or "report", got "ignore"' },
    { options: { onStuck: true }, type: TypeError, says: 'sqs({ onStuck }) must be "report" or "timeout", got true' },
    { options: { hardMs: -1 }, type: RangeError, says: "sqs({ hardMs }) must be 0 or more" },
    {
      options: { body: 5 },
      type: TypeError,
      says: "sqs({ body }) must be a codec or a Standard Schema (Zod, Valibot, ArkType, …), got number",
    },
    { options: { body: null }, type: TypeError, says: "got null" },
  ])("throw at load with $options", ({ options, type, says }) => {
    expect(() => sqs(options as never)).toThrow(type);
    expect(() => sqs(options as never)).toThrow(says);
  });

  it.for([{ afterMs: -1 }, { afterMs: Number.NaN }, { afterMs: Infinity }])(
    "of retryLater are refused when they are $afterMs",
    (options) => {
      expect(() => retryLater(options)).toThrow(RangeError);
    },
  );

  it("of final keep the reason as the cause", () => {
    const cause = new Error("no use");

    expect(final(cause)).toMatchObject({ name: "FinalError", message: "no use", cause });
    expect(final("no use")).not.toHaveProperty("cause");
    expect(final({ a: 1 })).toMatchObject({ cause: { a: 1 } });
  });
});
