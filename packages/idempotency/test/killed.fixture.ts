import { appendFileSync } from "node:fs";
import { direct, wrap } from "@lamella/core";
import { dynamodbStore } from "../src/dynamodb.ts";
import { type IdempotencyStore, idempotency, transaction } from "../src/index.ts";
import { redisStore } from "../src/redis.ts";
import { sqlStore } from "../src/sql.ts";

// A process of its own, that is killed in the middle: it runs `handler` once with what it is told.
const [kind = "", address = "", file = "", requestId = "", hangs = ""] = process.argv.slice(2);

const hang = async (when: string): Promise<void> => {
  if (hangs === when) await new Promise((resolve) => setTimeout(resolve, 60_000));
};
const pool = async () => new (await import("pg")).default.Pool({ host: address, user: "postgres", database: "postgres" });
const stores: Readonly<Record<string, () => Promise<IdempotencyStore>>> = {
  dynamodb: async () => dynamodbStore({ table: "plain", endpoint: address }),
  redis: async () => redisStore({ client: new (await import("ioredis")).Redis({ path: address }) }),
  sql: async () => sqlStore({ pool: await pool() }),
};
const options = { key: (id: string) => id, leaseMs: 2_000 };
const handler =
  kind === "transaction"
    ? wrap(direct<string>(), transaction({ ...options, store: sqlStore({ pool: await pool() }) }), async (id, { tx }) => {
        await tx.query("insert into effects (id) values ($1)", [id]);
        appendFileSync(file, "written\n");
        await hang("before");
        return "done";
      })
    : wrap(direct<string>(), idempotency({ ...options, store: (await stores[kind]?.()) as IdempotencyStore }), async () => {
        appendFileSync(file, "started\n");
        await hang("before");
        appendFileSync(file, "effect\n");
        return "done";
      });
const lambda = { functionName: "f", awsRequestId: requestId, getRemainingTimeInMillis: () => 30_000 };
handler("k", lambda as never)
  .then(
    (value) => console.log(value),
    (error: { readonly code?: string }) => console.log(error.code ?? error),
  )
  .finally(() => process.exit());
