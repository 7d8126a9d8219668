import { mustBe } from "@lamella/core/extend";
import { hashOf } from "./data/fingerprint.ts";
import {
  beginOf,
  type PostgresJs,
  type Query,
  queryOf,
  type SqlClient,
  type SqlPool,
  type Transact,
  transactOn,
  unsafeOf,
} from "./sql/databases.ts";
import { toRecord } from "./sql/record.ts";
import { type Statements, toStatements } from "./sql/statements.ts";
import { type Completion, type IdempotencyStore, SKEW_MS, type TransactionStore } from "./store.ts";
import { type Tries, trying } from "./trying.ts";

export type { PostgresJs, PostgresJsQuery, SqlClient, SqlPool, SqlPoolClient } from "./sql/databases.ts";
export { sqlTable } from "./sql/statements.ts";

/** What all ways to the database take. */
export interface SqlStoreOptions {
  /** The table's name, or its schema's and its own, such as `app.idempotency`; its case counts. `sqlTable` creates it. @default "idempotency" */
  readonly table?: string | undefined;
  /** How long one try of a call may take, in milliseconds. @default 2_000 */
  readonly timeoutMs?: number | undefined;
  /** Tries of a call in all, the first included; 1 or more. @default 3 */
  readonly attempts?: number | undefined;
  /**
   * Whether the database is told to end a transaction whose process is frozen, by `set local
   * idle_in_transaction_session_timeout`. Say `false` behind a proxy that does not share a connection which sets
   * anything, and set it for the role. @default true
   */
  readonly limitsIdle?: boolean | undefined;
}

export interface SqlPoolOptions<Pool extends SqlPool> extends SqlStoreOptions {
  /** Your pool of `pg`. */
  readonly pool: Pool;
}

export interface PostgresJsOptions<Sql extends PostgresJs> extends SqlStoreOptions {
  /** What `postgres()` of postgres.js gave. */
  readonly sql: Sql;
}

export interface SqlClientOptions extends Omit<SqlStoreOptions, "limitsIdle"> {
  /** What has the `query` of `pg`, and takes several at once. It gives no transactions, since all items share it. */
  readonly client: SqlClient;
}

/** What such a store does beside. */
export interface Cleans {
  /** Takes expired records away, at most `limit` at once, and gives how many there were. @default 10_000 */
  readonly clean: (limit?: number) => Promise<number>;
}

/** The client that a pool lends: the first of the overloads of `connect`, where there are two. */
export type ClientOf<Pool extends SqlPool> = Pool["connect"] extends { (): Promise<infer Client>; (callback: never): unknown }
  ? unknown extends Client
    ? Awaited<ReturnType<Pool["connect"]>>
    : Client
  : never;

/** The transaction that postgres.js gives to `begin`. */
export type TransactionOf<Sql extends PostgresJs> = Sql["begin"] extends (options: string, work: (tx: infer Tx) => never) => unknown
  ? Tx
  : never;

/** How long a call may take that no invocation limits, in milliseconds. */
const CLEANING_MS = 60_000;

/**
 * A store in a table of PostgreSQL 12 or later. Over a pool of `pg` or over postgres.js it gives transactions, for
 * `transaction` and `transactionSteps`: what the work writes is committed together with its record.
 *
 * @throws {TypeError} At load, when the client is none, or the table's name is not right.
 * @throws {RangeError} At load, when a number is out of its range.
 * @example
 * idempotency({ store: sqlStore({ pool }), key: ({ body }) => body.id })
 */
export function sqlStore<const Pool extends SqlPool>(options: SqlPoolOptions<Pool>): TransactionStore<ClientOf<Pool>> & Cleans;
export function sqlStore<const Sql extends PostgresJs>(options: PostgresJsOptions<Sql>): TransactionStore<TransactionOf<Sql>> & Cleans;
export function sqlStore(options: SqlClientOptions): IdempotencyStore & Cleans;
export function sqlStore(
  options: SqlStoreOptions & { readonly pool?: SqlPool; readonly sql?: PostgresJs; readonly client?: SqlClient },
): IdempotencyStore & Cleans {
  const { pool, sql, client, table = "idempotency", timeoutMs = 2_000, attempts = 3, limitsIdle = true } = options;
  const has = (of: unknown, ...names: string[]): boolean =>
    names.every((name) => typeof (of as Readonly<Record<string, unknown>> | undefined)?.[name] === "function");
  const given = [pool, sql, client].filter((each) => each !== undefined);
  mustBe(given.length === 1, "sqlStore(options)", "one of { pool }, { sql } and { client }", options);
  mustBe(pool === undefined || has(pool, "query", "connect"), "sqlStore({ pool })", "a pool of pg", pool);
  mustBe(sql === undefined || has(sql, "unsafe", "begin"), "sqlStore({ sql })", "what postgres() gives", sql);
  mustBe(client === undefined || has(client, "query"), "sqlStore({ client })", "a client of pg", client);
  mustBe(timeoutMs > 0, "sqlStore({ timeoutMs })", "more than 0 milliseconds", timeoutMs, RangeError);
  mustBe(Number.isInteger(attempts) && attempts >= 1, "sqlStore({ attempts })", "1 or more", attempts, RangeError);
  mustBe(typeof limitsIdle === "boolean", "sqlStore({ limitsIdle })", "a boolean", limitsIdle);
  const statements = toStatements(table);
  const tries: Tries = { timeoutMs, attempts };
  if (sql !== undefined) return withTransactions(statements, tries, unsafeOf(sql), beginOf(sql, limitsIdle));
  if (pool !== undefined) return withTransactions(statements, tries, queryOf(pool), transactOn(pool, limitsIdle));
  return tableOf(statements, tries, queryOf(client as SqlClient));
}

function withTransactions<Tx>(statements: Statements, tries: Tries, query: Query, transact: Transact<Tx>): TransactionStore<Tx> & Cleans {
  return {
    ...tableOf(statements, tries, query),
    transact: (times, work) =>
      transact(times, (tx, ask) => work(tx, async (completion) => (await ask(statements.complete, completed(completion))).length === 1)),
  };
}

function tableOf(statements: Statements, tries: Tries, query: Query): IdempotencyStore & Cleans {
  const call = <T>(withinMs: number, work: () => Promise<T>): Promise<T> => trying(tries, withinMs, isTransient, work);
  const ask = async (withinMs: number, name: keyof Statements, values: readonly (string | null)[]): Promise<number> =>
    call(withinMs, async () => (await query(statements[name], values)).length);
  return {
    name: "sql",
    begin: ({ id, token, now, owner, leaseUntil, expiresAt, validation, replaces, withinMs }) =>
      call(withinMs, async () => {
        const times = [now, now - SKEW_MS].map(toText) as [string, string];
        const record = [toText(leaseUntil), toText(expiresAt), validation ?? null];
        const values = [toId(id), token, owner ?? null, ...record, times[0], replaces ?? null, times[1]];
        for (;;) {
          if ((await query(statements.begin, values)).length === 1) return undefined;
          const [standing] = await query(statements.read, [toId(id)]);
          if (standing !== undefined) return toRecord(standing);
          // It was there, and was gone when it was read: free, most likely.
        }
      }),
    renew: async ({ id, token, leaseUntil, expiresAt, owner, withinMs }) =>
      (await ask(withinMs, "renew", [toId(id), token, toText(leaseUntil), toText(expiresAt), owner ?? null])) === 1,
    complete: async (completion) => (await ask(completion.withinMs, "complete", completed(completion))) === 1,
    release: async ({ id, token, withinMs }) => void (await ask(withinMs, "release", [toId(id), token])),
    // A minute late, for clocks that differ.
    clean: (limit = 10_000) => ask(CLEANING_MS, "clean", [toText(Date.now() - 60_000), String(limit)]),
  };
}

function completed({ id, token, expiresAt, data, validation }: Completion): (string | null)[] {
  return [toId(id), token, toText(expiresAt), data === undefined ? null : JSON.stringify(data), validation ?? null];
}

/** Whole: never earlier than it was. */
function toText(ms: number): string {
  return String(Math.ceil(ms));
}

/** PostgreSQL's text holds no NUL. No other id is without `#`. */
function toId(id: string): string {
  return id.includes("\0") ? `sha256:${hashOf(id, "sha256")}` : id;
}

/** Whether the same call may do better later: where the connection or the server had to do with it, and not what was asked. */
function isTransient(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  if (typeof code !== "string" || !/^[0-9A-Z]{5}$/.test(code) || /^E[A-Z]+$/.test(code)) return true;
  return /^(?:08|40|53|55P03|57)/.test(code);
}
