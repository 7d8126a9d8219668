import { answer, direct, layer, timeout, wrap } from "@lamella/core";
import { lambdaContext } from "@lamella/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type IdempotencyOptions, type IdempotencyStore, idempotency } from "./index.ts";
import { memoryStore } from "./memory.ts";

interface Order {
  readonly id: string;
  readonly total?: number;
}
type Options = Partial<IdempotencyOptions<Order, unknown>>;

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));

/** A function that counts how often it runs. */
function counted(work: (order: Order, run: number) => unknown = (_order, run) => run, options: Options = {}) {
  const store = options.store ?? memoryStore();
  let runs = 0;
  const handler = wrap(direct<Order>(), idempotency<Order>({ store, key: ({ id }) => id, ...options }), async (order) =>
    work(order, ++runs),
  );
  return { send: (order: Order, context = lambdaContext()) => handler(order, context), runs: () => runs, store };
}
const code = (promise: Promise<unknown>) =>
  promise.then(
    (value) => value,
    (error: { readonly code?: string }) => error.code ?? error,
  );
const failing = (method: keyof IdempotencyStore, store = memoryStore()): IdempotencyStore => ({
  ...store,
  [method]: async () => {
    throw new Error("unreachable");
  },
});

describe("idempotency", () => {
  it("runs once for a key, and replays the outcome", async () => {
    const { send, runs } = counted();

    expect([await send({ id: "a" }), await send({ id: "a" }), await send({ id: "b" })]).toEqual([1, 1, 2]);
    expect(runs()).toBe(2);
  });

  it("lets duplicates in one process share one run", async () => {
    const { send, runs } = counted(async (_order, run) => new Promise((resolve) => setTimeout(() => resolve(run), 100)));
    const both = Promise.all([send({ id: "a" }), send({ id: "a" })]);
    await vi.advanceTimersByTimeAsync(100);

    expect(await both).toEqual([1, 1]);
    expect(runs()).toBe(1);
  });

  it("runs a duplicate when the run that it waits for fails", async () => {
    const { send } = counted(
      async (_order, run) => new Promise((resolve, reject) => setTimeout(() => (run === 1 ? reject(new Error("no")) : resolve(run)), 100)),
    );
    const both = Promise.allSettled([send({ id: "a" }), send({ id: "a" })]);
    await vi.advanceTimersByTimeAsync(200);

    expect(await both).toMatchObject([{ status: "rejected", reason: { message: "no" } }, { value: 2 }]);
  });

  it("fails while another process is at it, and runs when that one's lease is over", async () => {
    const store = memoryStore();
    const first = counted(() => new Promise(() => {}), { store });
    const second = counted(() => "done", { store });
    const context = () => lambdaContext({ remainingMs: 10_000 });
    void first.send({ id: "a" }, context()).catch(() => {});
    await vi.advanceTimersByTimeAsync(0);

    expect(await code(second.send({ id: "a" }, context()))).toBe("LAMELLA_ALREADY_IN_PROGRESS");
    // The invocation's 10 s, the margin, and what clocks may be apart.
    await vi.advanceTimersByTimeAsync(12_000);
    expect(await code(second.send({ id: "a" }, context()))).toBe("LAMELLA_ALREADY_IN_PROGRESS");
    await vi.advanceTimersByTimeAsync(1);
    expect(await second.send({ id: "a" }, context())).toBe("done");
  });

  it("waits for another process by option", async () => {
    const store = memoryStore();
    const first = counted(() => new Promise((resolve) => setTimeout(() => resolve("first"), 3_000)), { store });
    const second = counted(() => "second", { store, onInProgress: "wait" });
    const sent = [first.send({ id: "a" }), second.send({ id: "a" })];
    await vi.advanceTimersByTimeAsync(6_000);

    expect(await Promise.all(sent)).toEqual(["first", "first"]);
  });

  it("renews its lease while it works for longer than that", async () => {
    const store = memoryStore();
    const first = counted(() => new Promise((resolve) => setTimeout(() => resolve("first"), 100_000)), { store });
    const second = counted(() => "second", { store });
    const context = () => lambdaContext({ remainingMs: 200_000 });
    const sent = first.send({ id: "a" }, context());
    await vi.advanceTimersByTimeAsync(99_000);

    expect(await code(second.send({ id: "a" }, context()))).toBe("LAMELLA_ALREADY_IN_PROGRESS");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await sent).toBe("first");
    expect(await second.send({ id: "a" }, context())).toBe("first");
    expect(vi.getTimerCount(), "a timer outlived the work").toBe(0);
  });

  it.for([
    { which: "the same asynchronous invocation", id: "r-1", managed: undefined, gives: "second" },
    { which: "another invocation", id: "r-2", managed: undefined, gives: "LAMELLA_ALREADY_IN_PROGRESS" },
    { which: "the same invocation on a Managed Instance", id: "r-1", managed: "10", gives: "LAMELLA_ALREADY_IN_PROGRESS" },
  ])("gives $gives to $which while a dead process's lease holds", async ({ id, managed, gives }) => {
    vi.stubEnv("AWS_LAMBDA_MAX_CONCURRENCY", managed);
    const store = memoryStore();
    const owner = managed === undefined ? "request:r-1:0" : undefined;
    const now = Date.now();
    const times = { now, leaseUntil: now + 60_000, expiresAt: now + 99_000 };
    await store.begin({ id: "orders#a", token: "dead", owner, ...times, validation: undefined, replaces: undefined, withinMs: 1 });
    const { send } = counted(() => "second", { store, scope: "orders" });

    expect(await code(send({ id: "a" }, { ...lambdaContext(), awsRequestId: id }))).toBe(gives);
  });

  it("does not take over a lease of its own process, though it is of the same invocation", async () => {
    const store = memoryStore();
    const inner = idempotency<Order>({ store, key: ({ id }) => id });
    const handler = wrap(direct<Order>(), idempotency<Order>({ store, key: ({ id }) => id }), inner, async () => "done");

    expect(await code(handler({ id: "a" }, lambdaContext()))).toBe("LAMELLA_ALREADY_IN_PROGRESS");
  });

  it("never releases the key of work that was given up, and stores what it comes to after all", async () => {
    const store = memoryStore();
    const first = counted(() => new Promise((resolve) => setTimeout(() => resolve("late"), 10_500)), { store, scope: "f" });
    const second = counted(() => "second", { store, scope: "f" });
    const sent = code(first.send({ id: "a" }, lambdaContext({ remainingMs: 10_000 })));
    await vi.advanceTimersByTimeAsync(10_000);

    expect(await sent).toBe("LAMELLA_DEADLINE_EXCEEDED");
    expect(await code(second.send({ id: "a" }))).toBe("LAMELLA_ALREADY_IN_PROGRESS");
    expect(store.records().get("f#a")).toMatchObject({ status: "in-progress", owner: undefined });
    await vi.advanceTimersByTimeAsync(500);
    expect(await second.send({ id: "a" })).toBe("late");
  });

  it.for([
    { by: "timeout", timeoutMs: 1_000, remainingMs: 60_000, code: "LAMELLA_TIMEOUT" },
    { by: "the deadline, behind a timeout that is longer", timeoutMs: 60_000, remainingMs: 10_000, code: "LAMELLA_DEADLINE_EXCEEDED" },
  ])("never releases the key of work that was given up by $by", async ({ timeoutMs, remainingMs, code: expected }) => {
    const store = memoryStore();
    const once = () => idempotency<Order>({ store, key: ({ id }) => id, scope: "f" });
    const work = () => new Promise((resolve) => setTimeout(() => resolve("late"), 10_500));
    const first = wrap(direct<Order>(), once(), timeout(timeoutMs), work);
    const second = wrap(direct<Order>(), once(), () => "second");
    const sent = code(first({ id: "a" }, lambdaContext({ remainingMs })));
    await vi.advanceTimersByTimeAsync(10_000);

    expect(await sent).toBe(expected);
    expect(await code(second({ id: "a" }, lambdaContext()))).toBe("LAMELLA_ALREADY_IN_PROGRESS");
    await vi.advanceTimersByTimeAsync(500);
    expect(await second({ id: "a" }, lambdaContext())).toBe("late");
  });

  it("does not release the key of work that failed because the time was up", async () => {
    const store = memoryStore();
    const handler = wrap(
      direct<Order>(),
      idempotency<Order>({ store, key: ({ id }) => id, scope: "f" }),
      (_order, { signal }) => new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("aborted")))),
    );
    const sent = code(handler({ id: "a" }, lambdaContext({ remainingMs: 10_000 })));
    await vi.advanceTimersByTimeAsync(9_000);

    expect(await sent).toMatchObject({ message: "aborted" });
    expect(store.records().get("f#a")?.status).toBe("in-progress");
  });

  it("does not start when the store answered too late, and frees the key", async () => {
    const memory = memoryStore();
    const slow: IdempotencyStore = {
      ...memory,
      begin: async (claim) => new Promise((resolve) => setTimeout(() => resolve(memory.begin(claim)), 9_500)),
    };
    const { send, runs } = counted(undefined, { store: slow });
    const sent = code(send({ id: "a" }, lambdaContext({ remainingMs: 10_000 })));
    await vi.advanceTimersByTimeAsync(10_000);

    expect(await sent).toBe("LAMELLA_DEADLINE_EXCEEDED");
    expect(runs()).toBe(0);
    expect(memory.records().size).toBe(0);
  });

  it.for([
    { what: "fails by default", failOpen: false, gives: "LAMELLA_STORE" },
    { what: "runs unprotected with failOpen", failOpen: true, gives: 1 },
  ])("$what when the store cannot be reached", async ({ failOpen, gives }) => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const { send } = counted(undefined, { store: failing("begin"), failOpen });

    expect(await code(send({ id: "a" }))).toBe(gives);
  });

  it("gives the outcome though it could not be stored, and says so", async () => {
    const { send } = counted(undefined, { store: failing("complete") });
    const sent = send({ id: "a" });
    await vi.advanceTimersByTimeAsync(2_000);

    expect(await sent).toBe(1);
    expect(console.error).toHaveBeenCalledWith(
      expect.stringContaining("could not be stored"),
      expect.objectContaining({ code: "LAMELLA_STORE" }),
    );
  });

  it("keeps its outcome from overwriting that of a newer run, and says so", async () => {
    const store = memoryStore();
    const { send } = counted(
      async () => {
        const record = store.records().get("f#a");
        store.clear();
        await store.begin({
          ...record,
          id: "f#a",
          token: "newer",
          now: Date.now(),
          leaseUntil: Infinity,
          expiresAt: Infinity,
          owner: undefined,
          validation: undefined,
          replaces: undefined,
          withinMs: 1,
        });
        return "mine";
      },
      { store, scope: "f" },
    );

    expect(await send({ id: "a" })).toBe("mine");
    expect(store.records().get("f#a")).toMatchObject({ token: "newer", status: "in-progress" });
    expect(console.error).toHaveBeenCalledWith(expect.any(String), expect.objectContaining({ code: "LAMELLA_LEASE_LOST" }));
  });

  it("runs again when the outcome has expired", async () => {
    const { send } = counted(undefined, { expiresAfterMs: 5_000 });

    expect(await send({ id: "a" })).toBe(1);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(await send({ id: "a" })).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await send({ id: "a" })).toBe(2);
  });

  it("fails when a key comes with another payload, in whichever order its members stand", async () => {
    const { send } = counted(undefined, { payload: ({ id, total }) => (total === 1 ? { total, id } : { id, total }) });

    expect(await send({ id: "a", total: 1 })).toBe(1);
    expect(await send({ total: 1, id: "a" })).toBe(1);
    expect(await code(send({ id: "a", total: 2 }))).toBe("LAMELLA_PAYLOAD_MISMATCH");
  });

  it("fails a duplicate with another payload while the first one runs in the same process", async () => {
    const { send } = counted(() => new Promise((resolve) => setTimeout(resolve, 100)), { payload: ({ total }) => total });
    void send({ id: "a", total: 1 });

    expect(await code(send({ id: "a", total: 2 }))).toBe("LAMELLA_PAYLOAD_MISMATCH");
  });

  it("asks keep(outcome) whether an outcome stays", async () => {
    const { send } = counted(undefined, { keep: (run) => run === 2 });

    expect([await send({ id: "a" }), await send({ id: "a" }), await send({ id: "a" })]).toEqual([1, 2, 2]);
  });

  it("lets replay(outcome, record) change what is replayed", async () => {
    const { send } = counted(undefined, { replay: (run, record) => ({ run, status: record.status }) });

    expect([await send({ id: "a" }), await send({ id: "a" })]).toEqual([1, { run: 1, status: "completed" }]);
  });

  it("stores with serialize, and replays with deserialize", async () => {
    class Money {
      readonly cents: number;
      constructor(cents: number) {
        this.cents = cents;
      }
    }
    const { send } = counted(() => new Money(5), {
      serialize: (money) => (money as Money).cents,
      deserialize: (cents) => new Money(cents as number),
    });

    await send({ id: "a" });
    expect(await send({ id: "a" })).toEqual(new Money(5));
  });

  it("replays from the local cache without the store, as many as fit", async () => {
    const store = memoryStore();
    const { send, runs } = counted(undefined, { store, localCache: { maxItems: 1 } });
    await send({ id: "a" });
    store.clear();

    expect(await send({ id: "a" })).toBe(1);
    await send({ id: "b" });
    await send({ id: "a" });
    expect(runs()).toBe(3);
  });

  it("keeps tenants apart", async () => {
    const { send, runs } = counted();
    await send({ id: "a" }, { ...lambdaContext(), tenantId: "t1" });
    await send({ id: "a" }, { ...lambdaContext(), tenantId: "t2" });

    expect(runs()).toBe(2);
  });

  it("keeps long keys apart, within what stores take", async () => {
    const store = memoryStore();
    const { send, runs } = counted(undefined, { store });
    for (const end of ["x", "y", "x"]) await send({ id: "k".repeat(8_000) + end });

    expect(runs()).toBe(2);
    for (const id of store.records().keys()) expect(id.length).toBeLessThan(1_000);
  });

  it.for([
    { option: { store: {} }, error: "store" },
    { option: { key: "id" }, error: "key" },
    { option: { scope: "a#b" }, error: "scope" },
    { option: { payload: 5 }, error: "payload" },
    { option: { serialize: () => 1 }, error: "serialize, deserialize" },
    { option: { onInProgress: "ignore" }, error: "onInProgress" },
    { option: { failOpen: 1 }, error: "failOpen" },
    { option: { hash: "sha1" }, error: "hash" },
    { option: { expiresAfterMs: 999 }, error: "expiresAfterMs" },
    { option: { leaseMs: 60_001 }, error: "leaseMs" },
    { option: { leaseMs: 1_999 }, error: "leaseMs" },
    { option: { localCache: { maxItems: 0 } }, error: "localCache" },
  ])("refuses $option at load", ({ option, error }) => {
    expect(() => counted(undefined, option as never)).toThrow(`idempotency({ ${error}`);
  });

  it("replays what a layer inside of it answered, as the source makes it", async () => {
    let runs = 0;
    const store = memoryStore();
    const handler = wrap(
      direct({ output: z.number().transform((n) => `#${n}`) }),
      idempotency({ store, key: () => "k" }),
      layer("short", async (_item, _ctx, next) => (++runs === 1 ? answer(7) : next())),
      () => 8 as never,
    );

    expect([await handler({}, lambdaContext()), await handler({}, lambdaContext())]).toEqual(["#7", "#7"]);
  });

  it("does not normalise twice what the source has normalised", async () => {
    const handler = wrap(
      direct({ output: z.number().transform((n) => `#${n}`) }),
      idempotency({ store: memoryStore(), key: () => "k" }),
      () => 8 as never,
    );

    expect([await handler({}, lambdaContext()), await handler({}, lambdaContext())]).toEqual(["#8", "#8"]);
  });
});
