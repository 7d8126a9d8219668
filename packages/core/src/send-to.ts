import { forward } from "./aws/sqs/forward.ts";
import type { Invocation } from "./invocation.ts";
import { mustBe } from "./must-be.ts";

/** The verdict that an item is done once it was sent elsewhere; made by `sendTo`. */
export interface SendTo {
  // It is a function, `Send`; with two call signatures in `onFailure` the parameters of a user's would have to be annotated.
  readonly "~sendsTo": string;
}

/** How a verdict is carried out: gives what is to become of the item then, and rejects when it was not sent. */
export type Send = (error: unknown, raw: unknown, invocation?: Invocation) => Promise<"ignore">;

/**
 * Sends what failed to an SQS queue, and counts it as done: a verdict for `onFailure`, of any batch source. An item
 * that could not be sent comes again, and both failures are told.
 *
 * An SQS message is sent with its body and attributes, any other record as JSON. The attributes `lamella.error`,
 * `lamella.source` and `lamella.id` say why it is there.
 *
 * @throws {TypeError} When `queueUrl` is no URL.
 * @example
 * sqs({ body: Order, onFailure: (error) => (hasCode(error, "LAMELLA_PAYLOAD") ? sendTo(invalidQueueUrl) : "retry") });
 */
export function sendTo(queueUrl: string): SendTo {
  const isUrl = typeof queueUrl === "string" && /^https?:\/\/./.test(queueUrl) && URL.canParse(queueUrl);
  mustBe(isUrl, "sendTo(queueUrl)", "the URL of an SQS queue", queueUrl);
  const send: Send = async (error, raw, invocation) => {
    await forward(queueUrl, error, raw, invocation);
    return "ignore";
  };
  return Object.assign(send, { "~sendsTo": queueUrl });
}
