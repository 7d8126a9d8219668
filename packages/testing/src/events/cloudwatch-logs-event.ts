import { gzipSync } from "node:zlib";
import type { CloudWatchLogsEvent } from "aws-lambda";

/** What a test says of one log event; the rest is made up, and the same in every run. */
export interface LogEventInput {
  /** Text as it is; anything else as JSON. */
  readonly message: unknown;
  readonly id?: string | undefined;
  readonly timestamp?: Date | undefined;
  readonly extractedFields?: Readonly<Record<string, string>> | undefined;
}

export interface CloudwatchLogsEventOptions {
  /** @default "/aws/lambda/orders" */
  readonly logGroup?: string | undefined;
  /** @default "2026/01/31/[$LATEST]0123456789abcdef" */
  readonly logStream?: string | undefined;
  /** @default ["filter"] */
  readonly subscriptionFilters?: readonly string[] | undefined;
}

/**
 * The event of a batch of log events: what `cloudwatchLogs()` opens.
 *
 * AWS: "Log group-level subscription filters" of CloudWatch Logs.
 *
 * @example
 * cloudwatchLogsEvent([{ message: "ERROR no stock" }, { message: { level: "ERROR" } }]);
 */
export function cloudwatchLogsEvent(events: readonly LogEventInput[], options?: CloudwatchLogsEventOptions): CloudWatchLogsEvent {
  return { awslogs: { data: packedLogs(events, options).toString("base64") } };
}

/**
 * A batch of log events as it comes through Kinesis or Firehose: what `fromCloudwatchLogs()` opens.
 *
 * @example
 * firehoseEvent([{ data: packedLogs([{ message: "ERROR no stock" }]) }]);
 */
export function packedLogs(events: readonly LogEventInput[], options: CloudwatchLogsEventOptions = {}): Buffer {
  const { logGroup = "/aws/lambda/orders", logStream = "2026/01/31/[$LATEST]0123456789abcdef", subscriptionFilters = ["filter"] } = options;
  const logEvents = events.map(({ message, id, timestamp = new Date("2026-01-31T12:00:00.000Z"), extractedFields }, index) => ({
    id: id ?? `3519563798${String(index).padStart(46, "0")}`,
    timestamp: timestamp.getTime(),
    message: typeof message === "string" ? message : JSON.stringify(message),
    ...(extractedFields !== undefined && { extractedFields }),
  }));
  return gzipSync(
    JSON.stringify({ messageType: "DATA_MESSAGE", owner: "123456789012", logGroup, logStream, subscriptionFilters, logEvents }),
  );
}
