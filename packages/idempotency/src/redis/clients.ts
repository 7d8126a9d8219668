/** A client of `redis` (node-redis), version 4 or later, or its cluster. */
export interface NodeRedisClient {
  readonly eval: (script: string, options: { keys: string[]; arguments: string[] }) => Promise<unknown>;
  readonly evalSha: (sha1: string, options: { keys: string[]; arguments: string[] }) => Promise<unknown>;
}

/** A client of `ioredis`, version 5 or later, or its cluster. */
export interface IoredisClient {
  readonly eval: (script: string, numkeys: number, ...args: string[]) => Promise<unknown>;
  readonly evalsha: (sha1: string, numkeys: number, ...args: string[]) => Promise<unknown>;
}

/** A client of `@valkey/valkey-glide`, or its cluster. */
export interface GlideClient {
  readonly customCommand: (args: string[]) => Promise<unknown>;
}

export type RedisClient = NodeRedisClient | IoredisClient | GlideClient;

/** Runs a script on one key, by its hash or by its text. */
export type RunScript = (by: "sha1" | "text", script: string, key: string, args: string[]) => Promise<unknown>;

/** How scripts run on a client, told by its methods; `undefined` where it is no client. */
export function toRun(client: RedisClient): RunScript | undefined {
  const has = (name: string): boolean => typeof (client as unknown as Readonly<Record<string, unknown>> | null)?.[name] === "function";
  if (has("evalSha") && has("eval")) {
    const redis = client as NodeRedisClient;
    return (by, script, key, args) => redis[by === "sha1" ? "evalSha" : "eval"](script, { keys: [key], arguments: args });
  }
  if (has("evalsha") && has("eval")) {
    const redis = client as IoredisClient;
    return (by, script, key, args) => redis[by === "sha1" ? "evalsha" : "eval"](script, 1, key, ...args);
  }
  if (has("customCommand")) {
    const redis = client as GlideClient;
    return (by, script, key, args) => redis.customCommand([by === "sha1" ? "EVALSHA" : "EVAL", script, "1", key, ...args]);
  }
  return undefined;
}
