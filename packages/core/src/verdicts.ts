import { delayMessages } from "./aws/sqs/delay-messages.ts";
import { hide, LamellaError } from "./errors/lamella-error.ts";
import { mustBe } from "./must-be.ts";
import type { SendTo } from "./send-to.ts";

/** What is to become of a failed item: it comes again, or it counts as done, at once or after it was sent elsewhere. */
export type Verdict = "retry" | "ignore" | SendTo;

/** Trying again cannot help; made by `final`. */
export class FinalError extends LamellaError {
  readonly code = "LAMELLA_FINAL";
  override readonly name = "FinalError";
}

/** The item shall come again later; made by `retryLater`. */
export class RetryLaterError extends LamellaError {
  readonly code = "LAMELLA_RETRY_LATER";
  override readonly name = "RetryLaterError";
  /** How long to wait before the item comes again, in milliseconds. */
  readonly afterMs: number | undefined;
  // Set by `retryLater` alone, and brought by the error, so that a bundle holds a client for AWS only where it is thrown.
  /** Makes all such records of a batch come later. */
  declare readonly "~delay": typeof delayMessages | undefined;
  /** When the item shall come again, in milliseconds since the epoch. */
  declare readonly "~dueAt": number | undefined;

  constructor(afterMs: number | undefined, options?: ErrorOptions) {
    super(`To be delivered again${afterMs === undefined ? "" : ` in ${afterMs} ms`}.`, options);
    this.afterMs = afterMs;
  }
}

/**
 * Says that trying an item again cannot help: thrown by a handler, it makes the item count as done, after `onFailure`
 * has had it. Outside of a batch it is an error like any other.
 *
 * @param reason What went wrong: a sentence, or the error that was caught.
 * @example
 * if (order.status === "cancelled") throw final("the order was cancelled");
 */
export function final(reason: unknown): FinalError {
  return typeof reason === "string"
    ? new FinalError(reason)
    : new FinalError(reason instanceof Error ? reason.message : "Trying again cannot help.", { cause: reason });
}

/**
 * Asks for a later redelivery of an item: thrown by a handler, it reports the item without asking `onFailure`. SQS
 * messages are made invisible for `afterMs`, up to 11 hours and 40 minutes, which takes the permission
 * `sqs:ChangeMessageVisibility`; with other sources, or without `afterMs`, the item comes again when it would anyway.
 *
 * @throws {RangeError} When `afterMs` is negative or no finite number.
 * @example
 * if (response.status === 429) throw retryLater({ afterMs: 30_000 });
 */
export function retryLater({ afterMs, cause }: { readonly afterMs?: number | undefined; readonly cause?: unknown } = {}): RetryLaterError {
  mustBe(afterMs === undefined || (Number.isFinite(afterMs) && afterMs >= 0), "retryLater({ afterMs })", "0 or more", afterMs, RangeError);
  const error = new RetryLaterError(afterMs, cause === undefined ? undefined : { cause });
  if (afterMs !== undefined) {
    hide(error, "~delay", delayMessages);
    hide(error, "~dueAt", Date.now() + afterMs);
  }
  return error;
}
