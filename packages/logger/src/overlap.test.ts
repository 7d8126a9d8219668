import { Logger } from "@aws-lambda-powertools/logger";
import { wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { captureLines, context, type Line, messages } from "../test/lines.ts";
import { managedInstances } from "../test/managed-instances.ts";
import type { Log } from "./log.ts";
import { logger } from "./logger.ts";

const INVOCATIONS = 1_000;

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

/** Delays that are the same in each run. */
function delays(): () => Promise<void> {
  let state = 7;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return new Promise((resolve) => setTimeout(resolve, state % 50));
  };
}

/** The lines that do not say what they belong to, of lines whose message is the request and the item. */
const misplaced = (lines: readonly Line[]) =>
  lines.filter(
    ({ message, function_request_id, delivery_id, own, correlation_id }) =>
      message !== `${function_request_id as string} ${delivery_id as string}` || own !== message || correlation_id !== `of ${message}`,
  );

describe.for([
  { on: "an environment of one invocation at a time", environment: () => (_id: string, work: () => Promise<unknown>) => work() },
  { on: "Managed Instances", environment: managedInstances },
])("on $on", ({ environment }) => {
  it.for([
    { by: "ctx.log", instance: undefined },
    { by: "the team's own logger", instance: () => new Logger() },
  ])("no line of overlapping invocations is in the wrong place, written by $by", async ({ instance }) => {
    const { lines, texts } = captureLines();
    const pause = delays();
    const invoke = environment();
    const team = instance?.();
    const correlationId = (
      { raw }: { readonly raw: { readonly messageId: string } },
      { lambda }: { readonly lambda: { readonly awsRequestId: string } },
    ) => `of ${lambda.awsRequestId} ${raw.messageId}`;
    const work = async (
      { id }: { readonly id: string },
      { log, lambda }: { readonly log: Log; readonly lambda: { readonly awsRequestId: string } },
    ) => {
      const own = `${lambda.awsRequestId} ${id}`;
      const writer = team ?? log;
      await pause();
      writer.appendKeys({ own });
      await pause();
      writer.info(own);
      await pause();
      writer.warn(own);
    };
    const handler = wrap(sqs(), team === undefined ? logger({ correlationId }) : logger({ correlationId, instance: team }), work);

    const replies = Promise.all(
      Array.from({ length: INVOCATIONS }, async (_, index) => {
        await pause();
        return invoke(`request-${index}`, () => handler(messages({ a: "", b: "", c: "" }), context(`request-${index}`)));
      }),
    );
    await vi.advanceTimersByTimeAsync(1_000);
    await replies;

    expect(texts.slice(0, 3)).toEqual([]);
    expect(lines.length).toBe(INVOCATIONS * 3 * 2);
    expect(misplaced(lines).slice(0, 3)).toEqual([]);
  });

  it("no line of a hundred items side by side is in the wrong place, failures among them", async () => {
    const { lines } = captureLines();
    const pause = delays();
    const invoke = environment();
    const bodies = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`m${index}`, ""]));
    const handler = wrap(
      sqs({ concurrency: 100 }),
      logger({ logBufferOptions: { bufferAtVerbosity: "INFO" } }),
      async ({ id }, { log }) => {
        log.appendKeys({ own: id });
        await pause();
        log.info(id);
        await pause();
        if (Number(id.slice(1)) % 25 === 0) throw new Error(id);
      },
    );

    const reply = invoke("request-1", () => handler(messages(bodies), context()));
    await vi.advanceTimersByTimeAsync(1_000);
    await reply;

    const failed = ["m0", "m25", "m50", "m75"];
    expect(lines.filter(({ level }) => level === "INFO").map(({ message, own, delivery_id }) => [message, own, delivery_id])).toEqual(
      failed.map((id) => [id, id, id]),
    );
    expect(
      lines.filter(({ level }) => level === "ERROR").map(({ error, own }) => [(error as { readonly message: string }).message, own]),
    ).toEqual(failed.map((id) => [id, id]));
  });
});
