import { normalised } from "../../compose.ts";
import type { Failure } from "../../failure.ts";
import { type OutputOutcome, toOutcome } from "../../outcome.ts";
import type { BatchFormat } from "../batch-source.ts";
import { mayThrow, nameOf, noneSucceeded, failed as tellFailed } from "./partial.ts";

/** What one record came to. */
export type RecordResult = { readonly output: unknown; readonly failure?: undefined } | { readonly failure: Failure };

/** How a service is answered that wants to hear of every record. */
export interface AnswersReply<in Event, in Raw, in Item, out Reply> {
  /** Makes what the handler returned into what the layers and `answer` see; what it throws is that item's failure. @default as it is */
  readonly finish?: ((output: unknown, item: Item) => OutputOutcome | Promise<OutputOutcome>) | undefined;
  /** The answer of one record. */
  readonly answer: (raw: Raw, result: RecordResult) => unknown;
  /** The reply with the answers, in the order of the batch. */
  readonly reply: (answers: readonly unknown[], event: Event) => Reply;
  /** What names the record in its answer; `undefined` where it has no name, so that it cannot be answered. @default the place tells */
  readonly identify?: ((raw: Raw) => unknown) | undefined;
  /**
   * Failures that no answer stands for: one of them makes the whole batch come again.
   * @default none
   */
  readonly comesAgain?: ((failure: Failure) => boolean) | undefined;
}

/** The close of a batch with an answer to every record; what the handler returned is part of it. */
export function answers<Event, Raw, Item, Reply>({
  finish = toOutcome,
  answer,
  reply,
  identify,
  comesAgain = () => false,
}: AnswersReply<Event, Raw, Item, Reply>): Pick<BatchFormat<Event, Reply, Item, Raw>, "finish" | "prepare" | "close"> {
  const erased = finish as (output: unknown, item: never) => OutputOutcome | Promise<OutputOutcome>;
  return {
    finish,
    // Every outcome goes through `finish`, also one that a layer answered.
    prepare: ({ run, bare }) => ({
      run: run && (async (item, ctx, job) => normalised(erased, await run(item, ctx, job), item)),
      bare: async (item, ctx) => erased(await bare(item, ctx), item),
    }),
    close: (tally, event) => {
      const { records, failures, done, outputs } = tally;
      if (identify !== undefined) for (const index of records.keys()) nameOf(tally, index, identify);
      if (done === 0 && records.length > 0 && mayThrow(tally)) throw noneSucceeded(tally);
      const { size } = new Set(failures.filter(comesAgain).map(({ delivery }) => delivery.index));
      if (size > 0) throw tellFailed(tally, `${size} of ${records.length} records of ${tally.format.name} have to come again.`);
      const failed = new Map(failures.map((failure) => [failure.delivery.index, failure]));
      return reply(
        records.map((raw, index) => {
          const failure = failed.get(index);
          // A handler of the whole batch gives no output for each.
          return answer(
            raw as Raw,
            failure === undefined ? { output: (outputs[index] as OutputOutcome | undefined)?.output } : { failure },
          );
        }),
        event,
      );
    },
  };
}
