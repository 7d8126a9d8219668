import type { SESEvent, SESReceiptStatus } from "aws-lambda";

type VerdictInput = SESReceiptStatus["status"];

/** What a test says of a message; the rest is made up, and the same in every run. */
export interface SesEventInput {
  readonly messageId?: string | undefined;
  /** @default "ada@example.com" */
  readonly from?: string | undefined;
  /** @default ["orders@example.org"] */
  readonly to?: readonly string[] | undefined;
  readonly subject?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly receivedAt?: Date | undefined;
  /** @default "PASS" */
  readonly spam?: VerdictInput | undefined;
  /** @default "PASS" */
  readonly virus?: VerdictInput | undefined;
  /** @default "PASS" */
  readonly spf?: VerdictInput | undefined;
  /** @default "PASS" */
  readonly dkim?: VerdictInput | undefined;
  /** @default "PASS" */
  readonly dmarc?: VerdictInput | undefined;
  /** Whether SES waits for the reply. @default true */
  readonly isAwaited?: boolean | undefined;
}

/**
 * The event of a receipt rule's Lambda action: what `ses()` opens.
 *
 * AWS: "Lambda function event in Amazon SES receipt rules".
 *
 * @example
 * sesEvent({ from: "ada@example.com", subject: "An order", spam: "FAIL" });
 */
export function sesEvent(input: SesEventInput = {}): SESEvent {
  const { messageId = "o3vrnil0e2ic28tr", from = "ada@example.com", to = ["orders@example.org"], subject = "Order" } = input;
  const { receivedAt = new Date("2026-01-31T12:00:00.000Z"), isAwaited = true } = input;
  const timestamp = receivedAt.toISOString();
  const headers = { From: from, To: to.join(", "), Subject: subject, ...input.headers };
  const verdict = (status: VerdictInput = "PASS"): SESReceiptStatus => ({ status });
  return {
    Records: [
      {
        eventSource: "aws:ses",
        eventVersion: "1.0",
        ses: {
          mail: {
            timestamp,
            source: from,
            messageId,
            destination: [...to],
            headersTruncated: false,
            headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
            commonHeaders: {
              returnPath: from,
              from: [from],
              date: receivedAt.toUTCString(),
              to: [...to],
              messageId: `<${messageId}@mail>`,
              subject,
            },
          },
          receipt: {
            timestamp,
            processingTimeMillis: 574,
            recipients: [...to],
            spamVerdict: verdict(input.spam),
            virusVerdict: verdict(input.virus),
            spfVerdict: verdict(input.spf),
            dkimVerdict: verdict(input.dkim),
            dmarcVerdict: verdict(input.dmarc),
            action: {
              type: "Lambda",
              functionArn: "arn:aws:lambda:eu-west-1:123456789012:function:mail",
              invocationType: isAwaited ? "RequestResponse" : "Event",
            },
          },
        },
      },
    ],
  };
}
