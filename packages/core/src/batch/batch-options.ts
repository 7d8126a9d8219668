import { checkDeadline, type DeadlineOptions } from "../deadline.ts";
import { mustBe } from "../must-be.ts";
import type { Verdict } from "../verdicts.ts";

/**
 * What is to become of an item that failed, always the same or decided for each: `"retry"`, `"ignore"` or
 * `sendTo(queueUrl)`. It gets the raw record, because the payload may be what failed. An item whose `onFailure` throws
 * comes again.
 */
export type OnFailure<Raw> = Verdict | ((error: unknown, raw: Raw) => Verdict | Promise<Verdict>);

/** What every batch source takes. */
export interface BatchOptions<Raw> extends DeadlineOptions {
  /** How many items run at the same time; in ordered batches, of how many keys. @default the source's own */
  readonly concurrency?: number | "unbounded" | undefined;
  /** What is to become of an item that failed. To be told of failures, as an error tracker is, there is the layer `onFailure`. @default "retry" */
  readonly onFailure?: OnFailure<Raw> | undefined;
  /**
   * What to do when nothing in the batch succeeded: `throw` rejects with `BatchFailedError`, so that Lambda's error
   * metric sees it, and a mapping without `ReportBatchItemFailures` deletes nothing; `report` gives a partial reply.
   * @default "throw"
   */
  readonly whenAllFail?: "throw" | "report" | undefined;
  /**
   * What to do with items that still run at `hardMs`: `report` replies at once and reports them; `timeout` does not
   * reply, so that Lambda ends the environment and abandoned work cannot wake up later, out of order.
   * @default "report" for batches without order, "timeout" for ordered ones
   */
  readonly onStuck?: "report" | "timeout" | undefined;
}

/** Whether items that are stuck may be reported, or are left to Lambda's timeout because the batch keeps an order. */
export function mayReportStuck({ onStuck }: BatchOptions<never>, isOrdered: boolean): boolean {
  return onStuck === undefined ? !isOrdered : onStuck === "report";
}

/**
 * @throws {RangeError} When a number is out of its range.
 * @throws {TypeError} When an option is none of its words.
 */
export function checkBatchOptions(source: string, options: BatchOptions<never>): void {
  checkDeadline(source, options);
  const { concurrency = 1, onFailure = "retry", whenAllFail = "throw", onStuck = "report" } = options;
  const isCount = concurrency === "unbounded" || (Number.isInteger(concurrency) && concurrency >= 1);
  mustBe(isCount, `${source}({ concurrency })`, 'a whole number of 1 or more, or "unbounded"', concurrency, RangeError);
  const words: Record<string, readonly [value: unknown, one: string, other: string]> = {
    onFailure: [onFailure, "retry", "ignore"],
    whenAllFail: [whenAllFail, "throw", "report"],
    onStuck: [onStuck, "report", "timeout"],
  };
  for (const [name, [value, one, other]] of Object.entries(words)) {
    const isWord = value === one || value === other || (value === onFailure && typeof value === "function");
    mustBe(isWord, `${source}({ ${name} })`, `"${one}" or "${other}"`, value);
  }
}
