import { type BatchOptions, type BatchSource, type Codec, codec, type Ignored, type Kind, type Payload, PayloadError } from "@lamella/core";
import { allOrNothing, type Decoder, openedSource, PayloadItem, toDecode } from "@lamella/core/extend";
import type { CloudWatchLogsEvent, CloudWatchLogsLogEvent } from "aws-lambda";
import {
  type CloudwatchLogsLimit,
  type ExtractedFields,
  extractedFields,
  messageOf,
  type PackedLogs,
  unpacking,
} from "./cloudwatch-logs/log-batch.ts";
import { base64Payload } from "./internal/base64-payload.ts";
import { numberOf, textOf } from "./internal/fields.ts";
import { isObject } from "./internal/is-object.ts";

// AWS's types, or users' declarations could not name them.
export type { CloudWatchLogsEvent, CloudWatchLogsLogEvent } from "aws-lambda";
export type { CloudwatchLogsLimit, ExtractedFields } from "./cloudwatch-logs/log-batch.ts";

/**
 * A log event.
 *
 * AWS: "Log group-level subscription filters" of CloudWatch Logs.
 */
export interface LogEvent<out Message> {
  readonly id: string;
  readonly timestamp: Date;
  /** What the `message` option makes of the message; the text as it came without that option. */
  readonly message: Message;
  /** What the filter's pattern names in the message; `undefined` where it names nothing. */
  readonly extractedFields: ExtractedFields | undefined;
  readonly logGroup: string;
  readonly logStream: string;
  /** The account that the log events are of. */
  readonly owner: string;
  /** The names of the filters that matched. */
  readonly subscriptionFilters: readonly string[];
  /** The log event as CloudWatch Logs sent it. */
  readonly raw: CloudWatchLogsLogEvent;
}

export interface CloudwatchLogsKind<Message> extends Kind {
  readonly event: CloudWatchLogsEvent;
  readonly reply: void;
  readonly item: LogEvent<Message>;
  readonly context: unknown;
  readonly output: Ignored;
}

export interface CloudwatchLogsOptions<Message> extends BatchOptions<CloudWatchLogsLogEvent>, CloudwatchLogsLimit {
  /** What the message must be: a codec, or a schema for JSON. @default the text as it came */
  readonly message?: Payload<Message> | undefined;
}

/**
 * The source for subscription filters of CloudWatch Logs. The log events of a batch run one after the other. There is no
 * partial reply: when one of them fails the invocation rejects, and Lambda sends the batch again, twice by default.
 *
 * AWS: "Log group-level subscription filters" of CloudWatch Logs.
 *
 * @throws {RangeError} At load, when an option is out of its range.
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @example
 * export const handler = wrap(cloudwatchLogs({ message: Line }), async ({ message, logGroup }) => index(logGroup, message));
 */
export function cloudwatchLogs<Message = string>(options: CloudwatchLogsOptions<Message> = {}): BatchSource<CloudwatchLogsKind<Message>> {
  const decoder: Decoder<Message> = {
    part: "message",
    decode: options.message === undefined ? undefined : toDecode(options.message, "cloudwatchLogs({ message })"),
  };
  const unpack = unpacking(options);
  return openedSource<CloudwatchLogsKind<Message>, CloudWatchLogsLogEvent, LogItem<Message>, PackedLogs>({
    name: "cloudwatchLogs",
    expects: "a CloudWatch Logs event (it has awslogs.data)",
    accepts: (event) => isObject(event) && isObject(event["awslogs"]) && typeof event["awslogs"]["data"] === "string",
    options,
    concurrency: 1,
    open: (event) => unpack(base64Payload(event.awslogs.data, "awslogs.data"), "awslogs.data"),
    records: ({ logEvents }) => logEvents,
    item: (raw, _lambda, packed) => new LogItem(raw, decoder, packed),
    delivery: (raw, index) => ({ id: textOf(raw.id), index, source: "cloudwatchLogs", attempt: undefined }),
    recordedAt: (raw) => numberOf(raw.timestamp),
    decode: (event) => event["~decode"](),
    close: allOrNothing(),
  });
}

/** Log events that came another way, such as through a stream. */
export interface LogBatch<out Message> extends Omit<PackedLogs, "logEvents"> {
  /** None in a control message. */
  readonly events: readonly Pick<LogEvent<Message>, "id" | "timestamp" | "message" | "extractedFields" | "raw">[];
}

/**
 * The codec for log events that come through Kinesis or Firehose, where each record is a batch of its own. `message` says
 * what each message must be: a codec, or a schema for JSON; without it the text.
 *
 * @throws {RangeError} At load, when `maxBytes` is out of its range.
 * @throws {TypeError} At load, when `message` is neither a codec nor a schema.
 * @example
 * wrap(firehose({ data: fromCloudwatchLogs() }), async ({ data }) => data.events.map(({ message }) => message).join("\n"));
 */
export function fromCloudwatchLogs<Message = string>(
  message?: Payload<Message>,
  limit: CloudwatchLogsLimit = {},
): Codec<LogBatch<Message>> {
  const decode = message === undefined ? undefined : toDecode(message, "fromCloudwatchLogs(message)");
  const unpack = unpacking(limit);
  return codec((packed, part) => {
    if (typeof packed === "string")
      throw new PayloadError({ part, problem: "is text, where gzip was expected; write base64(fromCloudwatchLogs(…)) where it is base64" });
    const { logEvents, ...rest } = unpack(packed, part);
    const messages = logEvents.map((raw) => {
      if (!isObject(raw)) throw new PayloadError({ part, problem: "has a log event that is no object" });
      const text = messageOf(raw);
      return decode === undefined ? (text as Message) : decode(text, part);
    });
    const withEvents = (decoded: readonly Message[]): LogBatch<Message> => ({
      ...rest,
      events: decoded.map((one, index) => {
        const raw = logEvents[index] as CloudWatchLogsLogEvent;
        return {
          id: textOf(raw.id),
          timestamp: new Date(numberOf(raw.timestamp)),
          message: one,
          extractedFields: extractedFields(raw),
          raw,
        };
      }),
    });
    const isLate = messages.some((one) => one instanceof Promise);
    return isLate ? Promise.all(messages).then(withEvents) : withEvents(messages as Message[]);
  });
}

// What costs is done on first use. The types of AWS promise members that a malformed log event lacks.
class LogItem<Message> extends PayloadItem<CloudWatchLogsLogEvent, Message> implements LogEvent<Message> {
  readonly #packed: PackedLogs;

  constructor(raw: CloudWatchLogsLogEvent, decoder: Decoder<Message>, packed: PackedLogs) {
    super(raw, decoder);
    this.#packed = packed;
  }

  get id(): string {
    return textOf(this.raw.id);
  }

  get timestamp(): Date {
    return new Date(numberOf(this.raw.timestamp));
  }

  get message(): Message {
    return this.payload();
  }

  get extractedFields(): ExtractedFields | undefined {
    return extractedFields(this.raw);
  }

  get logGroup(): string {
    return this.#packed.logGroup;
  }

  get logStream(): string {
    return this.#packed.logStream;
  }

  get owner(): string {
    return this.#packed.owner;
  }

  get subscriptionFilters(): readonly string[] {
    return this.#packed.subscriptionFilters;
  }

  protected encoded(): string {
    return messageOf(this.raw);
  }
}
