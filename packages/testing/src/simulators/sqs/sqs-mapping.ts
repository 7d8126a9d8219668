import type { SQSRecord } from "aws-lambda";
import { toFilter } from "../kernel/filter.ts";
import { type Invocation, isDoneIn, type Outcome } from "../kernel/function-host.ts";
import { readReply } from "../kernel/replies.ts";
import type { Driver, Stage } from "../kernel/simulation.ts";
import type { Subject } from "../kernel/subject.ts";
import type { SimulateSqsOptions } from "./sqs-options.ts";
import type { Received, SqsQueue } from "./sqs-queue.ts";

/** The most that an event may hold, less what is around the records. */
const PAYLOAD_BYTES = 6 * 1_024 * 1_024 - 1_024;
/** The first wait after a throttle; it doubles. */
const BACKOFF_MS = 500;
/** How long after its delivery a message is delivered once more, where the fault does not say. */
const DUPLICATE_MS = 1_000;

/** Messages on their way to the function. */
interface Batch {
  readonly received: Received[];
  bytes: number;
  readonly receivedAt: number;
}

/**
 * The event source mapping of a queue.
 *
 * AWS: "Using Lambda with Amazon SQS", "Handling errors for an SQS event source in Lambda".
 */
export class SqsMapping implements Driver {
  readonly isOrdered: boolean;
  readonly #stage: Stage;
  readonly #queue: SqsQueue;
  readonly #options: SimulateSqsOptions;
  readonly #passes: (record: SQSRecord) => boolean;
  readonly #batchSize: number;
  readonly #slots: number;
  #busy = 0;
  /** What the batching window holds open. */
  #gathering: Batch | undefined;
  /** What did not fit into the batch before. */
  #over: Received[] = [];
  #isPolling = false;

  constructor(where: string, stage: Stage, queue: SqsQueue, options: SimulateSqsOptions, isFifo: boolean) {
    this.isOrdered = isFifo;
    this.#stage = stage;
    this.#queue = queue;
    this.#options = options;
    this.#batchSize = options.batchSize ?? 10;
    this.#slots = options.maximumConcurrency ?? 5;
    this.#passes = toFilter<SQSRecord>(where, options.filters, { key: "body", read: ({ body }) => body });
  }

  get subjects(): readonly Subject[] {
    return this.#queue.subjects;
  }

  start(): void {
    this.#queue.onVisible = () => this.#pollSoon();
    this.#queue.onGone = () => this.#pollSoon();
    this.#queue.open();
    this.#pollSoon();
  }

  #pollSoon(): void {
    if (this.#isPolling) return;
    this.#isPolling = true;
    const { world } = this.#stage;
    world.at(world.now, () => {
      this.#isPolling = false;
      this.#poll();
    });
  }

  #poll(): void {
    while (this.#gathering !== undefined || this.#busy < this.#slots) {
      const batch = this.#gathering ?? this.#open();
      this.#fill(batch);
      if (batch.received.length === 0) {
        this.#busy--;
        this.#gathering = undefined;
        break;
      }
      const isFull = batch.received.length >= this.#batchSize || this.#over.length > 0;
      if (isFull || !this.#hold(batch)) this.#deliver(batch, 0);
      else break;
    }
    if (this.#queue.isEmpty && this.#busy === 0) this.#stage.drained();
  }

  #open(): Batch {
    this.#busy++;
    return { received: [], bytes: 0, receivedAt: this.#stage.world.now };
  }

  #fill(batch: Batch): void {
    while (batch.received.length < this.#batchSize) {
      const received = this.#over.length > 0 ? this.#over.splice(0) : this.#queue.receive(this.#batchSize - batch.received.length);
      if (received.length === 0) return;
      const passing = received.filter(({ copy }) => this.#passes(copy.template));
      if (passing.length < received.length)
        this.#queue.delete(
          received.filter((one) => !passing.includes(one)),
          "filtered",
        );
      for (const [index, one] of passing.entries()) {
        if (batch.bytes + one.copy.bytes > PAYLOAD_BYTES && batch.received.length > 0) {
          this.#over = passing.slice(index);
          return;
        }
        batch.received.push(one);
        batch.bytes += one.copy.bytes;
      }
    }
  }

  /** Keeps a batch that is not full open for the batching window; false when there is none, or when it has passed. */
  #hold(batch: Batch): boolean {
    const { world } = this.#stage;
    const { batchingWindowMs = 0 } = this.#options;
    const until = batch.receivedAt + batchingWindowMs;
    if (until <= world.now) {
      this.#gathering = undefined;
      return false;
    }
    if (this.#gathering === undefined) {
      this.#gathering = batch;
      world.at(until, () => this.#pollSoon());
    }
    return true;
  }

  #deliver(batch: Batch, tries: number): void {
    const { host, faults } = this.#stage;
    if (this.#gathering === batch) this.#gathering = undefined;
    if (!this.#stage.mayInvoke()) return;
    const records = batch.received.map((one) => this.#queue.toRecord(one));
    const subjects = batch.received.map(({ copy }) => copy.subject);
    for (const subject of subjects) subject.deliveries++;
    const isRunning = host.invoke({ Records: records }, records, subjects, (invocation, outcome) =>
      this.#settle(batch, invocation, outcome),
    );
    if (!isRunning) {
      for (const subject of subjects) subject.deliveries--;
      return this.#throttled(batch, tries);
    }
    for (const { copy } of batch.received) {
      const fault = faults.ofDelivery("duplicate", host.invocations.length, copy.subject);
      if (fault !== undefined) this.#queue.duplicate(copy, fault.afterMs ?? DUPLICATE_MS);
    }
  }

  #throttled(batch: Batch, tries: number): void {
    const { world, timeoutMs } = this.#stage;
    const delay = BACKOFF_MS * 2 ** Math.min(tries, 6);
    // AWS retries until the visibility timeout; whether an invocation that begins just before may outlast it, it does not say.
    const endsAt = batch.receivedAt + this.#queue.visibilityMs - (this.#options.strict ? 1 : timeoutMs);
    if (world.now + delay <= endsAt) world.at(world.now + delay, () => this.#deliver(batch, tries + 1));
    // It is dropped, and becomes visible again by itself.
    else this.#free();
  }

  #free(): void {
    this.#busy--;
    this.#pollSoon();
  }

  #settle({ received }: Batch, invocation: Invocation, outcome: Outcome): void {
    const done = this.#doneOf(received, outcome);
    const kept = new Set(done);
    // By the reply alone: whatever else made it come again is no fault of the function.
    if (this.#options.reportBatchItemFailures !== false && (outcome.kind === "replied" || outcome.kind === "rejected")) {
      // Two copies of one message have one id, so where one failed both come again.
      const failed = new Set(received.flatMap(({ copy }, index) => (isDoneIn(invocation, index) ? [] : [copy.subject])));
      for (const one of received) if (!kept.has(one) && !failed.has(one.copy.subject)) one.copy.subject.returnedWithoutNeed++;
    }
    this.#queue.delete(done, "deleted", invocation);
    this.#free();
  }

  /** What the outcome of an invocation deletes. */
  #doneOf(received: readonly Received[], outcome: Outcome): readonly Received[] {
    if (outcome.kind !== "replied") return [];
    // Without it the reply is not read.
    if (this.#options.reportBatchItemFailures === false) return received;
    const ids = new Set(received.map(({ copy }) => copy.subject.id));
    const verdict = readReply(outcome.reply, this.#options.strict === true, (value) =>
      ids.has(value as string) ? (value as string) : undefined,
    );
    if (verdict.kind === "done") return received;
    if (verdict.kind === "some") {
      const failed = new Set(verdict.failed);
      return received.filter(({ copy }) => !failed.has(copy.subject.id));
    }
    this.#stage.journal.note("rejected", [...ids], undefined, `the whole batch failed: ${verdict.why}`);
    return [];
  }
}
