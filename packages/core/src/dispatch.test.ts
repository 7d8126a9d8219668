import { sqs } from "@lamella/events/sqs";
import { lambdaContext, sqsEvent } from "@lamella/testing";
import { describe, expect, it } from "vitest";
import { direct, dispatch, wrap } from "./index.ts";

const context = lambdaContext();
const queue = wrap(sqs(), async () => {});
const any = wrap(direct<{ n: number }, number>(), async ({ n }) => n);

describe("dispatch", () => {
  it("gives each event to the first handler whose source accepts it", async () => {
    const handler = dispatch(queue, any);

    expect(await handler(sqsEvent([{ body: "" }]), context)).toEqual({ batchItemFailures: [] });
    expect(await handler({ n: 5 }, context)).toBe(5);
    expect(handler).toHaveLength(2);
  });

  it("takes handlers that dispatch made", async () => {
    expect(await dispatch(dispatch(queue), any)({ n: 5 }, context)).toBe(5);
  });

  it("rejects an event that no source accepts, and says what was expected", async () => {
    await expect(dispatch(queue, queue)({ Records: [{ eventSource: "aws:s3" }] } as never, context)).rejects.toMatchObject({
      code: "LAMELLA_WRONG_EVENT",
      message: expect.stringMatching(/^dispatch expects an SQS event .*; or an SQS event .*, got records of "aws:s3"\./),
    });
  });

  it.for([
    { wrong: "no handler", handlers: [], says: "dispatch(…) must have a handler" },
    { wrong: "a plain function", handlers: [queue, async () => {}], says: "the one at place 2 is none" },
    { wrong: "a source", handlers: [sqs()], says: "the one at place 1 is none" },
  ])("throws at load for $wrong", ({ handlers, says }) => {
    expect(() => dispatch(...(handlers as never[]))).toThrow(says);
  });
});

describe("a wrong event", () => {
  it.for([
    { event: null, got: "null" },
    { event: undefined, got: "undefined" },
    { event: "text", got: "string" },
    { event: [1], got: "an object with 0" },
    { event: {}, got: "an object with nothing" },
    { event: { Records: "x" }, got: "an object with Records" },
    { event: { Records: null }, got: "an object with Records" },
    { event: { Records: [{ eventSource: "aws:kinesis" }] }, got: 'records of "aws:kinesis"' },
    { event: { Records: [{ EventSource: "aws:sns" }] }, got: 'records of "aws:sns"' },
    { event: { Records: [null] }, got: "an object with Records" },
    { event: { Records: [{ secret: "x" }] }, got: "an object with Records" },
    { event: { version: "2.0", password: "secret" }, got: "an object with version, password" },
    { event: Object.fromEntries(["a", "b", "c", "d", "e", "f", "g"].map((key) => [key, 1])), got: "an object with a, b, c, d, e, f" },
  ])("rejects, and says that it got $got", async ({ event, got }) => {
    await expect(queue(event as never, context)).rejects.toMatchObject({
      name: "WrongEventError",
      code: "LAMELLA_WRONG_EVENT",
      message: `sqs expects an SQS event (Records[].eventSource is "aws:sqs"), got ${got}. Check what invokes this function, or use dispatch(…).`,
    });
  });
});
