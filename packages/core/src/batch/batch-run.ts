import { type Chain, Job } from "../compose.ts";
import { ItemContext } from "../context.ts";
import type { DeadlineExceededError } from "../errors/deadline-exceeded-error.ts";
import { NoOutcomeError } from "../errors/no-outcome-error.ts";
import { NotRunError } from "../errors/not-run-error.ts";
import { PayloadError } from "../errors/payload-error.ts";
import type { DeadlineWatch, Invocation } from "../invocation.ts";
import { isOutcome } from "../outcome.ts";
import { type BatchOptions, mayReportStuck } from "./batch-options.ts";
import type { BatchFormat } from "./batch-source.ts";
import { Ledger } from "./ledger.ts";
import type { Order } from "./order/order.ts";
import { isRecord } from "./records.ts";

/** Runs every record of one event through the chain, and gives the reply. */
export function runBatch(
  format: BatchFormat,
  options: BatchOptions<never>,
  chain: Chain,
  event: never,
  invocation: Invocation,
): Promise<unknown> {
  return new Promise((resolve) => {
    new BatchRun(format, options, chain, event, invocation, resolve).start();
  });
}

/** One event on its way through the chain, record by record. */
class BatchRun implements DeadlineWatch {
  readonly #format: BatchFormat;
  readonly #chain: Chain;
  readonly #invocation: Invocation;
  readonly #event: never;
  readonly #resolve: (reply: unknown) => void;
  readonly #ledger: Ledger;
  readonly #order: Order | undefined;
  readonly #limit: number;
  readonly #mayReport: boolean;
  /** Of items that layers stand around. */
  readonly #jobs: (Job | undefined)[] = [];
  #next = 0;
  #lanes = 0;
  #exceeded: DeadlineExceededError | undefined;
  #closed = false;

  constructor(
    format: BatchFormat,
    options: BatchOptions<never>,
    chain: Chain,
    event: never,
    invocation: Invocation,
    resolve: (reply: unknown) => void,
  ) {
    const { concurrency = format.concurrency } = options;
    const ordering = format.order?.(event);
    this.#format = format;
    this.#chain = chain;
    this.#invocation = invocation;
    this.#event = event;
    this.#resolve = resolve;
    this.#ledger = new Ledger(format, options, format.records(event), invocation);
    this.#limit = concurrency === "unbounded" ? Infinity : concurrency;
    this.#order = ordering?.start(this.#ledger.records, this.#limit);
    this.#mayReport = mayReportStuck(options, ordering !== undefined);
  }

  start(): void {
    // Where it is too late already, no lane finds a record to start.
    this.#exceeded = this.#invocation.late();
    this.#invocation.begin(this);
    const lanes = Math.min(this.#limit, this.#ledger.records.length);
    if (lanes === 0) return this.#close();
    this.#lanes = lanes;
    for (let lane = 0; lane < lanes; lane++) this.#lane();
  }

  /** Handles a record, and then the next, until there is none that may start. */
  // Callbacks and no `await`, which would cost each record a third more. A lane that ends does not come back: what is left
  // then belongs to keys that other lanes hold.
  #lane(): void {
    const index = this.#pick();
    if (index !== undefined) {
      this.#handle(index).then(
        (outcome) => this.#done(index, outcome),
        (error: unknown) => this.#fail(index, error),
      );
      return;
    }
    this.#lanes--;
    if (this.#lanes === 0) this.#close();
  }

  #pick(): number | undefined {
    if (this.#exceeded !== undefined) return undefined;
    if (this.#order !== undefined) return this.#pickInOrder(this.#order);
    return this.#next < this.#ledger.records.length ? this.#next++ : undefined;
  }

  #pickInOrder(order: Order): number | undefined {
    let index = order.pick();
    // Some are given up before their turn comes.
    for (; index !== undefined && this.#ledger.isSettled(index); index = order.pick()) order.free(index);
    return index;
  }

  /** What the chain makes of a record. */
  #handle(index: number): Promise<unknown> {
    try {
      this.#ledger.start(index);
      const raw = this.#ledger.records[index];
      if (!isRecord(raw)) throw new PayloadError({ part: "record", problem: "is not an object" });
      const item = this.#format.item(raw, this.#invocation.lambda, this.#event);
      const ctx = new ItemContext(this.#invocation, this.#ledger, index);
      const { run, bare } = this.#chain;
      return Promise.resolve(run === undefined ? bare(item, ctx) : run(item, ctx, (this.#jobs[index] = new Job())));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #done(index: number, outcome: unknown): void | Promise<void> {
    if (this.#chain.run !== undefined && !isOutcome(outcome)) return this.#fail(index, new NoOutcomeError());
    // Late, of an item that was reported already: what it came to is its own affair.
    if (this.#closed) return;
    if (this.#format.prepare !== undefined) this.#ledger.outputs[index] = outcome;
    this.#ledger.succeeded(index);
    this.#order?.free(index);
    this.#lane();
  }

  async #fail(index: number, error: unknown): Promise<void> {
    if (this.#closed) return;
    const verdict = await this.#ledger.judge(index, error);
    if (this.#closed) return;
    this.#ledger.failed(index, error, verdict);
    if (verdict === "ignore") this.#order?.free(index);
    else if (this.#order !== undefined) {
      // Run now, what is behind would overtake the item that comes again, or only be run again.
      const behind = new NotRunError(error);
      // Those that run already come out as they come out.
      for (const unrun of this.#order.block(index)) if (!this.#ledger.isStarted(unrun)) this.#ledger.failed(unrun, behind, "unrun");
    }
    this.#lane();
  }

  onSoft(error: DeadlineExceededError): void {
    this.#exceeded = error;
  }

  onHard(error: DeadlineExceededError): void {
    const stuck = this.#ledger.running();
    // Without a reply the invocation ends here, most likely, so this is the last chance to tell.
    if (!this.#mayReport) return void this.#ledger.report(stuck, error);
    const abandons = stuck.flatMap((index) => this.#jobs[index]?.abandon ?? []);
    this.#exceeded = error;
    // With no layers around them there is nothing that would unwind.
    if (abandons.length === 0) return this.#close();
    for (const abandon of abandons) abandon(error);
  }

  onLast(): void {
    if (this.#mayReport) this.#close();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#invocation.end();
    this.#resolve(this.#ledger.close(this.#event, this.#exceeded));
  }
}
