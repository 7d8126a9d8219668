import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLIENTS } from "../test/redis-clients.ts";
import { isMissing, startRedis, startRedisCluster } from "../test/servers.ts";
import { storeContract } from "../test/store-contract.ts";
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
