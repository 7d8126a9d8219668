import { type AnyLayer, direct, type Lambda, type LambdaContext, whole, wrap } from "@lamella/core";
import { dynamodb } from "@lamella/events/dynamodb";
import { dynamodbViaKinesis } from "@lamella/events/dynamodb-via-kinesis";
import { eventBridge } from "@lamella/events/event-bridge";
import { kafka } from "@lamella/events/kafka";
import { kinesis } from "@lamella/events/kinesis";
import { s3 } from "@lamella/events/s3";
import { sns } from "@lamella/events/sns";
import { sqs } from "@lamella/events/sqs";
import {
  dynamodbEvent,
  dynamodbViaKinesisEvent,
  eventBridgeEvent,
  kafkaEvent,
  kinesisEvent,
  lambdaContext,
  s3Event,
  snsEvent,
  sqsEvent,
} from "@lamella/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type * as Package from "./index.ts";
import { type MemoryStore, memoryStore } from "./memory.ts";

type Idempotency = typeof Package;
type Work = () => Promise<void>;
type Once = Package.Once;
type Make = (once: AnyLayer, work: Work) => Lambda<never, unknown>;

const hangs: Work = () => new Promise<never>(() => {});

/** The package as another process has it: it knows of no attempt of this one. */
async function anotherProcess(): Promise<Idempotency> {
  vi.resetModules();
  return import("./index.ts");
}

/** What becomes of an item: done, or the code that it failed with. */
async function outcomeOf(handler: Lambda<never, unknown>, event: unknown, lambda: LambdaContext): Promise<string> {
  vi.spyOn(console, "error").mockImplementation(() => {});
  try {
    const reply = (await handler(event as never, lambda)) as { readonly batchItemFailures?: readonly unknown[] } | undefined;
    return reply?.batchItemFailures?.length ? "LAMELLA_ALREADY_IN_PROGRESS" : "done";
  } catch (error) {
    const { code, errors } = error as { readonly code?: string; readonly errors?: readonly { readonly code: string }[] };
    return errors?.[0]?.code ?? code ?? String(error);
  }
}

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));

const change = { newImage: { id: "a" } };
const BUSY = "LAMELLA_ALREADY_IN_PROGRESS";

const STREAMS: readonly {
  readonly source: string;
  readonly make: Make;
  readonly again: unknown;
  readonly other: unknown;
  readonly owner: RegExp;
}[] = [
  {
    source: "kinesis",
    make: (once, work) => wrap(kinesis(), once as never, work) as never,
    again: kinesisEvent([{ data: "a", sequenceNumber: "495900" }]),
    other: kinesisEvent([{ data: "a", sequenceNumber: "495901" }]),
    owner: /^kinesis:arn:.*:shardId-000000000000:495900$/,
  },
  {
    source: "kinesis, of another shard",
    make: (once, work) => wrap(kinesis(), once as never, work) as never,
    again: kinesisEvent([{ data: "a", sequenceNumber: "495900" }]),
    other: kinesisEvent([{ data: "a", sequenceNumber: "495900" }], { shardId: "shardId-000000000001" }),
    owner: /:shardId-000000000000:495900$/,
  },
  {
    source: "kinesis, a record of an aggregate",
    make: (once, work) => wrap(kinesis(), once as never, work) as never,
    again: kinesisEvent([{ aggregate: [{ data: "a" }], sequenceNumber: "495900" }]),
    other: kinesisEvent([{ aggregate: [{ data: "a" }], sequenceNumber: "495901" }]),
    owner: /:shardId-000000000000:495900:0$/,
  },
  {
    source: "dynamodb",
    make: (once, work) => wrap(dynamodb(), once as never, work) as never,
    again: dynamodbEvent([{ ...change, id: "c4ca4238a0b923820dcc509a6f75849b" }]),
    other: dynamodbEvent([{ ...change, id: "c81e728d9d4c2f636f067f89cc14862c" }]),
    owner: /^dynamodb:arn:.*:c4ca4238a0b923820dcc509a6f75849b$/,
  },
  {
    source: "dynamodbViaKinesis",
    make: (once, work) => wrap(dynamodbViaKinesis(), once as never, work) as never,
    again: dynamodbViaKinesisEvent([{ ...change, sequenceNumber: "495900" }]),
    other: dynamodbViaKinesisEvent([{ ...change, sequenceNumber: "495901" }]),
    owner: /^dynamodbViaKinesis:arn:.*:shardId-000000000000:495900$/,
  },
];

describe.for(STREAMS)("the lease of a dead run over a record of $source", ({ make, again, other, owner }) => {
  /** Leaves a run behind that will never end, as a process that Lambda has killed does. */
  const abandon = async (store: MemoryStore): Promise<void> => {
    const { idempotency } = await anotherProcess();
    void make(idempotency({ store, scope: "f", key: () => "k" }) as never, hangs)(again as never, invocation("r-1"));
    await vi.advanceTimersByTimeAsync(0);
    expect(store.records().get("f#k")).toMatchObject({ status: "in-progress", owner: expect.stringMatching(owner) });
  };
  const invocation = (awsRequestId: string, functionName = "f") => lambdaContext({ awsRequestId, functionName, remainingMs: 60_000 });

  it.for([
    { which: "the same record", event: again, functionName: "f", managed: undefined, gives: "done", runs: 1 },
    { which: "another record with the same key", event: other, functionName: "f", managed: undefined, gives: BUSY, runs: 0 },
    { which: "another function at the same record", event: again, functionName: "g", managed: undefined, gives: BUSY, runs: 0 },
    { which: "the same record on a Managed Instance", event: again, functionName: "f", managed: "10", gives: BUSY, runs: 0 },
  ])("gives $gives to $which", async ({ event, functionName, managed, gives, runs }) => {
    const store = memoryStore();
    await abandon(store);
    vi.stubEnv("AWS_LAMBDA_MAX_CONCURRENCY", managed);
    let did = 0;
    const { idempotency } = await anotherProcess();
    const handler = make(idempotency({ store, scope: "f", key: () => "k" }) as never, async () => void did++);

    expect(await outcomeOf(handler, event, invocation("r-2", functionName))).toBe(gives);
    expect(did).toBe(runs);
  });

  it("has no owner on a Managed Instance, where the run may go on", async () => {
    vi.stubEnv("AWS_LAMBDA_MAX_CONCURRENCY", "10");
    const store = memoryStore();
    const { idempotency } = await anotherProcess();
    void make(idempotency({ store, scope: "f", key: () => "k" }) as never, hangs)(again as never, invocation("r-1"));
    await vi.advanceTimersByTimeAsync(0);
    vi.stubEnv("AWS_LAMBDA_MAX_CONCURRENCY", undefined);

    expect(store.records().get("f#k")?.owner).toBeUndefined();
    const later = await anotherProcess();
    const handler = make(later.idempotency({ store, scope: "f", key: () => "k" }) as never, async () => {});
    expect(await outcomeOf(handler, again, invocation("r-2"))).toBe(BUSY);
  });
});

const ASYNC: readonly { readonly source: string; readonly make: Make; readonly event: unknown }[] = [
  { source: "direct", make: (once, work) => wrap(direct(), once as never, work) as never, event: { id: "a" } },
  {
    source: "eventBridge",
    make: (once, work) => wrap(eventBridge(), once as never, work) as never,
    event: eventBridgeEvent({ detailType: "order", detail: {} }),
  },
  { source: "s3", make: (once, work) => wrap(s3(), once as never, work) as never, event: s3Event([{ key: "a" }]) },
  { source: "sns", make: (once, work) => wrap(sns(), once as never, work) as never, event: snsEvent([{ message: "a" }]) },
];

describe.for(ASYNC)("the lease of a dead run over an asynchronous invocation of $source", ({ make, event }) => {
  it.for([
    { which: "Lambda's retry, under the same request id", id: "r-1", managed: undefined, gives: "done" },
    { which: "another invocation", id: "r-2", managed: undefined, gives: BUSY },
    { which: "Lambda's retry on a Managed Instance", id: "r-1", managed: "10", gives: BUSY },
  ])("gives $gives to $which", async ({ id, managed, gives }) => {
    const store = memoryStore();
    const first = await anotherProcess();
    void make(first.idempotency({ store, scope: "f", key: () => "k" }) as never, hangs)(
      event as never,
      lambdaContext({ awsRequestId: "r-1" }),
    );
    await vi.advanceTimersByTimeAsync(0);
    vi.stubEnv("AWS_LAMBDA_MAX_CONCURRENCY", managed);
    const { idempotency } = await anotherProcess();
    const handler = make(idempotency({ store, scope: "f", key: () => "k" }) as never, async () => {});

    expect(await outcomeOf(handler, event, lambdaContext({ awsRequestId: id }))).toBe(gives);
  });
});

// A message may be visible again while its first run goes on, and a partition may change its consumer.
const OTHERS: readonly { readonly source: string; readonly make: Make; readonly event: unknown }[] = [
  { source: "sqs", make: (once, work) => wrap(sqs(), once as never, work) as never, event: sqsEvent([{ id: "m-1", body: "a" }]) },
  {
    source: "kafka",
    make: (once, work) => wrap(kafka(), once as never, work) as never,
    event: kafkaEvent([{ topic: "t", partition: 0, offset: 5, value: "a" }]),
  },
];

it.for(OTHERS)("keeps the lease of a run over $source, which may be alive when the same record comes again", async ({ make, event }) => {
  const store = memoryStore();
  const first = await anotherProcess();
  void make(first.idempotency({ store, scope: "f", key: () => "k" }) as never, hangs)(
    event as never,
    lambdaContext({ awsRequestId: "r-1" }),
  );
  await vi.advanceTimersByTimeAsync(0);
  const { idempotency } = await anotherProcess();
  const handler = make(idempotency({ store, scope: "f", key: () => "k" }) as never, async () => {});

  expect(await outcomeOf(handler, event, lambdaContext({ awsRequestId: "r-2" }))).toBe(BUSY);
});

describe("the lease of a step", () => {
  const start = async (store: MemoryStore, work: (once: Once) => Promise<unknown>) => {
    const { steps } = await anotherProcess();
    const handler = wrap(direct<string>(), steps({ store, scope: "f", key: (id) => id }), (_id, { once }) => work(once) as Promise<never>);
    return (awsRequestId: string) => outcomeOf(handler, "k", lambdaContext({ awsRequestId, remainingMs: 10_000 }));
  };

  it.for([
    { which: "the same invocation", id: "r-1", gives: "done" },
    { which: "another one", id: "r-2", gives: BUSY },
  ])("is taken over by $which, when its process is dead: $gives", async ({ id, gives }) => {
    const store = memoryStore();
    const dead = await start(store, (once) => once("charge", hangs));
    void dead("r-1");
    await vi.advanceTimersByTimeAsync(0);
    const send = await start(store, (once) => once("charge", async () => "charged"));

    expect(await send(id)).toBe(gives);
  });

  it.for([
    { when: "its handler was given up at the deadline", fails: false, code: "LAMELLA_DEADLINE_EXCEEDED" },
    { when: "its handler has failed beside it", fails: true, code: "Error: no mail" },
  ])("is not taken over while it may go on, because $when", async ({ fails, code }) => {
    const store = memoryStore();
    const frozen = await start(store, (once) =>
      Promise.all([once("charge", hangs), fails ? Promise.reject(new Error("no mail")) : undefined]),
    );
    const sent = frozen("r-1");
    await vi.advanceTimersByTimeAsync(fails ? 0 : 10_000);
    expect(await sent).toBe(code);
    const send = await start(store, (once) => once("charge", async () => "charged again"));

    expect(await send("r-1")).toBe(BUSY);
    // Until the lease is over: what was left of the invocation, the margin, and what clocks may be apart.
    await vi.advanceTimersByTimeAsync(12_001);
    expect(await send("r-1")).toBe("done");
  });
});

it("holds no lease of one record for a whole batch", async () => {
  const store = memoryStore();
  const { idempotency } = await anotherProcess();
  const handler = wrap(whole(kinesis()), idempotency({ store, scope: "f", key: () => "k" }), hangs as never);
  void handler(kinesisEvent([{ data: "a" }, { data: "b" }]), lambdaContext({ awsRequestId: "r-1" }));
  await vi.advanceTimersByTimeAsync(0);

  expect(store.records().get("f#k")?.owner).toMatch(/:r-1$/);
});
