import type { Completion, TransactionStore } from "../src/store.ts";
import type { Network } from "./schedules.ts";
import type { Process, VirtualTime } from "./virtual-time.ts";

/** A transaction of a database that holds the records and the effects. */
export interface RealTransaction {
  readonly write: (value: number) => Promise<unknown>;
  readonly complete: (completion: Completion) => Promise<boolean>;
  readonly commit: () => Promise<unknown>;
  readonly rollback: () => Promise<unknown>;
}

export interface RealDatabase {
  readonly open: () => Promise<RealTransaction>;
  /** What is committed. */
  readonly effects: () => Promise<readonly number[]>;
}

/** What the work of a schedule gets. */
export interface ModelTx {
  readonly write: (value: number) => Promise<unknown>;
}

interface Connection {
  readonly process: Process;
  readonly real: RealTransaction;
  readonly idleMs: number;
  isEnded: boolean;
  isCommitting: boolean;
  activity: number;
}

/** The database behind the network of a schedule: connections break, processes die or freeze, and who waits for a lock waits in virtual time. */
export class Transactions {
  readonly #time: VirtualTime;
  readonly #plan: () => Network;
  readonly #database: RealDatabase;
  readonly #open = new Set<Connection>();
  /** The transaction that has written to the record. */
  #holder: Connection | undefined;

  constructor(time: VirtualTime, plan: () => Network, database: RealDatabase) {
    this.#time = time;
    this.#plan = plan;
    this.#database = database;
  }

  /** Does what writes to the record, when no transaction has it locked. */
  whenFree(act: () => unknown): unknown {
    if (this.#holder === undefined) return act();
    return void this.#time.after(5, () => this.whenFree(act), null);
  }

  /** The process is gone, and the server ends what it had open, unless it has been told to commit. */
  crash(process: Process): void {
    for (const connection of this.#open)
      if (connection.process === process && !connection.isCommitting) this.#time.after(1, () => this.#end(connection, "rollback"), null);
  }

  transactFor(process: Process, onFault: () => void): TransactionStore<ModelTx>["transact"] {
    return async ({ idleMs }, work) => {
      const connection = await this.#begin(process, idleMs, onFault);
      const send = <T>(apply: () => Promise<T>): Promise<T> => this.#send(connection, onFault, apply);
      const tx: ModelTx = { write: (value) => send(() => connection.real.write(value)) };
      const complete = (completion: Completion): Promise<boolean> =>
        send(async () => {
          const isHeld = await connection.real.complete(completion);
          if (isHeld) this.#holder = connection;
          return isHeld;
        });
      let value: Awaited<ReturnType<typeof work>>;
      try {
        value = await work(tx, complete);
      } catch (error) {
        await this.#rollback(connection);
        throw error;
      }
      await this.#commit(connection, onFault);
      return value;
    };
  }

  #begin(process: Process, idleMs: number, onFault: () => void): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const { thereMs, backMs, fault } = this.#plan();
      if (fault !== "none" && fault !== "twice") {
        this.#time.after(thereMs + backMs, () => (onFault(), reject(CUT)), process);
        return;
      }
      this.#time.after(
        thereMs,
        async () => {
          const real = await this.#database.open();
          const connection = { process, real, idleMs, isEnded: false, isCommitting: false, activity: 0 };
          this.#open.add(connection);
          this.#touch(connection);
          if (process.state === "dead") this.crash(process);
          this.#time.after(backMs, () => resolve(connection), process);
        },
        null,
      );
    });
  }

  /** A statement. Any fault breaks the connection, and the server rolls back when it sees that. */
  #send<T>(connection: Connection, onFault: () => void, apply: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const { process } = connection;
      const { thereMs, backMs, fault } = this.#plan();
      const isFine = fault === "none" || fault === "twice";
      const fail = (ms: number): void => void this.#time.after(ms, () => (onFault(), reject(CUT)), process);
      if (fault === "lost" || fault === "late") fail(thereMs);
      if (!isFine) this.#time.after(thereMs + backMs, () => this.#end(connection, "rollback"), null);
      if (fault === "lost") return;
      this.#time.after(
        thereMs,
        () =>
          this.whenFree(async () => {
            if (connection.isEnded) return fail(backMs);
            this.#touch(connection);
            const result = await apply();
            if (isFine) this.#time.after(backMs, () => resolve(result), process);
            else if (fault === "mute") fail(backMs);
          }),
        null,
      );
    });
  }

  #commit(connection: Connection, onFault: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const { process } = connection;
      const { thereMs, backMs, fault } = this.#plan();
      const fail = (ms: number): void => void this.#time.after(ms, () => (onFault(), reject(CUT)), process);
      if (fault === "lost") {
        fail(thereMs);
        this.#time.after(thereMs + backMs, () => this.#end(connection, "rollback"), null);
        return;
      }
      connection.isCommitting = true;
      if (fault === "late") fail(thereMs);
      this.#time.after(
        fault === "late" ? thereMs + backMs : thereMs,
        async () => {
          const isCommitted = await this.#end(connection, "commit");
          if (!isCommitted || fault === "mute") fail(backMs);
          else if (fault !== "late") this.#time.after(backMs, resolve, process);
        },
        null,
      );
    });
  }

  #rollback(connection: Connection): Promise<void> {
    return new Promise((resolve) => {
      const { thereMs, backMs } = this.#plan();
      this.#time.after(thereMs, () => this.#end(connection, "rollback"), null);
      this.#time.after(thereMs + backMs, resolve, connection.process);
    });
  }

  async #end(connection: Connection, how: "commit" | "rollback"): Promise<boolean> {
    if (connection.isEnded) return false;
    connection.isEnded = true;
    await connection.real[how]();
    this.#open.delete(connection);
    if (this.#holder === connection) this.#holder = undefined;
    return true;
  }

  /** The server ends a transaction in which nothing happens. */
  #touch(connection: Connection): void {
    const activity = ++connection.activity;
    this.#time.after(
      connection.idleMs,
      async () => {
        if (connection.activity === activity && !connection.isCommitting) await this.#end(connection, "rollback");
      },
      null,
    );
  }
}

const CUT = Object.assign(new Error("The connection broke"), { code: "ECONNRESET" });
