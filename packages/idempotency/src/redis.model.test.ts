import { Redis } from "ioredis";
import { expect, it, onTestFinished } from "vitest";
import { playOn, STORE_SCHEDULES } from "../test/play-on.ts";
import { isMissing, startRedis } from "../test/servers.ts";
import { redisStore } from "./redis.ts";

it.skipIf(isMissing("redis"))(`holds over any of ${STORE_SCHEDULES} schedules on Redis from Debian`, { timeout: 0 }, async () => {
  const { socket, stop } = await startRedis();
  const client = new Redis({ path: socket });
  onTestFinished(async () => {
    client.disconnect();
    await stop();
  });
  await playOn(redisStore({ client }), async (id) => (await client.exists(`idempotency:${id}`)) === 1);

  // Whatever is left goes by itself.
  for (const key of await client.keys("*")) expect(await client.pttl(key)).toBeGreaterThan(0);
});
