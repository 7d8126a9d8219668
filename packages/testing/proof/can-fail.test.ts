import { batchSource } from "@lamella/core/extend";
import { kafka } from "@lamella/events/kafka";
import { kinesis } from "@lamella/events/kinesis";
import { sqs } from "@lamella/events/sqs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as queues from "./queues.ts";
import * as streams from "./streams.ts";
import * as windows from "./windows.ts";

// A proof that cannot fail shows nothing. So each of these breaks the engine in one way, and the proof must find it.

interface Reply {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}
type Identified = { readonly Records: readonly unknown[] };

/** A source whose reply is changed on its way out. */
function replying<S extends { readonly serve: unknown }>(
  source: S,
  idOf: (record: never) => string,
  change: (failed: string[], all: string[]) => string[],
): S {
  const original = source.serve as (chain: unknown) => (event: Identified, invocation: unknown) => Promise<Reply>;
  const serve = (chain: unknown) => {
    const run = original(chain);
    return async (event: Identified, invocation: unknown) => {
      const { batchItemFailures } = await run(event, invocation);
      const changed = change(
        batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
        event.Records.map((record) => idOf(record as never)),
      );
      return { batchItemFailures: changed.map((itemIdentifier) => ({ itemIdentifier })) };
    };
  };
  return { ...source, serve };
}

const messageId = ({ messageId: id }: { readonly messageId: string }) => id;
const sequenceNumber = ({ kinesis: { sequenceNumber: number } }: { readonly kinesis: { readonly sequenceNumber: string } }) => number;

/** Breaks the order: records of one key run side by side, and go on behind a failure. */
function withoutOrder<
  S extends { readonly format: object; readonly options: object; readonly accepts: unknown; readonly expects: unknown },
>(source: S): S {
  return batchSource({
    ...source.format,
    order: undefined,
    options: source.options,
    accepts: source.accepts,
    expects: source.expects,
  } as never) as never;
}

function throwing(failed: string[]): string[] {
  if (failed.length > 0) throw new Error("some failed");
  return failed;
}

const QUEUES: readonly { readonly when: string; readonly isFifo: boolean; readonly make: queues.MakeSource; readonly finds: RegExp }[] = [
  { when: "reports nothing", isFifo: false, make: (options) => replying(sqs(options), messageId, () => []), finds: /was deleted, and was/ },
  {
    when: "leaves out one failure",
    isFifo: false,
    make: (options) => replying(sqs(options), messageId, (failed) => failed.slice(1)),
    finds: /was deleted, and was/,
  },
  {
    when: "reports one too many",
    isFifo: false,
    make: (options) =>
      replying(sqs(options), messageId, (failed, all) => (failed.length > 0 ? [...new Set([...failed, ...all.slice(0, 1)])] : failed)),
    finds: /without need/,
  },
  {
    when: "rejects where some succeeded",
    isFifo: false,
    make: (options) => replying(sqs(options), messageId, throwing),
    finds: /without need/,
  },
  { when: "ignores what failed", isFifo: false, make: (options) => sqs({ ...options, onFailure: "ignore" }), finds: /was ignored/ },
  {
    when: "does not ask for the delay",
    isFifo: false,
    make: (options) => calling(sqs(options), async (ask, target) => (target.includes("ChangeMessage") ? {} : ask())),
    finds: /before the time that it asked for/,
  },
  {
    when: "takes for sent what SQS refused",
    isFifo: false,
    make: (options) => calling(sqs(options), (ask) => ask().catch(() => ({}))),
    finds: /was ignored/,
  },
  { when: "goes on with a group behind a failure", isFifo: true, make: (options) => withoutOrder(sqs(options)), finds: /out of order/ },
  {
    when: "replies while a message of an ordered queue still runs",
    isFifo: true,
    make: (options) => sqs({ ...options, onStuck: "report" }),
    finds: /still at work|stands behind it/,
  },
];

const STREAMS: readonly { readonly when: string; readonly make: streams.MakeSource; readonly finds: RegExp }[] = [
  {
    when: "reports nothing",
    make: (options) => replying(kinesis(options), sequenceNumber, () => []),
    finds: /was deleted, and was|out of order/,
  },
  {
    when: "sets the checkpoint one record too high",
    make: (options) =>
      replying(kinesis(options), sequenceNumber, ([lowest], all) =>
        all.slice(all.indexOf(lowest ?? "") + 1).slice(0, lowest === undefined ? 0 : 1),
      ),
    finds: /was deleted, and was|out of order/,
  },
  {
    when: "sets the checkpoint one record too low",
    make: (options) =>
      replying(kinesis(options), sequenceNumber, ([lowest], all) =>
        lowest === undefined ? [] : [all[Math.max(0, all.indexOf(lowest) - 1)] as string],
      ),
    finds: /without need/,
  },
  { when: "starts what stands behind a failure", make: (options) => withoutOrder(kinesis(options)), finds: /out of order/ },
  {
    when: "replies while a record still runs",
    make: (options) => kinesis({ ...options, onStuck: "report" }),
    finds: /still at work|stands behind it|was started before/,
  },
];

/** Answers what is asked of AWS in another way. */
function calling<S extends { readonly serve: unknown }>(
  source: S,
  change: (ask: () => Promise<unknown>, target: string) => Promise<unknown>,
): S {
  interface Asking {
    "~awsCall": (...parameters: readonly unknown[]) => Promise<unknown>;
  }
  const original = source.serve as (chain: unknown) => (event: unknown, invocation: { readonly lambda: Asking }) => unknown;
  const serve = (chain: unknown) => {
    const run = original(chain);
    return (event: unknown, invocation: { readonly lambda: Asking }) => {
      const { lambda } = invocation;
      const call = lambda["~awsCall"];
      lambda["~awsCall"] = (...parameters) => change(() => call(...parameters), (parameters[0] as { readonly target: string }).target);
      return run(event, invocation);
    };
  };
  return { ...source, serve };
}

const PARAMETERS = { numRuns: 400, seed: 11, endOnFailure: false } as const;

describe("the proof", () => {
  it.for(QUEUES)("finds an engine that $when (FIFO: $isFifo)", { timeout: 120_000 }, async ({ isFifo, make, finds }) => {
    const property = fc.asyncProperty(queues.queueScenarios(isFifo), (scenario) => queues.checkQueue(scenario, isFifo, make));
    await expect(fc.assert(property, PARAMETERS)).rejects.toMatchObject({ cause: { message: expect.stringMatching(finds) } });
  });

  it.for(STREAMS)("finds an engine for streams that $when", { timeout: 120_000 }, async ({ make, finds }) => {
    const property = fc.asyncProperty(streams.streamScenarios, (scenario) => streams.checkKinesis(scenario, make));
    await expect(fc.assert(property, PARAMETERS)).rejects.toMatchObject({ cause: { message: expect.stringMatching(finds) } });
  });

  it("finds an engine that replies where nothing succeeded, and nobody reads it", { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(queues.queueScenarios(false), async (scenario) => {
      await queues.checkUnread(scenario, false, "report");
    });
    await expect(fc.assert(property, PARAMETERS)).rejects.toMatchObject({ cause: { message: expect.stringMatching(/all is lost/) } });
  });

  it("finds an engine that adds a batch to its window of which some comes again", { timeout: 120_000 }, async () => {
    const make: windows.MakeWindow = (options) => {
      const source = kinesis(options);
      const close = ({ outputs: [state = {}] }: { readonly outputs: readonly unknown[] }) => ({ state, batchItemFailures: [] });
      return { ...source, format: { ...source.format, close } };
    };
    const property = fc.asyncProperty(windows.windowScenarios, (scenario) =>
      windows.checkWindows({ ...scenario, service: "kinesis" }, make),
    );
    await expect(fc.assert(property, PARAMETERS)).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/was deleted, and was|has added/) },
    });
  });

  it("finds an engine for Kafka that names nothing", { timeout: 120_000 }, async () => {
    const make: streams.MakeKafka = (options) => {
      const source = kafka(options);
      const serve = (chain: never) => {
        const run = source.serve(chain);
        return async (event: never, invocation: never) => {
          await run(event, invocation);
          return { batchItemFailures: [] };
        };
      };
      return { ...source, serve, format: { ...source.format, close: () => ({ batchItemFailures: [] }) } };
    };
    const property = fc.asyncProperty(streams.streamScenarios, (scenario) => streams.checkKafka(scenario, make));
    await expect(fc.assert(property, PARAMETERS)).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/was deleted, and was|out of order/) },
    });
  });
});
