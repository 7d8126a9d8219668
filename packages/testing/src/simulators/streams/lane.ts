import { type Invocation, isDoneIn, type Outcome } from "../kernel/function-host.ts";
import { readReply } from "../kernel/replies.ts";
import type { Stage } from "../kernel/simulation.ts";
import { type OnFailureRecord, toOnFailureRecord } from "./on-failure-record.ts";
import type { Checkpoint, StreamEntry, StreamFormat } from "./stream-format.ts";
import type { ShardSimulationOptions } from "./stream-options.ts";
import { TumblingWindows } from "./tumbling-windows.ts";

const PAYLOAD_BYTES = 6 * 1_024 * 1_024 - 1_024;
/** The first wait after a failure or throttle, and the longest; it doubles. */
const BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 60_000;

interface Batch {
  readonly entries: readonly StreamEntry[];
  /** How often it was tried and failed. */
  readonly attempts: number;
  readonly throttles: number;
  /** The last of a tumbling window, which has no records. */
  readonly isFinal: boolean;
}

/** What is read and handled one batch after the other. */
export class Lane {
  readonly entries: readonly StreamEntry[];
  readonly #name: string;
  readonly #stage: Stage;
  readonly #format: StreamFormat;
  readonly #options: ShardSimulationOptions;
  readonly #retentionMs: number;
  readonly #onRest: () => void;
  readonly #windows: TumblingWindows | undefined;
  /** Batches that come before anything that was not read yet, the next one last. */
  readonly #work: Batch[] = [];
  #next = 0;
  #isBusy = false;
  #last: Invocation | undefined;
  #wakeAt = Infinity;

  constructor(
    name: string,
    entries: readonly StreamEntry[],
    stage: Stage,
    format: StreamFormat,
    options: ShardSimulationOptions,
    retentionMs: number,
    onRest: () => void,
  ) {
    this.#name = name;
    this.entries = entries.toSorted((a, b) => a.afterMs - b.afterMs);
    this.#stage = stage;
    this.#format = format;
    this.#options = options;
    this.#retentionMs = retentionMs;
    this.#onRest = onRest;
    this.#windows = options.tumblingWindowMs === undefined ? undefined : new TumblingWindows(options.tumblingWindowMs);
  }

  get isDone(): boolean {
    return !this.#isBusy && this.#work.length === 0 && this.#next >= this.entries.length && this.#windows?.endMs === undefined;
  }

  start(): void {
    const { world } = this.#stage;
    world.at(world.now, () => this.#go());
  }

  #go(): void {
    if (this.#isBusy) return;
    const batch = this.#work.pop() ?? this.#read();
    if (batch !== undefined) return this.#send(batch);
    this.#onRest();
  }

  #wake(at: number): void {
    if (at >= this.#wakeAt) return;
    this.#wakeAt = at;
    this.#stage.world.at(at, () => {
      if (this.#wakeAt === at) this.#wakeAt = Infinity;
      this.#go();
    });
  }

  /** The next records that have arrived; `undefined` where it is not time yet. */
  #read(): Batch | undefined {
    const { world } = this.#stage;
    const { batchSize = 100, batchingWindowMs = 0 } = this.#options;
    const arrived: StreamEntry[] = [];
    const skipped: StreamEntry[] = [];
    let bytes = 0;
    let index = this.#next;
    for (; index < this.entries.length && arrived.length < batchSize; index++) {
      const entry = this.entries[index] as StreamEntry;
      if (world.startedAt + entry.afterMs > world.now) break;
      if (!this.#format.passes(entry.record)) {
        skipped.push(entry);
        continue;
      }
      if (arrived.length > 0 && bytes + entry.bytes > PAYLOAD_BYTES) break;
      arrived.push(entry);
      bytes += entry.bytes;
    }
    const isMore = index < this.entries.length;
    const following = this.entries[index];
    const isFull = arrived.length >= batchSize || (isMore && world.startedAt + (following as StreamEntry).afterMs <= world.now);
    const [first] = arrived;
    const dueAt = first === undefined ? Infinity : world.startedAt + first.afterMs + batchingWindowMs;
    const reach = this.#windows === undefined ? arrived.length : this.#windows.reach(arrived, world.startedAt);
    const windowEndsAt = this.#windows?.endMs ?? Infinity;
    // A window is over when its time is, or when a record of the next one is there.
    if (
      this.#windows !== undefined &&
      reach === 0 &&
      (this.#windows.mustEnd || windowEndsAt <= world.now || (first !== undefined && isFinite(windowEndsAt)))
    )
      return { entries: [], attempts: 0, throttles: 0, isFinal: true };
    if (first !== undefined && (isFull || dueAt <= world.now || reach < arrived.length)) {
      const taken = arrived.slice(0, reach);
      const last = taken.at(-1) as StreamEntry;
      const until = reach < arrived.length ? this.entries.indexOf(last, this.#next) + 1 : index;
      this.#pass(skipped.filter((entry) => this.entries.indexOf(entry, this.#next) < until));
      this.#next = until;
      return { entries: this.#format.arrange?.(taken) ?? taken, attempts: 0, throttles: 0, isFinal: false };
    }
    if (first === undefined) {
      this.#pass(skipped);
      this.#next = index;
    }
    const arrivesAt = following === undefined || isFull ? Infinity : world.startedAt + following.afterMs;
    const at = Math.min(dueAt, arrivesAt, windowEndsAt);
    if (at !== Infinity) this.#wake(Math.max(at, world.now));
    return undefined;
  }

  #pass(skipped: readonly StreamEntry[]): void {
    this.#stage.journal.gone(
      skipped.flatMap(({ subjects }) => subjects),
      "filtered",
    );
  }

  #send(batch: Batch): void {
    const fresh = this.#withoutOld(batch);
    if (fresh.entries.length === 0 && !fresh.isFinal) return this.#go();
    if (!this.#stage.mayInvoke()) return;
    const { host, world } = this.#stage;
    const subjects = fresh.entries.flatMap((entry) => entry.subjects);
    const window = this.#windows?.window(fresh.isFinal);
    const { event, records } = this.#format.toEvent(fresh.entries, window, this.#name);
    for (const subject of subjects) subject.deliveries++;
    this.#isBusy = true;
    const isRunning = host.invoke(event, records, subjects, (invocation, outcome) => this.#settle(fresh, invocation, outcome));
    if (isRunning) return;
    for (const subject of subjects) subject.deliveries--;
    // Before the invocation there is no attempt to count: it is tried until the records are too old.
    this.#retry([{ ...fresh, throttles: fresh.throttles + 1 }], world.now + backoff(fresh.throttles));
  }

  #withoutOld(batch: Batch): Batch {
    const { world, journal } = this.#stage;
    const { maximumRecordAgeMs = Infinity } = this.#options;
    const age = ({ afterMs }: StreamEntry) => world.now - world.startedAt - afterMs;
    const expired = batch.entries.filter((entry) => age(entry) >= this.#retentionMs);
    const old = batch.entries.filter((entry) => age(entry) < this.#retentionMs && age(entry) > maximumRecordAgeMs);
    journal.gone(
      expired.flatMap(({ subjects }) => subjects),
      "expired",
      undefined,
      `kept for ${this.#retentionMs} ms; maximumRetryAttempts would have let the others pass`,
    );
    this.#giveUp(old, "RecordAgeExceeded", batch.attempts, `older than ${maximumRecordAgeMs} ms`);
    if (expired.length + old.length === 0) return batch;
    return { ...batch, entries: batch.entries.filter((entry) => !expired.includes(entry) && !old.includes(entry)) };
  }

  #settle(batch: Batch, invocation: Invocation, outcome: Outcome): void {
    const { world, journal, faults } = this.#stage;
    const { entries } = batch;
    this.#last = invocation;
    const again = this.#againOf(batch, outcome);
    // In a window all of a batch comes again with the state from before it, as soon as one of it does.
    const isPartial = this.#windows === undefined || invocation.subjects.every((_, index) => isDoneIn(invocation, index));
    if (isPartial && this.#options.reportBatchItemFailures !== false && (outcome.kind === "replied" || outcome.kind === "rejected"))
      noteNeedless(entries, again ?? [], invocation);
    const isDuplicated = again === undefined && faults.ofInvocation("duplicate", invocation.number, invocation.subjects) !== undefined;
    const rest = isDuplicated ? entries : (again ?? []);
    const kept = new Set(rest);
    journal.gone(
      entries.filter((entry) => !kept.has(entry)).flatMap(({ subjects }) => subjects),
      "deleted",
      invocation,
    );
    if (isDuplicated) {
      journal.note(
        "duplicated",
        entries.flatMap(({ subjects }) => subjects.map(({ id }) => id)),
      );
      return this.#retry([{ ...batch, attempts: 0, throttles: 0 }], world.now);
    }
    if (again === undefined) return this.#free();
    this.#fail(batch, rest);
  }

  /** Which records come again; `undefined` for none because all is done. */
  #againOf({ entries, isFinal }: Batch, outcome: Outcome): readonly StreamEntry[] | undefined {
    if (outcome.kind !== "replied") return entries;
    if (this.#windows !== undefined && !this.#windows.take(outcome.reply, isFinal)) return entries;
    // Without it the reply is not read.
    if (this.#options.reportBatchItemFailures === false) return undefined;
    const verdict = readReply(outcome.reply, this.#options.strict === true, (value) => this.#format.read(value, entries));
    if (verdict.kind === "done") return undefined;
    if (verdict.kind === "some") {
      const again = entries.filter((entry) => verdict.failed.some((checkpoint) => isFrom(checkpoint, entry)));
      return again.length === 0 ? undefined : again;
    }
    this.#stage.journal.note(
      "rejected",
      entries.flatMap(({ subjects }) => subjects.map(({ id }) => id)),
      undefined,
      `the whole batch failed: ${verdict.why}`,
    );
    return entries;
  }

  #fail(batch: Batch, rest: readonly StreamEntry[]): void {
    const { world } = this.#stage;
    const { bisectBatchOnFunctionError, maximumRetryAttempts = Infinity, strict } = this.#options;
    const hasMoved = rest.length < batch.entries.length;
    // A reply that says where it failed splits the batch there, and a split takes no attempt.
    const isSplit = bisectBatchOnFunctionError === true && rest.length > 1;
    // AWS does not say whether the attempts of a batch begin anew when its checkpoint has moved.
    const attempts = isSplit || (hasMoved && !strict) ? (isSplit ? batch.attempts : 0) : batch.attempts + 1;
    if (attempts > maximumRetryAttempts) {
      this.#giveUp(rest, "RetryAttemptsExhausted", attempts, `after ${attempts} attempts`);
      if (batch.isFinal) this.#windows?.close();
      return this.#free();
    }
    const at = world.now + backoff(attempts);
    const next = { ...batch, attempts, throttles: 0 };
    if (!isSplit || hasMoved) return this.#retry([{ ...next, entries: rest }], at);
    const middle = Math.ceil(rest.length / 2);
    // The first half is the next one to be sent.
    this.#retry(
      [
        { ...next, entries: rest.slice(middle) },
        { ...next, entries: rest.slice(0, middle) },
      ],
      at,
    );
  }

  #giveUp(entries: readonly StreamEntry[], condition: OnFailureRecord["requestContext"]["condition"], attempts: number, why: string): void {
    if (entries.length === 0) return;
    const { world, journal } = this.#stage;
    const subjects = entries.flatMap((entry) => entry.subjects);
    if (!this.#options.onFailureDestination)
      return journal.gone(subjects, "discarded", undefined, `${why}, and there is no on-failure destination`);
    journal.gone(subjects, "dead-lettered", undefined, why);
    const { origin } = this.#format;
    if (origin !== undefined) journal.onFailureRecords.push(toOnFailureRecord(origin, entries, condition, attempts, this.#last, world.now));
  }

  #retry(batches: readonly Batch[], at: number): void {
    this.#work.push(...batches);
    this.#stage.world.at(at, () => this.#free());
  }

  #free(): void {
    this.#isBusy = false;
    this.#go();
  }
}

function backoff(attempts: number): number {
  return Math.min(BACKOFF_MS * 2 ** Math.min(attempts, 10), LONGEST_BACKOFF_MS);
}

function isFrom({ partition, sequence }: Checkpoint, entry: StreamEntry): boolean {
  return entry.partition === partition && entry.sequence >= sequence;
}

/** Notes what was done, with all before it in its partition, and comes again by the reply alone. */
function noteNeedless(entries: readonly StreamEntry[], again: readonly StreamEntry[], invocation: Invocation): void {
  if (again.length === 0) return;
  const open = new Set<string>();
  const returned = new Set(again);
  let first = 0;
  for (const entry of entries) {
    // A record of an aggregate comes again with all of it.
    const places = entry.subjects.map((_, place) => first + place);
    first += places.length;
    const isIgnored = (index: number) => invocation.visits[index]?.fate === "ignore";
    if (places.some((index) => !isDoneIn(invocation, index) && !isIgnored(index))) open.add(entry.partition);
    else if (!open.has(entry.partition) && returned.has(entry))
      for (const [place, subject] of entry.subjects.entries()) if (!isIgnored(places[place] as number)) subject.returnedWithoutNeed++;
  }
}
