import { DeadlineExceededError, hasCode } from "@lamella/core";
import { decode } from "../src/data/decode.ts";
import { encode } from "../src/data/encode.ts";
import { Guard } from "../src/state/guard.ts";
import { LocalCache } from "../src/state/local-cache.ts";
import type { Settings } from "../src/state/settings.ts";
import { transacted } from "../src/state/transacted.ts";
import type { Work } from "../src/state/work.ts";
import type { IdempotencyRecord, IdempotencyStore, TransactionStore } from "../src/store.ts";
import type { Host, RunLog } from "./host.ts";
import { type ModelTx, type RealDatabase, Transactions } from "./model-transactions.ts";
import type { Network, Planned, Schedule } from "./schedules.ts";
import { VirtualTime } from "./virtual-time.ts";

const KEY = "fn#order-1";

/**
 * Plays a schedule over a store, and gives what it finds wrong: nothing, if all is well. With a database each run is a
 * transaction, and its effect is written there.
 */
export async function play(
  schedule: Schedule,
  store: IdempotencyStore,
  read: () => Promise<IdempotencyRecord | undefined>,
  database?: RealDatabase,
): Promise<string[]> {
  const time = new VirtualTime();
  const problems: string[] = [];
  const runs: RunLog[] = [];
  const leases = new Map<string, number>();
  const replays: number[] = [];
  let effects = 0;
  let calls = 0;
  let isCalm = false;
  const look = (): Promise<IdempotencyRecord | undefined> => time.outside(read());
  const say = (problem: string): void => void problems.push(`${Math.round(time.elapsed)} ms: ${problem}`);

  const plan = (): Network =>
    isCalm ? { thereMs: 1, backMs: 1, fault: "none" } : (schedule.network[calls++ % schedule.network.length] as Network);
  const transactions = database && new Transactions(time, plan, database);
  const whenFree = (act: () => unknown): unknown => (transactions === undefined ? act() : transactions.whenFree(act));

  /** The store behind a network, for one process. */
  const behind = (host: Host): IdempotencyStore => {
    const call =
      <A extends { readonly token: string }, T>(name: string, apply: (input: A) => Promise<T>) =>
      (input: A): Promise<T> =>
        new Promise((resolve, reject) => {
          const { thereMs, backMs, fault } = plan();
          const { process } = host;
          if (fault !== "none" || thereMs + backMs > schedule.leaseMs / 4) {
            for (const run of host.runs) run.wasSlow = true;
            // What is sent twice is answered when it has come the second time.
            const tripMs = (fault === "twice" ? 2 : 1) * thereMs + backMs;
            host.slowUntil = Math.max(host.slowUntil, time.now + tripMs);
          }
          const fail = (ms: number): void =>
            void time.after(
              ms,
              () => {
                for (const run of host.runs) if (run.token === input.token) run.hadFault = true;
                reject(new Error("no answer"));
              },
              process,
            );
          const succeed = (result: T): void =>
            void time.after(
              backMs,
              () => {
                if (name === "begin" && result !== undefined && (result as IdempotencyRecord).token !== input.token) return resolve(result);
                if (name === "begin" || (name === "renew" && result === true)) {
                  host.begun = input.token;
                  leases.set(input.token, (input as unknown as { readonly leaseUntil: number }).leaseUntil);
                }
                resolve(result);
              },
              process,
            );
          if (fault === "lost") return fail(thereMs + backMs);
          if (fault === "late") {
            fail(thereMs);
            return void time.after(thereMs + backMs, () => whenFree(() => apply(input)), null);
          }
          const arrive = async (): Promise<void> => {
            const result = await apply(input);
            if (fault === "mute") return fail(backMs);
            if (fault !== "twice") return succeed(result);
            time.after(thereMs, () => whenFree(async () => succeed(await apply(input))), null);
          };
          time.after(thereMs, () => whenFree(arrive), null);
        });
    return {
      name: store.name,
      begin: call("begin", store.begin),
      renew: call("renew", store.renew),
      complete: call("complete", store.complete),
      release: call("release", store.release),
    };
  };

  const transactional = (host: Host, token: string): TransactionStore<ModelTx> => ({
    ...store,
    transact: (times, work) => {
      const onFault = (): void => host.runs.forEach((run) => void (run.token === token && (run.hadFault = true)));
      return (transactions as Transactions).transactFor(host.process, onFault)(times, work);
    },
  });

  const start = (name: string, skewMs: number): Host => {
    const host = { process: { name, skewMs, state: "running" }, begun: "", runs: [], slowUntil: 0 } as unknown as Host;
    const settings: Settings = {
      store: behind(host),
      expiresAfterMs: 3_600_000,
      leaseMs: schedule.leaseMs,
      waits: schedule.waits,
      failOpen: false,
      hash: "sha256",
      cache: schedule.caches ? new LocalCache(4) : undefined,
      alive: new Set(),
    };
    host.guard = new Guard(settings);
    return host;
  };
  const hosts = schedule.skews.map((skewMs, index) => start(`p${index}`, skewMs));

  const deliver = (host: Host, planned: Planned, requestId: string, onEnd?: (error: unknown, ranItself: boolean) => unknown): void => {
    const { process } = host;
    const endsAt = time.now + planned.timeoutMs;
    const softMs = planned.timeoutMs / 10;
    const controller = new AbortController();
    let late: Promise<number> | undefined;
    let ranItself = false;
    const remainingMs = (): number => Math.max(0, endsAt - time.now);
    const run = async (tx?: ModelTx, token = host.begun): Promise<number> => {
      ranItself = true;
      const log: RunLog = { process, token, effectAt: undefined, hadFault: false, wasSlow: time.now < host.slowUntil };
      runs.push(log);
      host.runs.push(log);
      const standing = await look();
      if (standing?.token !== token || standing.status !== "in-progress")
        say(`${process.name} starts, but the record is ${standing?.status ?? "free"}, or another's`);
      const work = new Promise<number>((resolve, reject) => {
        time.after(
          planned.beforeMs,
          async () => {
            if (planned.fails === "before") return reject(new Error("failed"));
            effects++;
            log.effectAt = time.now;
            const isValid = Math.floor(time.now) + process.skewMs < (leases.get(token) ?? 0);
            const now = await look();
            if (isValid && (now?.token !== token || now.status !== "in-progress"))
              say(`${process.name} has an effect under its lease, but the record is ${now?.status ?? "free"}, or another's`);
            if (!isValid && !log.wasSlow && !log.hadFault) say(`${process.name} let its lease end while it worked`);
            if (!isValid) log.hadFault = true;
            const value = effects;
            const goOn = (): void =>
              void time.after(
                planned.afterMs,
                () => {
                  if (planned.fails === "after") log.hadFault = true;
                  if (planned.fails === "after") reject(new Error("failed"));
                  else resolve(value);
                },
                process,
              );
            if (tx === undefined) goOn();
            // Not awaited: its answer takes time.
            else tx.write(value).then(goOn, reject);
          },
          process,
        );
      });
      work.catch(() => {});
      return new Promise((resolve, reject) => {
        work.then(resolve, reject);
        // The hard moment: the reply goes out, and the work goes on, in a process that is frozen, most likely.
        time.after(
          endsAt - time.now - softMs / 2,
          () => {
            late = work;
            log.hadFault = true;
            reject(new DeadlineExceededError(softMs / 2));
          },
          process,
        );
      }).then((value) => {
        late = undefined;
        return value as number;
      });
    };
    const work: Work<number> = {
      id: KEY,
      payload: undefined,
      ctx: {
        lambda: { awsRequestId: requestId, functionName: "fn" },
        delivery: { id: "m", index: 0, source: "test", attempt: undefined },
        deadline: { remainingMs, has: (ms: number) => remainingMs() - softMs >= ms },
        signal: controller.signal,
        coldStart: false,
        log: { warn: () => {}, error: () => {} },
      } as never,
      run: () => run(),
      perform:
        database &&
        (async (attempt) => {
          const { token } = await attempt.toCompletion(0);
          return transacted(transactional(host, token), (tx) => run(tx, token))(attempt);
        }),
      late: () => late,
      keeps: () => true,
      store: (value) => encode(value),
      replay: (record) => decode(record.data) as number,
    };
    time.after(planned.timeoutMs - softMs, () => controller.abort(new DeadlineExceededError(softMs)), process);
    host.guard.once(work).then(
      (value) => {
        if (!ranItself) replays.push(value);
        onEnd?.(undefined, ranItself);
      },
      (error: unknown) => onEnd?.(error, ranItself),
    );
    if (planned.mishap.kind === "crash") {
      time.after(
        planned.mishap.atMs,
        () => {
          process.state = "dead";
          transactions?.crash(process);
          for (const log of host.runs) log.hadFault = true;
          for (let again = 1; again <= planned.again.count; again++) {
            const id = planned.again.sameId ? requestId : `${requestId}-${again}`;
            time.after(
              again * planned.again.everyMs,
              () => {
                // Lambda sends the same one again when the earlier one has ended, and not before.
                const next = start(`${process.name}+${again}`, process.skewMs);
                hosts.push(next);
                const isBusy = async (error: unknown): Promise<void> => {
                  if (!planned.again.sameId || !hasCode(error, "LAMELLA_ALREADY_IN_PROGRESS")) return;
                  if ((await look())?.owner === `request:${id}:0`) say("a dead run's lease was not taken over");
                };
                time.after(
                  0,
                  () => {
                    deliver(next, { ...planned, mishap: { kind: "none", atMs: 0, forMs: 0 }, fails: "no" }, id, isBusy);
                  },
                  next.process,
                );
              },
              null,
            );
            if (planned.again.sameId) break;
          }
        },
        null,
      );
    }
    if (planned.mishap.kind === "freeze") {
      time.after(
        Math.min(planned.mishap.atMs, planned.timeoutMs),
        () => {
          if (process.state !== "running") return;
          process.state = "frozen";
          for (const log of host.runs) log.hadFault = true;
          time.after(planned.mishap.forMs, () => time.thaw(process), null);
        },
        null,
      );
    }
  };

  for (const [index, planned] of schedule.attempts.entries()) {
    const host = hosts[planned.process % schedule.skews.length] as Host;
    time.after(planned.atMs, () => deliver(host, planned, `r${index}`), host.process);
  }
  await time.run();

  // Whatever happened: once every lease is over, the key is free, or done.
  isCalm = true;
  const last = start("last", 0);
  let end: { readonly error: unknown; readonly ranItself: boolean } | undefined;
  const wait = Math.max(0, ...[...leases.values()].map((until) => until - time.now)) + 65_000;
  const calm: Planned = {
    atMs: 0,
    process: 0,
    timeoutMs: 10_000,
    beforeMs: 1,
    afterMs: 1,
    fails: "no",
    mishap: { kind: "none", atMs: 0, forMs: 0 },
    again: { count: 0, everyMs: 0, sameId: false },
  };
  const wasDone = (await look())?.status === "completed";
  time.after(wait, () => deliver(last, calm, "last", (error, ranItself) => (end = { error, ranItself })), last.process);
  await time.run();
  if (end?.error !== undefined && !hasCode(end.error, "LAMELLA_OUTCOME_NOT_STORED"))
    say(`the key sticks beyond its lease: ${(end.error as Error).message}`);
  if (end === undefined) say("the last attempt never ended");
  if (wasDone && end?.ranItself) say("what was done is done again");
  const data = (await look())?.data;
  // Where the store did not answer several times, it holds no more than that the work is done.
  const isLost = JSON.stringify(data ?? null).includes("the store refused it");
  const done = isLost ? undefined : decode(data);
  for (const value of isLost ? [] : replays) if (value !== done) say(`a replay gave ${value}, and the first outcome is ${String(done)}`);
  if (database !== undefined) {
    const committed = await database.effects();
    if (committed.length !== 1 || committed[0] !== done)
      say(`${committed.length} effects are committed: ${committed.join()}, and the outcome is ${String(done)}`);
    return problems;
  }
  const clean = runs.filter(({ effectAt, hadFault }) => effectAt !== undefined && !hadFault);
  if (clean.length > 1) say(`${clean.length} runs that nothing happened to had an effect`);
  return problems;
}
