import type { BatchOptions, Ignored, Kind, Payload } from "@lamella/core";
import { type Decoder, isSchema, mustBe, PayloadItem, toDecode } from "@lamella/core/extend";
import type {
  KinesisStreamBatchResponse,
  KinesisStreamEvent,
  KinesisStreamRecord,
  KinesisStreamStateResponse,
  KinesisStreamTumblingWindowEvent,
} from "aws-lambda";
import { textOf } from "./internal/fields.ts";
import { hasRecordsOf } from "./internal/records.ts";
import { secondsToDate } from "./internal/seconds-to-date.ts";
import { toText } from "./internal/to-text.ts";
import { type StateOptions, type StreamSource, streamSource, type WindowBatch } from "./internal/tumbling-window.ts";
import {
  type AnyRecord,
  bytesOf,
  eventIdOf,
  kinesisFormat,
  parentOf,
  partitionKeyOf,
  SubRecord,
  toEngineOptions,
  toRecords,
} from "./kinesis/kinesis-records.ts";

// AWS's types, or users' declarations could not name them.
export type {
  KinesisStreamBatchResponse,
  KinesisStreamEvent,
  KinesisStreamRecord,
  KinesisStreamStateResponse,
  KinesisStreamTumblingWindowEvent,
} from "aws-lambda";
export type { StateOptions, StreamSource, TimeWindow, WindowBatch } from "./internal/tumbling-window.ts";

/**
 * A record of a Kinesis data stream, or one of several that the Kinesis Producer Library put into one.
 *
 * AWS: "Using Lambda to process records from Amazon Kinesis Data Streams", "KPL Aggregated Record Format".
 */
export interface StreamRecord<out Data> {
  /** What the `data` option makes of the data; the bytes without that option. */
  readonly data: Data;
  readonly partitionKey: string;
  /** What the producer gave in the place of the partition key's hash; Kinesis tells it of aggregated records only. */
  readonly explicitHashKey: string | undefined;
  /** The place in the shard; records of one aggregate share it. */
  readonly sequenceNumber: string;
  /** The place in the aggregate, from 0; `undefined` for a record by itself. */
  readonly subSequenceNumber: number | undefined;
  /** When Kinesis took the record. */
  readonly arrivedAt: Date;
  readonly shardId: string;
  /** Shard and sequence number; for a record of an aggregate its place in it too, so that no two records share it. */
  readonly eventId: string;
  readonly streamArn: string;
  readonly streamName: string;
  /** The record as Kinesis sent it; for a record of an aggregate, the aggregate. */
  readonly raw: KinesisStreamRecord;
}

export interface KinesisKind<Data> extends Kind {
  readonly event: KinesisStreamEvent;
  readonly reply: KinesisStreamBatchResponse;
  readonly item: StreamRecord<Data>;
  readonly context: unknown;
  readonly output: Ignored;
}

export interface KinesisWindowKind<Data, State> extends Kind {
  readonly event: KinesisStreamTumblingWindowEvent;
  readonly reply: KinesisStreamStateResponse;
  readonly item: WindowBatch<StreamRecord<Data>, State>;
  readonly context: unknown;
  readonly output: State;
}

export interface KinesisOptions<Data, State = never> extends BatchOptions<KinesisStreamRecord>, StateOptions<State> {
  /** What the data must be: a codec, or a schema for JSON. @default the bytes */
  readonly data?: Payload<Data> | undefined;
  /** Whether records that the Kinesis Producer Library put into one are taken apart. @default true */
  readonly deaggregate?: boolean | undefined;
}

/**
 * The source for Kinesis data streams. It replies with the lowest record that failed, from which on everything comes
 * again, so the event source mapping needs `ReportBatchItemFailures`. What would only be run again is not started.
 *
 * With `concurrency` above 1 partition keys run side by side, each in its order. With `state` it is for `whole`, and
 * for mappings with a tumbling window.
 *
 * AWS: "Configuring partial batch response with Kinesis Data Streams and Lambda".
 *
 * @throws {RangeError} At load, when an option is out of its range.
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @example
 * export const handler = wrap(kinesis({ data: Click }), async ({ data, partitionKey }) => count(partitionKey, data));
 */
export function kinesis<Data = Uint8Array, State = never>(
  options: KinesisOptions<Data, State> = {},
): StreamSource<KinesisKind<Data>, KinesisWindowKind<Data, NoInfer<State>>, NoInfer<State>> {
  const { data, deaggregate = true } = options;
  mustBe(typeof deaggregate === "boolean", "kinesis({ deaggregate })", "true or false", deaggregate);
  const decoder: Decoder<Data, Uint8Array> = { part: "data", decode: data === undefined ? undefined : toDecoding(data) };
  const source = streamSource<KinesisKind<Data>, AnyRecord, KinesisItem<Data>, State>(
    {
      name: "kinesis",
      expects: `a Kinesis event (Records[].eventSource is "aws:kinesis")`,
      accepts: (event) => hasRecordsOf(event, "aws:kinesis"),
      options: toEngineOptions(options),
      ...kinesisFormat("kinesis"),
      records: deaggregate ? toRecords : ({ Records }) => Records,
      item: (raw) => new KinesisItem(raw, decoder),
      decode: (item) => item["~decode"](),
    },
    options,
  );
  return source as StreamSource<KinesisKind<Data>, KinesisWindowKind<Data, State>, State>;
}

function toDecoding<Data>(data: Payload<Data>): Decoder<Data, Uint8Array>["decode"] {
  const decode = toDecode(data, "kinesis({ data })");
  // Behind a bare schema is JSON; any other codec gets the bytes as they came.
  return isSchema(data) ? (bytes, part) => decode(toText(bytes), part) : decode;
}

// What costs is done on first use: most handlers read the data and no more. The types of AWS promise members that a
// malformed record lacks, so every one is read with care.
class KinesisItem<Data> extends PayloadItem<KinesisStreamRecord, Data, Uint8Array> implements StreamRecord<Data> {
  readonly #record: AnyRecord;

  constructor(record: AnyRecord, decoder: Decoder<Data, Uint8Array>) {
    super(parentOf(record), decoder);
    this.#record = record;
  }

  get data(): Data {
    return this.payload();
  }

  get partitionKey(): string {
    return partitionKeyOf(this.#record);
  }

  get explicitHashKey(): string | undefined {
    return this.#record instanceof SubRecord ? this.#record.user?.explicitHashKey : undefined;
  }

  get sequenceNumber(): string {
    return textOf(this.raw.kinesis?.sequenceNumber);
  }

  get subSequenceNumber(): number | undefined {
    return this.#record instanceof SubRecord ? this.#record.index : undefined;
  }

  get arrivedAt(): Date {
    return secondsToDate(this.raw.kinesis?.approximateArrivalTimestamp);
  }

  get shardId(): string {
    return textOf(this.raw.eventID).split(":", 1)[0] ?? "";
  }

  get eventId(): string {
    return eventIdOf(this.#record);
  }

  get streamArn(): string {
    return textOf(this.raw.eventSourceARN);
  }

  get streamName(): string {
    // A consumer with enhanced fan-out has a longer ARN.
    return this.streamArn.split("/")[1] ?? "";
  }

  protected encoded(): Uint8Array {
    return bytesOf(this.#record);
  }
}
