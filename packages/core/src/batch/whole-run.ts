import { type Chain, Job } from "../compose.ts";
import { ItemContext } from "../context.ts";
import { NoOutcomeError } from "../errors/no-outcome-error.ts";
import type { Invocation } from "../invocation.ts";
import { isOutcome, type OutputOutcome } from "../outcome.ts";
import { type BatchOptions, mayReportStuck } from "./batch-options.ts";
import type { BatchFormat } from "./batch-source.ts";
import { Ledger } from "./ledger.ts";
import { batchDelivery } from "./records.ts";
import { WholeBatch } from "./whole-batch.ts";

/** Runs one event through the chain as one item, and gives the reply. */
export function runWhole(
  format: BatchFormat,
  options: BatchOptions<never>,
  chain: Chain,
  event: never,
  invocation: Invocation,
  isAnswering: boolean,
): Promise<unknown> {
  const { lambda } = invocation;
  const ordering = format.order?.(event);
  const ledger = new Ledger(format, options, format.records(event), invocation);
  const batch = new WholeBatch(ledger, event, ordering?.within, lambda);
  const mayReport = mayReportStuck(options, ordering !== undefined);
  const isEmpty = ledger.records.length === 0;
  if (isEmpty && format.carry === undefined) return Promise.resolve(ledger.close(event));

  return new Promise((resolve) => {
    const delivery = batchDelivery(format, lambda);
    const job = new Job();
    let settled = false;
    const settle = (outcome: { readonly error: unknown } | undefined, answers?: { readonly output: unknown }) => {
      // Late, of a batch that was reported already: what it came to is its own affair.
      if (settled) return;
      settled = true;
      invocation.end();
      // With no record to hang it on, the failure is the invocation's.
      if (isEmpty && outcome !== undefined) return resolve(reject(outcome.error));
      resolve(batch.settle(outcome, answers).then(() => ledger.close(event)));
    };

    const reject = async (error: unknown) => {
      await invocation.tell({ error, fate: "rejected", delivery });
      throw error;
    };

    const late = invocation.late();
    if (late !== undefined) return settle({ error: late });
    invocation.begin({
      // Without a reply the invocation ends here, most likely, so this is the last chance to tell.
      onHard: (error) => (mayReport ? job.abandon?.(error) : void ledger.report([...ledger.records.keys()], error)),
      onLast: (error) => mayReport && settle({ error }),
    });
    const ctx = new ItemContext(invocation, { delivery: () => delivery }, 0);
    runChain(chain, batch as never, ctx, job).then(
      (output) => {
        if (format.carry !== undefined) ledger.outputs[0] = output;
        settle(undefined, isAnswering ? { output } : undefined);
      },
      (error: unknown) => settle({ error }),
    );
  });
}

/** What the handler returned, or what a layer answered in its place. */
async function runChain({ run, bare }: Chain, item: never, ctx: ItemContext, job: Job): Promise<unknown> {
  if (run === undefined) return bare(item, ctx);
  const outcome: unknown = await run(item, ctx, job);
  if (!isOutcome(outcome)) throw new NoOutcomeError();
  return (outcome as OutputOutcome).output;
}
