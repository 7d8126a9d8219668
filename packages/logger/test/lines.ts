import type { LambdaContext } from "@lamella/core";
import type { SQSEvent, SQSRecord } from "@lamella/events/sqs";
import { vi } from "vitest";

/** One log line as it was written. */
export type Line = Readonly<Record<string, unknown>>;

interface Captured {
  readonly lines: readonly Line[];
  /** The lines of what whole invocations came to. */
  readonly summaries: readonly Line[];
  readonly texts: readonly string[];
}

/** Takes what is written to stdout and stderr from here on, line by line, until the test ends. */
export function captureLines(): Captured {
  const lines: Line[] = [];
  const summaries: Line[] = [];
  const texts: string[] = [];
  const take = (chunk: string | Uint8Array): boolean => {
    const text = String(chunk).trim();
    if (text.startsWith("{")) {
      const line = JSON.parse(text) as Line;
      (line["message"] === "Invocation settled" ? summaries : lines).push(line);
    } else texts.push(text);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(take);
  vi.spyOn(process.stderr, "write").mockImplementation(take);
  vi.spyOn(console, "error").mockImplementation((text: string) => void texts.push(text));
  return { lines, summaries, texts };
}

/** The members of a line that a test is about. */
export function pick(line: Line | undefined, ...names: readonly string[]): Line {
  return Object.fromEntries(names.map((name) => [name, line?.[name]]));
}

export function context(awsRequestId = "request-1"): LambdaContext {
  return {
    awsRequestId,
    functionName: "orders",
    functionVersion: "1",
    invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:orders",
    memoryLimitInMB: "128",
    logGroupName: "group",
    logStreamName: "stream",
    getRemainingTimeInMillis: () => 30_000,
  };
}

/** An SQS event of these messages, by id and body. */
export function messages(bodies: Readonly<Record<string, string>>, queue = "orders"): SQSEvent {
  const records = Object.entries(bodies).map(([messageId, body]) => ({
    messageId,
    body,
    eventSource: "aws:sqs",
    eventSourceARN: `arn:aws:sqs:eu-west-1:123456789012:${queue}`,
    attributes: { ApproximateReceiveCount: "2", MessageGroupId: "group" },
    messageAttributes: {},
  }));
  return { Records: records as unknown as SQSRecord[] };
}

/** A promise and what settles it, to hold work at a point without waiting for time to pass. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
