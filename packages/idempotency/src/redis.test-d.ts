import { GlideClient, GlideClusterClient } from "@valkey/valkey-glide";
import { Cluster, Redis } from "ioredis";
import { createClient, createCluster } from "redis";
import { it } from "vitest";
import { redisStore } from "./redis.ts";

it("takes a client of each library, and of its cluster", async () => {
  redisStore({ client: new Redis() });
  redisStore({ client: new Cluster([]) });
  redisStore({ client: createClient() });
  redisStore({ client: await createClient().connect() });
  redisStore({ client: createCluster({ rootNodes: [] }) });
  redisStore({ client: await GlideClient.createClient({ addresses: [] }) });
  redisStore({ client: await GlideClusterClient.createClient({ addresses: [] }) });
});

it("refuses what is no client, and what is not connected yet", () => {
  // @ts-expect-error 2322: a promise is no client
  redisStore({ client: GlideClient.createClient({ addresses: [] }) });
  // @ts-expect-error 2322: an address is no client
  redisStore({ client: "redis://localhost" });
});
