import { direct, wrap } from "@lamella/core";
import { lambdaContext } from "@lamella/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type IdempotencyStore, idempotency, type Key, steps } from "./index.ts";
import { memoryStore } from "./memory.ts";

// Each a fault that is known of another library.
const at = (functionName: string, remainingMs = 30_000) => ({ ...lambdaContext({ remainingMs }), functionName });
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "fulfilled",
    (error: { readonly code?: string }) => error?.code ?? error,
  );

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));

describe("known faults", () => {
  it("finds the record again though the handler changes the item after the key was taken", async () => {
    const store = memoryStore();
    let runs = 0;
    const handler = wrap(
      direct<{ id: string; total: number }>(),
      idempotency({ store, key: ({ id }) => id, payload: ({ total }) => total }),
      async (item) => {
        runs++;
        Object.assign(item, { id: "other", total: 0 });
        return "done";
      },
    );

    expect(await handler({ id: "a", total: 1 }, at("f"))).toBe("done");
    expect(await handler({ id: "a", total: 1 }, at("f"))).toBe("done");
    expect(runs).toBe(1);
    expect([...store.records().keys()]).toEqual(["f#a"]);
  });

  it("keeps two operations apart that share a store under different scopes at once", async () => {
    const store = memoryStore();
    const make = (scope: string) =>
      wrap(direct(), idempotency({ store, scope, key: () => "k" }), async () => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        return scope;
      });
    const charge = make("charge");
    const refund = make("refund");
    const sent = Promise.all([charge({}, at("f")), refund({}, at("f")), charge({}, at("f"))]);
    await vi.advanceTimersByTimeAsync(100);

    expect(await sent).toEqual(["charge", "refund", "charge"]);
    expect([...store.records().keys()]).toEqual(["charge#k", "refund#k"]);
  });

  it("keeps two functions apart that share a table and get the same payload", async () => {
    const store = memoryStore();
    const make = () => wrap(direct<string>(), idempotency({ store, key: (id) => id }), async (_id, { lambda }) => lambda.functionName);

    expect([await make()("k", at("charge")), await make()("k", at("mail"))]).toEqual(["charge", "mail"]);
  });

  it.for([
    { what: "nested undefined", value: { a: { b: undefined }, list: [undefined, 1] } },
    { what: "undefined itself", value: undefined },
    { what: "dates", value: { at: new Date(0), bad: new Date(Number.NaN) } },
    { what: "a BigInt", value: { n: 2n ** 80n } },
    { what: "bytes", value: { bytes: new Uint8Array([1, 2, 255]) } },
    { what: "maps and sets", value: { map: new Map<unknown, unknown>([[{ a: 1 }, new Set([1n])]]), set: new Set(["x"]) } },
    { what: "numbers that JSON lacks", value: [Number.NaN, Infinity, -Infinity, -0, 5e-324, Number.MAX_VALUE] },
    { what: "names that are special", value: JSON.parse('{"__proto__":{"x":1},"~lamella":["date",0],"constructor":1}') as object },
    { what: "plain data", value: { text: "é😀", n: 1.5, yes: true, none: null, list: [[], {}] } },
  ])("replays $what as it was", async ({ value }) => {
    const handler = wrap(direct(), idempotency({ store: memoryStore(), key: () => "k" }), () => value as object);
    const first = await handler({}, at("f"));

    expect(first).toBe(value);
    expect(await handler({}, at("f"))).toStrictEqual(value);
  });

  class Receipt {
    readonly id = "r-1";
  }
  const cycle: Record<string, unknown> = {};
  cycle["self"] = [cycle];
  it.for([
    { what: "a class instance", value: { receipt: new Receipt() } },
    { what: "a cycle", value: cycle },
    { what: "a function", value: { run: () => {} } },
    { what: "a symbol", value: [Symbol("s")] },
    { what: "an error", value: new Error("no") },
  ])("completes the record of $what with a mark, gives it to its caller, and never runs again", async ({ value }) => {
    const store = memoryStore();
    let runs = 0;
    const handler = wrap(direct(), idempotency({ store, key: () => "k" }), () => (runs++, value as object));

    expect(await handler({}, at("f"))).toBe(value);
    expect(console.error).toHaveBeenCalledWith(expect.any(String), expect.objectContaining({ code: "LAMELLA_OUTCOME_NOT_STORED" }));
    expect(store.records().get("f#k")?.status).toBe("completed");
    expect(await codeOf(handler({}, at("f")))).toBe("LAMELLA_OUTCOME_NOT_STORED");
    expect(runs).toBe(1);
  });

  it.for([
    { bytes: 100, gives: "fulfilled" },
    { bytes: 101, gives: "LAMELLA_OUTCOME_NOT_STORED" },
  ])("gives $gives for an outcome of $bytes bytes where a record takes 100", async ({ bytes, gives }) => {
    const store: IdempotencyStore = { ...memoryStore(), maxBytes: 100 };
    const handler = wrap(direct(), idempotency({ store, key: () => "k" }), () => "x".repeat(bytes - 2));
    await handler({}, at("f"));

    expect(await codeOf(handler({}, at("f")))).toBe(gives);
  });

  it("takes each lease from its own invocation's deadline, when two share the process", async () => {
    const store = memoryStore();
    const handler = wrap(direct<string>(), idempotency({ store, key: (id) => id }), () => new Promise<never>(() => {}));
    for (const [id, remainingMs] of [
      ["long", 50_000],
      ["short", 5_000],
    ] as const)
      handler(id, at("f", remainingMs)).catch(() => {});
    await vi.advanceTimersByTimeAsync(0);

    const leases = ["f#long", "f#short"].map((id) => (store.records().get(id)?.leaseUntil ?? 0) - Date.now());
    expect(leases).toEqual([51_000, 6_000]);
  });

  it.for<{ readonly key: Key; readonly id: string | undefined }>([
    { key: 0, id: "f#0" },
    { key: -0, id: "f#0" },
    { key: 0n, id: "f#0" },
    { key: "0", id: "f#0" },
    { key: "", id: undefined },
    { key: null, id: undefined },
    { key: undefined, id: undefined },
    { key: [], id: undefined },
    { key: [undefined, null], id: undefined },
    { key: ["a", undefined], id: undefined },
    { key: ["a", ""], id: undefined },
    { key: ["a", 0], id: 'f#["a","0"]' },
    { key: ["a,b", "c"], id: 'f#["a,b","c"]' },
    { key: ["a", "b,c"], id: 'f#["a","b,c"]' },
    { key: Number.NaN, id: undefined },
    { key: {} as never, id: undefined },
  ])("takes the key $key for $id, and a missing one for an error", async ({ key, id }) => {
    const store = memoryStore();
    const handler = wrap(direct(), idempotency({ store, key: () => key }), () => "done");

    expect(await codeOf(handler({}, at("f")))).toBe(id === undefined ? "LAMELLA_MISSING_KEY" : "fulfilled");
    expect([...store.records().keys()]).toEqual(id === undefined ? [] : [id]);
  });

  it("runs an item without a key unprotected where none is required", async () => {
    let runs = 0;
    const handler = wrap(direct(), idempotency({ store: memoryStore(), key: () => [undefined, undefined], required: false }), () => ++runs);

    expect([await handler({}, at("f")), await handler({}, at("f"))]).toEqual([1, 2]);
  });

  it.for([
    { of: "name", error: Object.assign(new Error("mine"), { name: "AlreadyInProgressError" }) },
    { of: "code of a busy key", error: Object.assign(new Error("mine"), { code: "LAMELLA_ALREADY_IN_PROGRESS" }) },
    { of: "code of the deadline", error: Object.assign(new Error("mine"), { code: "LAMELLA_DEADLINE_EXCEEDED" }) },
    { of: "code of the store", error: Object.assign(new Error("mine"), { code: "LAMELLA_STORE" }) },
  ])("takes a user's error for one though it carries the library's $of", async ({ error }) => {
    const store = memoryStore();
    let runs = 0;
    const handler = wrap(direct(), idempotency({ store, key: () => "k", failOpen: true }), () => {
      if (++runs === 1) throw error;
      return "second";
    });

    await expect(handler({}, at("f"))).rejects.toBe(error);
    expect(store.records().size).toBe(0);
    expect(await handler({}, at("f"))).toBe("second");
  });

  it.for([{ localCache: false }, { localCache: true }])(
    "replays what was stored, though a caller changes what it got, with localCache $localCache",
    async ({ localCache }) => {
      const handler = wrap(direct(), idempotency({ store: memoryStore(), key: () => "k", localCache }), () => ({
        list: [1],
        bytes: new Uint8Array([1]),
      }));
      for (let send = 0; send < 3; send++) {
        const got = (await handler({}, at("f"))) as { list: number[]; bytes: Uint8Array };

        expect(got).toEqual({ list: [1], bytes: new Uint8Array([1]) });
        got.list.push(2);
        got.bytes[0] = 9;
      }
    },
  );

  it("gives those that share a run objects of their own", async () => {
    const handler = wrap(direct(), idempotency({ store: memoryStore(), key: () => "k" }), async () => ({ list: [1] }));
    const [first, second] = await Promise.all([handler({}, at("f")), handler({}, at("f"))]);

    expect(second).toEqual(first);
    expect(second).not.toBe(first);
  });

  it("lets the business error through when the record cannot be released", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const error = new Error("declined");
    const store: IdempotencyStore = { ...memoryStore(), release: async () => Promise.reject(new Error("unreachable")) };
    const handler = wrap(direct(), idempotency({ store, key: () => "k" }), () => Promise.reject(error));

    await expect(handler({}, at("f"))).rejects.toBe(error);
    expect(warn).toHaveBeenCalledWith(expect.any(String), expect.objectContaining({ code: "LAMELLA_STORE" }));
  });

  it.for([{ thrown: undefined }, { thrown: null }, { thrown: "text" }, { thrown: 0 }, { thrown: { code: 5 } }])(
    "lets $thrown through when it is thrown, and frees the key",
    async ({ thrown }) => {
      const store = memoryStore();
      const handler = wrap(direct(), idempotency({ store, key: () => "k" }), () => {
        throw thrown;
      });

      expect(
        await Promise.resolve(handler({}, at("f"))).then(
          () => "fulfilled",
          (error: unknown) => ({ error }),
        ),
      ).toEqual({ error: thrown });
      expect(store.records().size).toBe(0);
    },
  );

  it("holds a lease for a single step as well", async () => {
    const store = memoryStore();
    const handler = wrap(direct<string>(), steps({ store, key: (id) => id }), (_id, { once }) =>
      once("charge", () => new Promise<never>(() => {})),
    );
    handler("k", at("f", 5_000)).catch(() => {});
    await vi.advanceTimersByTimeAsync(0);

    expect(store.records().get("f~charge#k")).toMatchObject({ status: "in-progress", leaseUntil: Date.now() + 6_000 });
  });

  it("validates payloads of replays in whichever store", async () => {
    const handler = wrap(
      direct<{ total: number }>(),
      idempotency({ store: memoryStore(), key: () => "k", payload: ({ total }) => total, localCache: true }),
      () => "done",
    );
    await handler({ total: 1 }, at("f"));

    expect(await codeOf(handler({ total: 2 }, at("f")))).toBe("LAMELLA_PAYLOAD_MISMATCH");
    expect(await codeOf(handler({ total: 1 }, at("f")))).toBe("fulfilled");
  });
});

describe("steps", () => {
  it("does each step once, while the item runs again", async () => {
    const did: string[] = [];
    let runs = 0;
    const handler = wrap(direct<string>(), steps({ store: memoryStore(), key: (id) => id }), async (id, { once }) => {
      runs++;
      const receipt = await once("charge", () => (did.push(`charge ${id}`), { receipt: did.length }));
      await once("mail", async () => {
        if (runs === 1) throw new Error("no mail");
        did.push("mail");
      });
      return receipt;
    });

    await expect(handler("a", at("f"))).rejects.toThrow("no mail");
    expect(await handler("a", at("f"))).toEqual({ receipt: 1 });
    expect(await handler("b", at("f"))).toEqual({ receipt: 3 });
    expect(did).toEqual(["charge a", "mail", "charge b", "mail"]);
  });

  it.for(["", "a#b", "a~b", 5])("refuses the name %s", async (name) => {
    const handler = wrap(direct(), steps({ store: memoryStore(), key: () => "k" }), (_item, { once }) => once(name as string, () => 1));

    await expect(handler({}, at("f"))).rejects.toThrow(TypeError);
  });

  it("sees a step to its end whose handler was given up", async () => {
    const store = memoryStore();
    const handler = wrap(direct(), steps({ store, key: () => "k" }), (_item, { once }) =>
      once("slow", () => new Promise((resolve) => setTimeout(() => resolve("late"), 10_500))),
    );
    const sent = codeOf(handler({}, at("f", 10_000)));
    await vi.advanceTimersByTimeAsync(10_500);

    expect(await sent).toBe("LAMELLA_DEADLINE_EXCEEDED");
    expect(store.records().get("f~slow#k")).toMatchObject({ status: "completed", data: "late" });
  });
});
