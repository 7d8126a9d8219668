import { wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { Client, Pool, type PoolClient } from "pg";
import postgres, { type TransactionSql } from "postgres";
import { it } from "vitest";
import { z } from "zod";
import { type IdempotencyStore, idempotency, type TransactionStore, transaction, transactionSteps } from "./index.ts";
import { memoryStore } from "./memory.ts";
import { sqlStore } from "./sql.ts";

const same = <A, B>(..._none: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? [] : [never]): void => {};

it("knows the transaction of each driver", () => {
  const ofPool: TransactionStore<PoolClient> = sqlStore({ pool: new Pool() });
  const ofPostgresJs = sqlStore({ sql: postgres() });
  same<typeof ofPostgresJs extends TransactionStore<infer Tx> ? Tx : never, TransactionSql>();
  const pool = {
    query: async () => ({ rows: [] }),
    connect: async () => ({ query: async () => ({ rows: [] }), release: () => {}, mine: 1 }),
  };
  const ofMine = sqlStore({ pool });
  same<typeof ofMine extends TransactionStore<infer Tx extends { mine: number }> ? Tx["mine"] : never, number>();
  const plain: IdempotencyStore = sqlStore({ client: new Client() });
  return [ofPool, plain];
});

const Order = z.object({ id: z.string() });
const store = sqlStore({ pool: new Pool() });

it("gives the handler and its steps the transaction", () => {
  wrap(sqs({ body: Order }), transaction({ store, key: ({ body }) => body.id }), async ({ body }, { tx }) => {
    same<typeof tx, PoolClient>();
    return tx.query("select $1", [body.id]);
  });
  wrap(sqs({ body: Order }), transactionSteps({ store, key: ({ body }) => body.id }), async ({ body }, { transact }) => {
    const rows: number = await transact("a", async (tx) => (await tx.query("select $1", [body.id])).rows.length);
    return rows;
  });
  wrap(sqs({ body: Order }), idempotency({ store, key: ({ body }) => body.id }), async () => {});
});

it("refuses a transaction where there is none", () => {
  // @ts-expect-error 2741: a store in memory has no transactions
  wrap(sqs(), transaction({ store: memoryStore(), key: ({ id }) => id }), async () => {});
  // @ts-expect-error 2741: one client for all has none either
  wrap(sqs(), transaction({ store: sqlStore({ client: new Client() }), key: ({ id }) => id }), async () => {});
  // @ts-expect-error 2339: idempotency() alone adds no tx
  wrap(sqs(), idempotency({ store, key: ({ id }) => id }), async (_message, { tx }) => tx);
  // @ts-expect-error 2353: without the store there is no transaction to run in
  wrap(sqs(), transaction({ store, key: ({ id }) => id, failOpen: true }), async () => {});
  // @ts-expect-error 2345: ctx.tx is already there
  wrap(sqs(), transaction({ store, key: ({ id }) => id }), transaction({ store, key: ({ id }) => id }), async () => {});
  // @ts-expect-error 2339: the body has no idd
  wrap(sqs({ body: Order }), transaction({ store, key: ({ body }) => body.idd }), async () => {});
});
