import { mustBe } from "@lamella/core/extend";
import { type RedisClient, toRun } from "./redis/clients.ts";
import { SCRIPTS } from "./redis/scripts.ts";
import { type IdempotencyRecord, type IdempotencyStore, SKEW_MS } from "./store.ts";
import { type Tries, trying } from "./trying.ts";

export type { GlideClient, IoredisClient, NodeRedisClient, RedisClient } from "./redis/clients.ts";

export interface RedisStoreOptions {
  /** Your own client, connected: of `redis`, `ioredis` or `@valkey/valkey-glide`, or of their clusters. */
  readonly client: RedisClient;
  /** What stands before the ids of records. @default "idempotency:" */
  readonly prefix?: string | undefined;
  /** How long one try of a call may take, in milliseconds. @default 2_000 */
  readonly timeoutMs?: number | undefined;
  /** Tries of a call in all, the first included; 1 or more. @default 3 */
  readonly attempts?: number | undefined;
}

/** How much longer than it has to Redis keeps a record, in milliseconds: the clocks of those who read it differ. */
const KEPT_MS = 10_000;

/**
 * A store in Redis 4 or later, or Valkey, over a client of yours. Each operation is one script on one key.
 *
 * The server has to keep what it is given: `maxmemory-policy noeviction`.
 *
 * @throws {TypeError} At load, when the client is none, or the prefix is no text.
 * @throws {RangeError} At load, when a number is out of its range.
 * @example
 * idempotency({ store: redisStore({ client: new Redis(process.env.REDIS_URL) }), key: ({ body }) => body.id })
 */
export function redisStore({ client, prefix = "idempotency:", timeoutMs = 2_000, attempts = 3 }: RedisStoreOptions): IdempotencyStore {
  const run = toRun(client);
  const isRight = run !== undefined;
  mustBe(isRight, "redisStore({ client })", "a client of redis, ioredis or @valkey/valkey-glide", client);
  mustBe(typeof prefix === "string", "redisStore({ prefix })", "a text", prefix);
  mustBe(timeoutMs > 0, "redisStore({ timeoutMs })", "more than 0 milliseconds", timeoutMs, RangeError);
  mustBe(Number.isInteger(attempts) && attempts >= 1, "redisStore({ attempts })", "1 or more", attempts, RangeError);
  const tries: Tries = { timeoutMs, attempts };
  const hashes = new Map<string, string>();

  const sha1Of = (script: string): string => {
    const hash = hashes.get(script) ?? process.getBuiltinModule("node:crypto").createHash("sha1").update(script).digest("hex");
    hashes.set(script, hash);
    return hash;
  };
  const call = (name: keyof typeof SCRIPTS, id: string, withinMs: number, args: readonly (string | number)[]): Promise<unknown> =>
    trying(tries, withinMs, isTransient, async () => {
      const script = SCRIPTS[name];
      const texts = args.map(String);
      try {
        return await run?.("sha1", sha1Of(script), prefix + id, texts);
      } catch (error) {
        // A server that has not seen the script yet, or has been started anew.
        if (!says(error, /NOSCRIPT|NoScript/)) throw error;
        return run?.("text", script, prefix + id, texts);
      }
    });

  return {
    name: "redis",
    begin: async ({ id, token, now, owner, leaseUntil, expiresAt, validation, replaces, withinMs }) => {
      const fields = { status: "in-progress", token, lease: leaseUntil, expires: expiresAt, owner, validation };
      const replaced = replaces === undefined ? "" : `=${replaces}`;
      return toRecord(await call("begin", id, withinMs, [now, replaced, toLive(expiresAt, leaseUntil), ...toList(fields)]));
    },
    renew: async ({ id, token, leaseUntil, expiresAt, owner, withinMs }) => {
      const fields = { lease: leaseUntil, expires: expiresAt, owner };
      return Number(await call("renew", id, withinMs, [token, leaseUntil, toLive(expiresAt, leaseUntil), ...toList(fields)])) === 1;
    },
    complete: async ({ id, token, expiresAt, data, validation, withinMs }) => {
      const text = data === undefined ? undefined : JSON.stringify(data);
      const fields = { status: "completed", token, expires: expiresAt, data: text, validation };
      return Number(await call("complete", id, withinMs, [token, toLive(expiresAt), ...toList(fields)])) === 1;
    },
    release: async ({ id, token, withinMs }) => {
      await call("release", id, withinMs, [token]);
    },
  };
}

/** For how long Redis keeps a record, in milliseconds from now. Its own clock may be any. */
function toLive(expiresAt: number, leaseUntil = 0): number {
  return Math.max(1, Math.ceil(Math.max(expiresAt, leaseUntil + SKEW_MS) - Date.now())) + KEPT_MS;
}

function toList(fields: Readonly<Record<string, string | number | undefined>>): (string | number)[] {
  return Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
}

function toText(field: unknown): string | undefined {
  if (field === null || field === undefined) return undefined;
  return typeof field === "string" ? field : Buffer.from(field as Uint8Array).toString();
}

function toRecord(reply: unknown): IdempotencyRecord | undefined {
  const fields = reply as readonly unknown[];
  if (fields.length === 0) return undefined;
  // Bytes, where the client is set so.
  const [status, token, owner, lease, expires, data, validation] = fields.map(toText);
  return {
    status: status === "in-progress" ? "in-progress" : "completed",
    token,
    owner,
    leaseUntil: lease === undefined ? undefined : Number(lease),
    expiresAt: Number(expires),
    data: data === undefined ? undefined : JSON.parse(data),
    validation,
  };
}

function says(error: unknown, pattern: RegExp): boolean {
  return pattern.test(String((error as { readonly message?: unknown } | undefined)?.message));
}

/** Whether the same call may do better later: not where the server refuses it. */
function isTransient(error: unknown): boolean {
  return !says(error, /\b(?:ERR|NOAUTH|NOPERM|WRONGPASS|WRONGTYPE|OOM|NOREPLICAS|DENIED|ResponseError|PermissionDenied)\b/);
}
