import { direct, wrap } from "@lamella/core";
import { lambdaContext } from "@lamella/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLIENTS } from "../test/redis-clients.ts";
import { isMissing, startRedis, startRedisCluster } from "../test/servers.ts";
import { storeContract } from "../test/store-contract.ts";
import { idempotency } from "./index.ts";
import { type RedisClient, redisStore } from "./redis.ts";
import type { Claim } from "./store.ts";

const claim = (more: Partial<Claim> = {}): Claim => ({
  id: "k",
  token: "t1",
  owner: undefined,
  now: Date.now(),
  leaseUntil: Date.now() + 60_000,
  expiresAt: Date.now() + 600_000,
  validation: undefined,
  replaces: undefined,
  withinMs: 5_000,
  ...more,
});

describe.skipIf(isMissing("redis"))("redisStore on a server from Debian", () => {
  let port: number;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    ({ port, stop } = await startRedis());
  });
  afterAll(() => stop());

  describe.each(CLIENTS)("over a client of $name", ({ open }) => {
    let client: RedisClient;
    let close: () => unknown;
    beforeAll(async () => {
      ({ client, close } = await open(port));
    });
    afterAll(() => void close());

    storeContract(async () => redisStore({ client }));

    it("validates payloads on replays, and of attempts in progress", async () => {
      const id = crypto.randomUUID();
      let isDone = false;
      const handler = wrap(
        direct<{ readonly total: number }>(),
        idempotency({ store: redisStore({ client }), key: () => id, payload: ({ total }) => total }),
        async () => {
          const standing = await redisStore({ client }).begin(claim({ id: `f#${id}`, now: 0 }));
          expect(standing?.validation, "the hash is there from the first moment").toMatch(/^.{44}$/);
          isDone = true;
          return { at: new Date(0) };
        },
      );
      const send = (total: number) => handler({ total }, { ...lambdaContext(), functionName: "f" });

      expect(await send(1)).toEqual({ at: new Date(0) });
      expect(isDone).toBe(true);
      await expect(send(2)).rejects.toMatchObject({ code: "LAMELLA_PAYLOAD_MISMATCH" });
      expect(await send(1)).toEqual({ at: new Date(0) });
    });

    it("runs its scripts again on a server that has forgotten them", async () => {
      const admin = await (CLIENTS[2] as (typeof CLIENTS)[number]).open(port);
      const store = redisStore({ client });
      await store.begin(claim({ id: "forgotten" }));
      await (admin.client as unknown as { call: (...args: string[]) => Promise<unknown> }).call("SCRIPT", "FLUSH");
      admin.close();

      expect((await store.begin(claim({ id: "forgotten", token: "t2" })))?.token).toBe("t1");
    });
  });
});

describe.skipIf(isMissing("redis"))("redisStore on a cluster from Debian", () => {
  let port: number;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    ({ port, stop } = await startRedisCluster());
  }, 60_000);
  afterAll(() => stop());

  it.for(CLIENTS)("reaches each record where it is, over $name", async ({ openCluster }) => {
    const { client, close } = await openCluster(port);
    const store = redisStore({ client, prefix: crypto.randomUUID() });
    for (let key = 0; key < 20; key++) {
      const id = `f#${key}`;
      expect(await store.begin(claim({ id }))).toBeUndefined();
      expect(await store.complete({ id, token: "t1", expiresAt: Date.now() + 1_000, data: key, validation: "v", withinMs: 5_000 })).toBe(
        true,
      );
      expect(await store.begin(claim({ id, token: "t2" }))).toMatchObject({ status: "completed", data: key, validation: "v" });
    }
    close();
  });
});

describe("redisStore", () => {
  const client = { customCommand: async (): Promise<unknown> => [] };
  it.for([
    { what: "no client", options: { client: undefined } },
    { what: "a client without scripts", options: { client: { get: () => {} } } },
    { what: "a prefix that is no text", options: { client, prefix: 5 } },
  ])("refuses $what at load", ({ options }) => {
    expect(() => redisStore(options as never)).toThrow(TypeError);
  });

  it.for([
    { what: "timeoutMs", options: { timeoutMs: 0 } },
    { what: "attempts", options: { attempts: 0.5 } },
  ])("refuses a wrong $what at load", ({ options }) => {
    expect(() => redisStore({ client, ...options })).toThrow(RangeError);
  });

  it("gives up a call after the time that its caller has", async () => {
    const store = redisStore({ client: { customCommand: () => new Promise<never>(() => {}) } });

    await expect(store.begin(claim({ withinMs: 20 }))).rejects.toMatchObject({ code: "ETIMEDOUT" });
  });

  it.for([
    { error: "LOADING Redis is loading the dataset in memory", asks: 2 },
    { error: "READONLY You can't write against a read only replica.", asks: 2 },
    { error: "Connection is closed.", asks: 2 },
    { error: "OOM command not allowed when used memory > 'maxmemory'.", asks: 1 },
    { error: "NOPERM this user has no permissions to run the 'evalsha' command", asks: 1 },
    { error: "WRONGTYPE Operation against a key holding the wrong kind of value", asks: 1 },
  ])("asks $asks times after: $error", async ({ error, asks }) => {
    let asked = 0;
    const store = redisStore({ client: { customCommand: async () => (asked++ === 0 ? Promise.reject(new Error(error)) : []) } });

    await store.begin(claim()).catch(() => {});
    expect(asked).toBe(asks);
  });

  it("sends a script as text once, to a server that does not know its hash", async () => {
    const sent: string[] = [];
    const store = redisStore({
      client: {
        customCommand: async ([command = ""]) => {
          sent.push(command);
          if (sent.length === 1) throw new Error("NOSCRIPT No matching script. Please use EVAL.");
          return [];
        },
      },
    });
    await store.begin(claim());
    await store.begin(claim());

    expect(sent).toEqual(["EVALSHA", "EVAL", "EVALSHA"]);
  });

  it("reads what a client gives as bytes", async () => {
    const reply = ["completed", "t", null, null, "5", '{"a":1}', null].map((field) => field && Buffer.from(field));
    const store = redisStore({ client: { customCommand: async () => reply } });

    expect(await store.begin(claim())).toEqual({
      status: "completed",
      token: "t",
      owner: undefined,
      leaseUntil: undefined,
      expiresAt: 5,
      data: { a: 1 },
      validation: undefined,
    });
  });
});
