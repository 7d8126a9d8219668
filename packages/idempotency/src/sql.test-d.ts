import { Client, Pool, type PoolClient } from "pg";
import postgres, { type TransactionSql } from "postgres";
import { it } from "vitest";
import { type IdempotencyStore, type TransactionStore } from "./index.ts";
import { sqlStore } from "./sql.ts";

const same = <A, B>(..._none: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? [] : [never]): void => {};

it("knows the transaction of each driver", () => {
  const ofPool: TransactionStore<PoolClient> = sqlStore({ pool: new Pool() });
  const ofPostgresJs = sqlStore({ sql: postgres() });
  same<typeof ofPostgresJs extends TransactionStore<infer Tx> ? Tx : never, TransactionSql<{}>>();
  const pool = {
    query: async () => ({ rows: [] }),
    connect: async () => ({ query: async () => ({ rows: [] }), release: () => {}, mine: 1 }),
  };
  const ofMine = sqlStore({ pool });
  same<typeof ofMine extends TransactionStore<infer Tx extends { mine: number }> ? Tx["mine"] : never, number>();
  const plain: IdempotencyStore = sqlStore({ client: new Client() });
  return [ofPool, plain];
});
