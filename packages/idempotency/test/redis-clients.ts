import { GlideClient, GlideClusterClient, Logger } from "@valkey/valkey-glide";
import { Cluster, Redis } from "ioredis";
import { Cluster as Cluster5, Redis as Redis5 } from "ioredis-5";
import { createClient, createCluster } from "redis";
import { createClient as createClient4, createCluster as createCluster4 } from "redis-4";
import type { RedisClient } from "../src/redis.ts";

/** A client with its end. */
interface Opened {
  readonly client: RedisClient;
  readonly close: () => unknown;
}

// It warns of each script that the server has not seen.
Logger.setLoggerConfig("off");
const quiet = (): void => {};
const host = "127.0.0.1";

/** Each client that a store can be made of, for one server and for a cluster. */
export const CLIENTS: readonly {
  readonly name: string;
  readonly open: (port: number) => Promise<Opened>;
  readonly openCluster: (port: number) => Promise<Opened>;
}[] = [
  {
    name: "redis",
    open: async (port) => {
      const client = await createClient({ socket: { host, port } }).on("error", quiet).connect();
      return { client, close: () => client.destroy() };
    },
    openCluster: async (port) => {
      const client = await createCluster({ rootNodes: [{ socket: { host, port } }] })
        .on("error", quiet)
        .connect();
      return { client, close: () => client.destroy() };
    },
  },
  {
    name: "redis 4",
    open: async (port) => {
      const client = await createClient4({ socket: { host, port } }).on("error", quiet).connect();
      return { client, close: () => client.disconnect() };
    },
    openCluster: async (port) => {
      const client = createCluster4({ rootNodes: [{ socket: { host, port } }] }).on("error", quiet);
      await client.connect();
      return { client, close: () => client.disconnect() };
    },
  },
  {
    name: "ioredis",
    open: async (port) => {
      const client = new Redis({ host, port }).on("error", quiet);
      return { client, close: () => client.disconnect() };
    },
    openCluster: async (port) => {
      const client = new Cluster([{ host, port }]).on("error", quiet);
      return { client, close: () => client.disconnect() };
    },
  },
  {
    name: "ioredis 5",
    open: async (port) => {
      const client = new Redis5({ host, port }).on("error", quiet);
      return { client, close: () => client.disconnect() };
    },
    openCluster: async (port) => {
      const client = new Cluster5([{ host, port }]).on("error", quiet);
      return { client, close: () => client.disconnect() };
    },
  },
  {
    name: "valkey-glide",
    open: async (port) => {
      const client = await GlideClient.createClient({ addresses: [{ host, port }] });
      return { client, close: () => client.close() };
    },
    openCluster: async (port) => {
      const client = await GlideClusterClient.createClient({ addresses: [{ host, port }] });
      return { client, close: () => client.close() };
    },
  },
];
