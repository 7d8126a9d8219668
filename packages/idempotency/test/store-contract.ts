import { expect, it } from "vitest";
import type { Claim, IdempotencyStore } from "../src/index.ts";

const NOW = 1_800_000_000_000;

/** What every store has to do. `id` gives a key that nobody has used. */
export function storeContract(open: () => Promise<IdempotencyStore>, now: () => number = () => NOW): void {
  // One table serves several stores.
  const mine = crypto.randomUUID();
  let keys = 0;
  const claim = (id: string, token: string, more: Partial<Claim> = {}): Claim => ({
    id,
    token,
    owner: undefined,
    now: now(),
    leaseUntil: now() + 10_000,
    expiresAt: now() + 100_000,
    validation: undefined,
    replaces: undefined,
    withinMs: 5_000,
    ...more,
  });
  const done = (id: string, token: string, data: Parameters<IdempotencyStore["complete"]>[0]["data"], expiresAt = now() + 100_000) => ({
    id,
    token,
    expiresAt,
    data,
    validation: undefined,
    withinMs: 5_000,
  });
  const fresh = (): string => `${mine}#${++keys}`;

  it("begins once, and shows the attempt that stands there", async () => {
    const store = await open();
    const id = fresh();

    expect(await store.begin(claim(id, "t1", { owner: "o", validation: "v" }))).toBeUndefined();
    expect(await store.begin(claim(id, "t2"))).toMatchObject({
      status: "in-progress",
      token: "t1",
      owner: "o",
      validation: "v",
      leaseUntil: now() + 10_000,
    });
  });

  it("shows an attempt its own record when it asks again", async () => {
    const store = await open();
    const id = fresh();
    await store.begin(claim(id, "t1"));

    expect((await store.begin(claim(id, "t1")))?.token).toBe("t1");
  });

  it.for([
    { afterMs: 11_000, begins: false },
    { afterMs: 11_001, begins: true },
  ])("lets another begin $afterMs ms later: $begins, with a lease of 10,000 and clocks that differ", async ({ afterMs, begins }) => {
    const store = await open();
    const id = fresh();
    await store.begin(claim(id, "t1"));

    expect((await store.begin(claim(id, "t2", { now: now() + afterMs }))) === undefined).toBe(begins);
  });

  it("lets an attempt replace the one that it names, and no other", async () => {
    const store = await open();
    const id = fresh();
    await store.begin(claim(id, "t1"));

    expect((await store.begin(claim(id, "t2", { replaces: "t0" })))?.token).toBe("t1");
    expect(await store.begin(claim(id, "t2", { replaces: "t1" }))).toBeUndefined();
    expect(await store.complete(done(id, "t1", 1))).toBe(false);
    expect(await store.complete(done(id, "t2", 2))).toBe(true);
  });

  it("renews to a later time, and never to an earlier one", async () => {
    const store = await open();
    const id = fresh();
    await store.begin(claim(id, "t1", { owner: "o" }));
    const renew = (token: string, leaseUntil: number, owner?: string) =>
      store.renew({ id, token, leaseUntil, expiresAt: now() + 100_000, owner, withinMs: 5_000 });

    expect(await renew("t1", now() + 20_000, "o")).toBe(true);
    expect(await renew("t1", now() + 15_000)).toBe(true);
    expect(await renew("t2", now() + 90_000)).toBe(false);
    expect(await store.begin(claim(id, "t3"))).toMatchObject({ leaseUntil: now() + 20_000, token: "t1", owner: "o" });
    expect(await renew("t1", now() + 20_000)).toBe(true);
    expect((await store.begin(claim(id, "t3")))?.owner).toBeUndefined();
    await store.complete(done(id, "t1", 1));
    expect(await renew("t1", now() + 20_000)).toBe(false);
    expect(await store.renew({ id: fresh(), token: "t1", leaseUntil: now(), expiresAt: now(), owner: undefined, withinMs: 5_000 })).toBe(
      false,
    );
  });

  it.for([
    { what: "nothing", data: undefined },
    { what: "null", data: null },
    { what: "a nested value", data: { text: "é😀", "": [1, -0.5, 1e21, [], {}, true, null, ""], deep: { a: { b: [{}] } } } },
    { what: "what is nested deeply", data: JSON.parse("[".repeat(60) + "]".repeat(60)) as [] },
  ])("completes with $what, once", async ({ data }) => {
    const store = await open();
    const id = fresh();
    await store.begin(claim(id, "t1"));

    expect(await store.complete(done(id, "t1", data))).toBe(true);
    // A lost answer makes an attempt say it again.
    expect(await store.complete(done(id, "t1", "again"))).toBe(true);
    expect(await store.complete(done(id, "t2", "other"))).toBe(false);
    const { decode } = await import("../src/data/decode.ts");
    const record = await store.begin(claim(id, "t3"));
    expect(record).toMatchObject({ status: "completed", token: "t1" });
    expect(decode(record?.data)).toEqual(data);
  });

  it("lets a completed record go when it expires, and not before", async () => {
    const store = await open();
    const id = fresh();
    await store.begin(claim(id, "t1"));
    await store.complete(done(id, "t1", 1, now() + 5_000));

    expect((await store.begin(claim(id, "t2", { now: now() + 4_000 })))?.status).toBe("completed");
    expect(await store.begin(claim(id, "t2", { now: now() + 6_000 }))).toBeUndefined();
  });

  it("releases its own attempt while it is in progress, and nothing else", async () => {
    const store = await open();
    const id = fresh();
    await store.begin(claim(id, "t1"));
    await store.release({ id, token: "t2", withinMs: 5_000 });

    expect((await store.begin(claim(id, "t2")))?.token).toBe("t1");
    await store.release({ id, token: "t1", withinMs: 5_000 });
    await store.release({ id, token: "t1", withinMs: 5_000 });
    expect(await store.begin(claim(id, "t2"))).toBeUndefined();
    await store.complete(done(id, "t2", 1));
    await store.release({ id, token: "t2", withinMs: 5_000 });
    expect((await store.begin(claim(id, "t3")))?.status).toBe("completed");
    expect(await store.complete(done(fresh(), "t1", 1))).toBe(false);
  });

  it("lets one of many begin at once", async () => {
    const store = await open();
    const id = fresh();
    const begun = await Promise.all(Array.from({ length: 8 }, (_, index) => store.begin(claim(id, `t${index}`))));

    expect(begun.filter((record) => record === undefined)).toHaveLength(1);
  });
}
