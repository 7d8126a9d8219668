import { direct, wrap } from "@lamella/core";
import { dynamodb } from "@lamella/events/dynamodb";
import { kinesis } from "@lamella/events/kinesis";
import { sqs } from "@lamella/events/sqs";
import { httpApi } from "@lamella/http";
import { dynamodbEvent, httpApiEvent, kinesisEvent, lambdaContext, sqsEvent, testing } from "@lamella/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ENV, startDynamodb } from "../test/dynamodb-server.ts";
import { dynamodbStore } from "./dynamodb.ts";
import { idempotency, idempotencyKey } from "./index.ts";
import { memoryStore } from "./memory.ts";

// What is said of idempotency as a whole, where no other test shows it.

describe("a lease", () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
  afterEach(() => void vi.useRealTimers());

  it.for([
    { remainingMs: 900_000, leaseMs: undefined, takes: 60_000 },
    { remainingMs: 59_001, leaseMs: undefined, takes: 60_000 },
    { remainingMs: 58_999, leaseMs: undefined, takes: 59_999 },
    { remainingMs: 2_000, leaseMs: undefined, takes: 3_000 },
    { remainingMs: 900_000, leaseMs: 2_000, takes: 2_000 },
  ])("takes $takes ms with $remainingMs ms left and leaseMs $leaseMs", async ({ remainingMs, leaseMs, takes }) => {
    const store = memoryStore();
    const handler = wrap(direct(), idempotency({ store, scope: "f", key: () => "k", leaseMs }), () => new Promise<never>(() => {}));
    handler({}, lambdaContext({ remainingMs })).catch(() => {});
    await vi.advanceTimersByTimeAsync(0);

    expect((store.records().get("f#k")?.leaseUntil ?? 0) - Date.now()).toBe(takes);
  });
});

describe("an outcome that cannot be stored", () => {
  it("answers a request all the same, and its replay with a 500", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    let runs = 0;
    const handler = wrap(
      httpApi(),
      idempotency({
        store: memoryStore(),
        key: idempotencyKey(),
        serialize: () => {
          throw new Error("no way");
        },
        deserialize: (data) => data,
      }),
      async () => `charged ${++runs}`,
    );
    const send = async () => (await testing(handler).send(httpApiEvent({ headers: { "idempotency-key": "k" } }))).reply;

    expect(await send()).toMatchObject({ statusCode: 200, body: "charged 1" });
    expect(await send()).toMatchObject({ statusCode: 500 });
    expect(runs).toBe(1);
  });
});

describe("duplicates in one batch", () => {
  const body = { id: "o-1" };
  const layer = () => idempotency({ store: memoryStore(), key: () => "k" });
  let runs = 0;
  const work = async () => {
    runs++;
    await new Promise((resolve) => setTimeout(resolve, 1));
  };
  beforeEach(() => {
    runs = 0;
  });

  it.for([
    { of: "sqs", send: () => testing(wrap(sqs(), layer(), work)).send(sqsEvent([{ body }, { body }, { body }])) },
    { of: "kinesis", send: () => testing(wrap(kinesis(), layer(), work)).send(kinesisEvent([{ data: body }, { data: body }])) },
    {
      of: "kinesis, side by side",
      send: () =>
        testing(wrap(kinesis({ concurrency: 4 }), layer(), work)).send(
          kinesisEvent(["a", "b", "c"].map((partitionKey) => ({ data: body, partitionKey }))),
        ),
    },
    {
      of: "dynamodb",
      send: () => testing(wrap(dynamodb(), layer(), work)).send(dynamodbEvent([{ newImage: body }, { newImage: body }])),
    },
  ])("share one run, and fail none: $of", async ({ send }) => {
    const { reply, outcomes } = await send();

    expect(reply).toEqual({ batchItemFailures: [] });
    expect(outcomes.map(({ fate }) => fate)).not.toContain("retry");
    expect(runs).toBe(1);
  });
});

describe("on DynamoDB", () => {
  let endpoint: string;
  let stop: () => void;
  beforeAll(async () => {
    for (const [name, value] of Object.entries(ENV)) vi.stubEnv(name, value);
    ({ endpoint, stop } = await startDynamodb());
  });
  afterAll(() => stop());
  beforeEach(() => {
    for (const [name, value] of Object.entries(ENV)) vi.stubEnv(name, value);
  });
  const replayed = async (value: unknown): Promise<unknown> => {
    const store = dynamodbStore({ table: "plain", endpoint });
    let runs = 0;
    const key = crypto.randomUUID();
    const handler = wrap(direct(), idempotency({ store, key: () => key }), () => (runs++, value as object));
    await handler({}, lambdaContext());
    try {
      return await handler({}, lambdaContext());
    } finally {
      expect(runs).toBe(1);
    }
  };

  it.for([
    { what: "nothing", value: undefined },
    { what: "nested undefined", value: { a: { b: undefined }, list: [undefined, 1] } },
    { what: "dates", value: { at: new Date(0), bad: new Date(Number.NaN) } },
    { what: "a BigInt", value: { n: 2n ** 80n } },
    { what: "bytes", value: { bytes: new Uint8Array([1, 2, 255]), none: new Uint8Array() } },
    {
      what: "maps and sets",
      value: { map: new Map<unknown, unknown>([[{ a: 1 }, new Set([1n])]]), set: new Set(["x"]), empty: new Set() },
    },
    { what: "numbers that JSON lacks", value: [Number.NaN, Infinity, -0, 5e-324, Number.MAX_VALUE, 0.1] },
    { what: "empty texts and names", value: { "": "", list: [""] } },
  ])("replays $what as it was", async ({ value }) => {
    expect(await replayed(value)).toStrictEqual(value);
  });

  it.for([
    { bytes: 379_000, gives: "the text" },
    { bytes: 380_001, gives: "LAMELLA_OUTCOME_NOT_STORED" },
  ])("gives $gives for $bytes bytes, of which a record takes 380,000", async ({ bytes, gives }) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const text = "x".repeat(bytes - 2);

    expect(
      await replayed(text).then(
        (value) => (value === text ? "the text" : "another text"),
        (error: { readonly code?: string }) => error.code,
      ),
    ).toBe(gives);
  });

  it.for([
    { what: "two functions", first: { functionName: "charge" }, second: { functionName: "mail" }, runs: 2 },
    { what: "two tenants", first: { tenantId: "t-1" }, second: { tenantId: "t-2" }, runs: 2 },
    { what: "one tenant", first: { tenantId: "t-1" }, second: { tenantId: "t-1" }, runs: 1 },
  ])("runs $runs times for one key of $what", async ({ first, second, runs: expected }) => {
    const store = dynamodbStore({ table: "plain", endpoint });
    const key = crypto.randomUUID();
    let runs = 0;
    const make = () => wrap(direct(), idempotency({ store, key: () => key }), () => ++runs);
    await make()({}, lambdaContext(first));
    await make()({}, lambdaContext(second));

    expect(runs).toBe(expected);
  });
});

describe("the Idempotency-Key of another operation", () => {
  it.for([
    { what: "the same method and path", method: "POST", path: "/charges", runs: 1 },
    { what: "another method", method: "PUT", path: "/charges", runs: 2 },
    { what: "another path", method: "POST", path: "/refunds", runs: 2 },
  ])("is one of its own for $what: $runs runs", async ({ method, path, runs: expected }) => {
    let runs = 0;
    const handler = wrap(httpApi(), idempotency({ store: memoryStore(), key: idempotencyKey() }), async () => ++runs);
    const headers = { "idempotency-key": '"8e03978e"' };
    await testing(handler).send(httpApiEvent({ method: "POST", path: "/charges", headers }));
    await testing(handler).send(httpApiEvent({ method, path, headers }));

    expect(runs).toBe(expected);
  });
});
