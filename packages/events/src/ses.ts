import { type DeadlineOptions, type Kind, OutputError, type Source } from "@lamella/core";
import { type OutputOutcome, singleSource, toOutcome } from "@lamella/core/extend";
import type { SESEvent, SESMail, SESMailCommonHeaders, SESMailHeader, SESReceipt, SESReceiptStatus } from "aws-lambda";
import { textOf } from "./internal/fields.ts";
import { isObject } from "./internal/is-object.ts";
import { toDate } from "./internal/to-date.ts";

// AWS's types, or users' declarations could not name them.
export type { SESEvent, SESMail, SESMailCommonHeaders, SESMailHeader, SESReceipt } from "aws-lambda";

/** What SES found in a check. */
export type Verdict = SESReceiptStatus["status"];

/** What SES does next with a message, told by a function that it waits for. */
export type Disposition = "CONTINUE" | "STOP_RULE" | "STOP_RULE_SET";

export interface SesReply {
  readonly disposition: Disposition;
}

/**
 * A message that was received; its content is not in the event.
 *
 * AWS: "Lambda function event in Amazon SES receipt rules", "Contents of notifications for Amazon SES email receiving".
 */
export interface ReceivedMail {
  /** SES's id of the message, which is also the object's key where a rule stores it in S3. */
  readonly messageId: string;
  readonly receivedAt: Date;
  /** The address of the envelope that the message came from. */
  readonly source: string;
  /** All addresses that it is for. */
  readonly destination: readonly string[];
  /** Those of them that the rule matched. */
  readonly recipients: readonly string[];
  readonly subject: string | undefined;
  readonly commonHeaders: SESMailCommonHeaders;
  readonly headers: readonly SESMailHeader[];
  /** Whether there were more headers than SES passes on. */
  readonly areHeadersTruncated: boolean;
  /** The first header of a name, in any case. */
  readonly header: (name: string) => string | undefined;
  readonly spam: Verdict;
  readonly virus: Verdict;
  readonly spf: Verdict;
  readonly dkim: Verdict;
  readonly dmarc: Verdict;
  /** What the sender's domain asks for, where `dmarc` is `FAIL`. */
  readonly dmarcPolicy: "none" | "quarantine" | "reject" | undefined;
  /** Whether SES waits for the reply (invocation type `RequestResponse`). */
  readonly isAwaited: boolean;
  readonly receipt: SESReceipt;
  /** The event as SES sent it. */
  readonly raw: SESEvent;
}

export interface SesKind extends Kind {
  readonly event: SESEvent;
  readonly reply: SesReply | undefined;
  readonly item: ReceivedMail;
  readonly context: unknown;
  readonly output: SesReply | undefined | void;
}

/**
 * The source for SES receipt rules with a Lambda action. Where SES waits for the function (`RequestResponse`), the handler
 * may return a `disposition`; without one SES goes on with the next action.
 *
 * AWS: "Invoke Lambda function action".
 *
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(ses(), async ({ spam, virus }) => {
 *   if (spam === "FAIL" || virus === "FAIL") return { disposition: "STOP_RULE_SET" };
 * });
 */
export function ses(options: DeadlineOptions = {}): Source<SesKind> {
  return singleSource<SesKind>({
    name: "ses",
    expects: `an event of an SES receipt rule (one record, eventSource is "aws:ses")`,
    accepts: (event) => {
      const records = isObject(event) ? event["Records"] : undefined;
      // SES sends one message at a time. A second one would be lost, so such an event is not taken.
      if (!Array.isArray(records) || records.length !== 1) return false;
      const [record] = records as readonly unknown[];
      return isObject(record) && record["eventSource"] === "aws:ses";
    },
    options,
    item: (raw) => new SesMail(raw),
    delivery: (raw) => ({ id: textOf(raw.Records[0]?.ses?.mail?.messageId), index: 0, source: "ses", attempt: undefined }),
    finish: (returned) => {
      if (returned === undefined || returned === null) return toOutcome(undefined);
      const disposition: unknown = isObject(returned) ? returned["disposition"] : undefined;
      if (disposition !== "CONTINUE" && disposition !== "STOP_RULE" && disposition !== "STOP_RULE_SET")
        throw new OutputError({ part: "disposition", problem: "is none of CONTINUE, STOP_RULE and STOP_RULE_SET" });
      return toOutcome({ disposition });
    },
    reply: (outcome) => (outcome as OutputOutcome).output as SesReply | undefined,
  });
}

// AWS's types promise members that events made by hand lack, so every one is read with care.
class SesMail implements ReceivedMail {
  readonly raw: SESEvent;
  readonly #mail: Partial<SESMail>;
  readonly #receipt: Partial<SESReceipt>;

  constructor(raw: SESEvent) {
    this.raw = raw;
    const { mail, receipt } = raw.Records[0]?.ses ?? {};
    this.#mail = mail ?? {};
    this.#receipt = receipt ?? {};
  }

  get messageId(): string {
    return textOf(this.#mail.messageId);
  }

  get receivedAt(): Date {
    return toDate(this.#mail.timestamp);
  }

  get source(): string {
    return textOf(this.#mail.source);
  }

  get destination(): readonly string[] {
    return listOf(this.#mail.destination);
  }

  get recipients(): readonly string[] {
    return listOf(this.#receipt.recipients);
  }

  get subject(): string | undefined {
    return this.#mail.commonHeaders?.subject;
  }

  get commonHeaders(): SESMailCommonHeaders {
    return this.#mail.commonHeaders ?? { returnPath: "", date: "", messageId: "" };
  }

  get headers(): readonly SESMailHeader[] {
    return listOf(this.#mail.headers);
  }

  get areHeadersTruncated(): boolean {
    return this.#mail.headersTruncated === true;
  }

  // A getter, so that a handler may take it out of the item.
  get header(): (name: string) => string | undefined {
    return (name) => this.headers.find((header) => textOf(header?.name).toLowerCase() === name.toLowerCase())?.value;
  }

  get spam(): Verdict {
    return this.#verdict("spamVerdict");
  }

  get virus(): Verdict {
    return this.#verdict("virusVerdict");
  }

  get spf(): Verdict {
    return this.#verdict("spfVerdict");
  }

  get dkim(): Verdict {
    return this.#verdict("dkimVerdict");
  }

  get dmarc(): Verdict {
    return this.#verdict("dmarcVerdict");
  }

  get dmarcPolicy(): "none" | "quarantine" | "reject" | undefined {
    return this.#receipt.dmarcPolicy;
  }

  get isAwaited(): boolean {
    const { action } = this.#receipt;
    return action?.type === "Lambda" && action.invocationType === "RequestResponse";
  }

  get receipt(): SESReceipt {
    return this.#receipt as SESReceipt;
  }

  #verdict(name: "dkimVerdict" | "dmarcVerdict" | "spamVerdict" | "spfVerdict" | "virusVerdict"): Verdict {
    // A check that left no verdict says as much as one that went wrong.
    return this.#receipt[name]?.status ?? "PROCESSING_FAILED";
  }
}

function listOf<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [];
}
