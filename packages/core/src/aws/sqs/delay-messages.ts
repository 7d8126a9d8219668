import { hasCode } from "../../errors/lamella-error.ts";
import type { Failure } from "../../failure.ts";
import type { Invocation } from "../../invocation.ts";
import { AwsError } from "../aws-error.ts";
import { callSqs, type Queue, queueOfArn } from "./queue.ts";

/** The members of an SQS record that matter here; a malformed record may lack every one. */
interface SqsRecord {
  readonly eventSource?: unknown;
  readonly eventSourceARN?: unknown;
  readonly receiptHandle?: unknown;
}

/** A message that asked to come again later. */
interface Delayed {
  readonly failure: Failure;
  readonly raw: SqsRecord;
  readonly seconds: number;
}

/**
 * The longest delay: SQS refuses what lies more than 12 hours behind the moment at which the message was received, and
 * the batching window and the function may have taken 20 minutes of them.
 */
const MAX_SECONDS = 43_200 - 1_200;
/** How many messages one call may hold. */
const MAX_ENTRIES = 10;
const MAX_MS = 10_000;

/**
 * Makes SQS messages that failed with `retryLater({ afterMs })` invisible for that long, and those that were not run
 * behind them: in flight they would hold up the first one of their group beyond its time. Records of other services
 * are left as they are. What goes wrong is put before `failures`, and the message comes again when the queue's timeout
 * ends. Never rejects.
 *
 * AWS: "ChangeMessageVisibilityBatch", "FIFO queue delivery logic in Amazon SQS".
 */
export async function delayMessages(failures: Failure[], records: readonly unknown[], { lambda, deadline }: Invocation): Promise<void> {
  const delayed = failures.flatMap((failure): Delayed[] => {
    const raw = records[failure.delivery.index] as SqsRecord | null | undefined;
    const dueAt = dueAtOf(failure.error);
    if (dueAt === undefined || raw?.eventSource !== "aws:sqs") return [];
    return [{ failure, raw, seconds: Math.min(MAX_SECONDS, Math.max(0, Math.ceil((dueAt - Date.now()) / 1_000))) }];
  });
  // The reply comes first: the rest of the time is its own.
  const withinMs = Math.min(MAX_MS, deadline.remainingMs() / 2);
  const wrong: Failure[] = [];
  const calls: Promise<void>[] = [];
  for (const [arn, ofQueue] of Map.groupBy(delayed, ({ raw }) => raw.eventSourceARN)) {
    const queue = queueOfArn(arn);
    const known = ofQueue.filter(({ failure, raw }) => {
      if (queue !== undefined && typeof raw.receiptHandle === "string") return true;
      wrong.push({ ...failure, error: notDelayed("InvalidRecord", "It has no receipt handle, or no queue's ARN.") });
      return false;
    });
    for (let start = 0; start < known.length; start += MAX_ENTRIES) {
      calls.push(delay(queue as Queue, known.slice(start, start + MAX_ENTRIES)));
    }
  }
  await Promise.all(calls);
  failures.unshift(...wrong);

  async function delay(queue: Queue, some: readonly Delayed[]): Promise<void> {
    try {
      const entries = some.map(({ raw, seconds }, id) => ({
        Id: String(id),
        ReceiptHandle: raw.receiptHandle,
        VisibilityTimeout: seconds,
      }));
      const { Failed: failed = [] } = await callSqs<{ readonly Failed?: readonly { readonly Id: string; readonly Code: string }[] }>(
        queue,
        "ChangeMessageVisibilityBatch",
        { Entries: entries },
        withinMs,
        lambda,
      );
      for (const { Id: id, Code: code } of failed) {
        const { failure } = some[Number(id)] ?? {};
        if (failure !== undefined) wrong.push({ ...failure, error: notDelayed(code) });
      }
    } catch (error) {
      for (const { failure } of some) wrong.push({ ...failure, error });
    }
  }
}

/** When an item shall come again, in milliseconds since the epoch. */
function dueAtOf(error: unknown): number | undefined {
  const asked = hasCode(error, "LAMELLA_NOT_RUN") ? (error as Error).cause : error;
  return hasCode(asked, "LAMELLA_RETRY_LATER") ? (asked as { readonly "~dueAt"?: number })["~dueAt"] : undefined;
}

function notDelayed(awsCode: string, advice?: string): AwsError {
  return new AwsError({ call: "sqs ChangeMessageVisibility", awsCode, advice });
}
