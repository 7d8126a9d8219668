import type { TransactionTimes } from "../store.ts";
import { within } from "../trying.ts";
import { lend } from "./lend.ts";

/** A client of `pg`, or what has its `query`. */
export interface SqlClient {
  readonly query: (text: string, values?: string[]) => Promise<{ readonly rows: readonly unknown[] }>;
}

/** A client that a pool has lent. */
export interface SqlPoolClient extends SqlClient {
  readonly release: (error?: Error | boolean) => void;
}

/** A pool of `pg`, or what has its `query` and `connect`. */
export interface SqlPool extends SqlClient {
  readonly connect: () => Promise<SqlPoolClient>;
}

/** What asks, of postgres.js. */
export interface PostgresJsQuery {
  readonly unsafe: (text: string, values?: string[]) => PromiseLike<readonly unknown[]>;
}

/** What `postgres()` of postgres.js gives. */
export interface PostgresJs extends PostgresJsQuery {
  readonly begin: (work: (tx: PostgresJsQuery) => Promise<{ readonly value: unknown }>) => Promise<unknown>;
}

/** Asks, and gives the rows. */
export type Query = (text: string, values: readonly (string | null)[]) => Promise<readonly object[]>;

/** Runs `work` in a transaction. */
export type Transact<Tx> = <T>(times: TransactionTimes, work: (tx: Tx, query: Query) => Promise<T>) => Promise<T>;

/** `query` of a client of pg. */
export function queryOf(client: SqlClient): Query {
  return async (text, values) => (await client.query(text, values as string[])).rows as readonly object[];
}

/** `query` of a connection of postgres.js. */
export function unsafeOf(sql: PostgresJsQuery): Query {
  return async (text, values) => (await sql.unsafe(text, values as string[])) as readonly object[];
}

const limit = (idleMs: number): string => `set local idle_in_transaction_session_timeout = ${Math.ceil(idleMs)}`;

/** Transactions on clients of a pool. */
export function transactOn(pool: SqlPool, limitsIdle: boolean): Transact<SqlPoolClient> {
  return async ({ withinMs, idleMs }, work) => {
    const connecting = pool.connect();
    const client = await within(withinMs(), connecting).catch((error: unknown) => {
      // Not to be lost, when it comes after all.
      connecting.then(
        (late) => late.release(),
        () => {},
      );
      throw error;
    });
    const { on, off } = client as { readonly on?: Function; readonly off?: Function };
    // A connection that breaks between two queries says so here, and a client without a listener ends the process.
    on?.call(client, "error", ignore);
    let broken: Error | undefined;
    const send = async (text: string): Promise<void> => {
      try {
        await within(Math.max(1_000, withinMs()), client.query(text));
      } catch (error) {
        // Whatever became of it, nobody should have this connection again.
        broken = error instanceof Error ? error : new Error(String(error));
        throw error;
      }
    };
    try {
      await send(limitsIdle ? `begin; ${limit(idleMs)}` : "begin");
      const { tx, takeBack } = lend(client);
      let value: Awaited<ReturnType<typeof work>>;
      try {
        value = await work(tx, queryOf(client));
      } catch (error) {
        takeBack();
        await send("rollback").catch(ignore);
        throw error;
      }
      takeBack();
      await send("commit");
      return value;
    } finally {
      off?.call(client, "error", ignore);
      client.release(broken);
    }
  };
}

/** Transactions of postgres.js. */
export function beginOf(sql: PostgresJs, limitsIdle: boolean): Transact<never> {
  return async ({ withinMs, idleMs }, work) => {
    let isGivenUp = false;
    let begun!: () => void;
    let worked!: () => void;
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    const hasWorked = new Promise<void>((resolve) => (worked = resolve));
    const ended = sql.begin(async (connection) => {
      if (isGivenUp) throw new Error("It was given up");
      begun();
      const { tx, takeBack } = lend(connection);
      try {
        if (limitsIdle) await connection.unsafe(limit(idleMs));
        return { value: await work(tx as never, unsafeOf(connection)) };
      } finally {
        takeBack();
        worked();
      }
    }) as Promise<{ readonly value: Awaited<ReturnType<typeof work>> }>;
    ended.catch(ignore);
    try {
      await within(withinMs(), Promise.race([hasBegun, ended]));
    } catch (error) {
      isGivenUp = true;
      throw error;
    }
    await Promise.race([hasWorked, ended]);
    return (await within(Math.max(1_000, withinMs()), ended)).value;
  };
}

function ignore(): void {}
