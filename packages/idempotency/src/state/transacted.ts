import { DeadlineExceededError } from "@lamella/core";
import { LeaseLostError } from "../errors/lease-lost-error.ts";
import { StoreError } from "../errors/store-error.ts";
import type { Completion, TransactionStore, TransactionTimes } from "../store.ts";
import type { Attempt } from "./attempt.ts";
import { keeps, type Performed, type Settled, settle, unwrap } from "./settled.ts";
import { tell } from "./tell.ts";
import { isManaged, type Work } from "./work.ts";

/** How much longer than the invocation a transaction may idle, in milliseconds; on Managed Instances work goes on after it. */
const IDLE_MS = 5_000;
const MANAGED_IDLE_MS = 900_000;

/** The times of a transaction within an invocation. */
function timesOf({ ctx: { deadline } }: Pick<Work<never>, "ctx">): TransactionTimes {
  return { withinMs: () => deadline.remainingMs(), idleMs: isManaged() ? MANAGED_IDLE_MS : deadline.remainingMs() + IDLE_MS };
}

/** Performs work in a transaction, in which its record is completed as well. */
export function transacted<T, Tx>(
  store: TransactionStore<Tx>,
  run: (tx: Tx) => Promise<T>,
): (attempt: Attempt<T>) => Promise<Performed<T>> {
  return async (attempt) => {
    let isLate = false;
    let give!: (settled: Settled<T>) => void;
    const given = new Promise<Settled<T>>((resolve) => {
      give = resolve;
    });
    const ended = performIn(store, run, attempt, (settled) => {
      isLate = true;
      give(settled);
    }).then((settled) => {
      give(settled);
      if (isLate && "error" in settled && (settled.error instanceof StoreError || settled.error instanceof LeaseLostError))
        tell(attempt.work.ctx, "error", "What went on after the deadline was rolled back", settled.error);
    });
    const settled = await given;
    return { settled, rest: isLate ? ended : undefined };
  };
}

/** How far it came. */
type Stage = "begin a transaction" | "run" | "complete" | "commit";

/** Never rejects. `onLate` gets what is replied for work that was given up and goes on. */
async function performIn<T, Tx>(
  store: TransactionStore<Tx>,
  run: (tx: Tx) => Promise<T>,
  attempt: Attempt<T>,
  onLate: (settled: Settled<T>) => void,
): Promise<Settled<T>> {
  const { work } = attempt;
  const { deadline } = work.ctx;
  const reached: { stage: Stage } = { stage: "begin a transaction" };
  let settled: Settled<T> | undefined;
  let completion: Completion | undefined;
  let isLate = false;
  try {
    await store.transact(timesOf(work), async (tx, complete) => {
      // It may have taken long to get here.
      if (!(await attempt.isFresh())) throw (settled = { error: new LeaseLostError("rolled back") });
      // Its item is given up already, or about to be, so it may not start any more.
      if (!deadline.has(1)) throw (settled = { error: new DeadlineExceededError(deadline.remainingMs()) });
      reached.stage = "run";
      settled = await settle(() => run(tx));
      const late = work.late();
      if (late !== undefined) {
        isLate = true;
        attempt.leave();
        onLate(settled);
        settled = await settle(() => late);
      }
      if ("error" in settled || !(await keeps(work, settled.value))) throw settled;
      reached.stage = "complete";
      completion = await attempt.toCompletion(settled.value);
      if (!(await complete(completion))) throw (settled = { error: new LeaseLostError("rolled back") });
      reached.stage = "commit";
    });
  } catch (error) {
    // What is thrown above, to roll back.
    if (settled !== undefined && error === settled) {
      // What failed because the time was up may have left something running, so its record ends with its lease.
      if (reached.stage !== "complete" && (isLate || deadline.has(1))) await attempt.release();
      return settled;
    }
    // The answer may be all that was lost: the record tells.
    const isCommitted = reached.stage === "commit" && (await attempt.isCompleted().catch(() => undefined));
    if (isCommitted === false) await attempt.release();
    if (isCommitted !== true) return { error: new StoreError(store.name, reached.stage, error) };
  }
  if (completion !== undefined) attempt.confirm(completion);
  return settled as unknown as Settled<T>;
}

/** Does work without a key in a transaction, which no record is part of. */
export async function unkeyed<T, Tx>(store: TransactionStore<Tx>, work: Work<T>, run: (tx: Tx) => Promise<T>): Promise<T> {
  let settled: Settled<T> | undefined;
  try {
    await store.transact(timesOf(work), async (tx) => {
      settled = await settle(() => run(tx));
      if ("error" in settled || !(await keeps(work, settled.value))) throw settled;
    });
  } catch (error) {
    if (settled === undefined) throw new StoreError(store.name, "begin a transaction", error);
    if (error !== settled) throw new StoreError(store.name, "commit", error);
  }
  return unwrap(settled as unknown as Settled<T>);
}
