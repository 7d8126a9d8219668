import type { Delivery, FailureFate } from "@lamella/core";
import type { AwsCall } from "@lamella/core/aws";

/** What one item came to. */
export interface ItemOutcome {
  readonly delivery: Delivery;
  /** `done`, or what became of it when it failed: `retry`, `ignore`, `unrun`, `answered` or `rejected`. */
  readonly fate: "done" | FailureFate;
  /** What it failed with. */
  readonly error?: unknown;
}

/** One line of the logger or of the metrics layer, parsed. */
export type LogEntry = Readonly<Record<string, unknown>>;

/** What an event came to. */
export class Sent<out Reply> {
  /** What each item came to, in the order of the batch. */
  readonly outcomes: readonly ItemOutcome[];
  /** What the logger wrote, line by line. */
  readonly logs: readonly LogEntry[];
  /** What the metrics layer wrote, document by document. */
  readonly metrics: readonly LogEntry[];
  /** What `retryLater` and `sendTo` asked of AWS. It went nowhere, and counts as done. */
  readonly calls: readonly AwsCall[];
  /** What the invocation rejected with; `undefined` where it replied. */
  readonly error: unknown;
  readonly #settled: { readonly reply: Reply } | { readonly error: unknown };

  constructor(
    settled: { readonly reply: Reply } | { readonly error: unknown },
    outcomes: readonly ItemOutcome[],
    logs: readonly LogEntry[],
    calls: readonly AwsCall[],
  ) {
    this.#settled = settled;
    this.outcomes = outcomes;
    this.logs = logs.filter((entry) => !isMetrics(entry));
    this.metrics = logs.filter(isMetrics);
    this.calls = calls;
    this.error = "error" in settled ? settled.error : undefined;
  }

  /**
   * What the function replied.
   *
   * @throws {unknown} What the invocation rejected with, so that a test cannot overlook it.
   */
  get reply(): Reply {
    if ("error" in this.#settled) throw this.#settled.error;
    return this.#settled.reply;
  }
}

/** Told by what CloudWatch tells them by. AWS: "Specification: Embedded metric format". */
function isMetrics({ _aws: aws }: LogEntry): boolean {
  return typeof aws === "object" && aws !== null && "CloudWatchMetrics" in aws;
}
