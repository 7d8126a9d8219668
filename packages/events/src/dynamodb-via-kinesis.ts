import { type BatchOptions, type BatchSource, type Ignored, type Kind, PayloadError, type Schema, text } from "@lamella/core";
import { checkSchema, parseJson } from "@lamella/core/extend";
import type { KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda";
import type { Attributes, Numbers } from "./dynamodb/attributes.ts";
import { type Change, ChangeItem, type ChangeRecord, changeDecoder } from "./dynamodb/change.ts";
import { checkNumbers } from "./dynamodb/check-numbers.ts";
import { numberOf, textOf } from "./internal/fields.ts";
import { hasRecordsOf } from "./internal/records.ts";
import { secondsToDate } from "./internal/seconds-to-date.ts";
import { toText } from "./internal/to-text.ts";
import { streamSource } from "./internal/tumbling-window.ts";
import { type AnyRecord, bytesOf, kinesisFormat, parentOf, toEngineOptions, toRecords } from "./kinesis/kinesis-records.ts";

// AWS's types, or users' declarations could not name them.
export type { KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda";
export type { Attribute, Attributes, Numbers } from "./dynamodb/attributes.ts";
export type { AnyChange, Change, ChangeBase, Inserted, Modified, Removed } from "./dynamodb/change.ts";

/** What a change has beside its own when Kinesis brings it. */
export interface ViaKinesis {
  /**
   * When the change was made, in microseconds since 1970; Kinesis may bring changes of an item twice and out of order, and
   * this tells which is the later.
   */
  readonly createdAtMicros: number;
  /** When Kinesis took the record. */
  readonly arrivedAt: Date;
}

export interface DynamodbViaKinesisKind<Image> extends Kind {
  readonly event: KinesisStreamEvent;
  readonly reply: KinesisStreamBatchResponse;
  readonly item: Change<Image, "NEW_AND_OLD_IMAGES", KinesisStreamRecord> & ViaKinesis;
  readonly context: unknown;
  readonly output: Ignored;
}

export interface DynamodbViaKinesisOptions<Image> extends BatchOptions<KinesisStreamRecord> {
  /** What an item of the table must be, old and new: a schema for its plain values. @default anything */
  readonly image?: Schema<Image> | undefined;
  /** What becomes of numbers whose digits a JavaScript number does not hold. @default "bigint" */
  readonly numbers?: Numbers | undefined;
}

/**
 * The source for the changes of a DynamoDB table that a Kinesis data stream brings. As `kinesis` it replies with the lowest
 * record that failed, so the event source mapping needs `ReportBatchItemFailures`.
 *
 * Unlike a DynamoDB stream, Kinesis may bring a change more than once, with the same `id`, and changes of an item out of
 * order: compare `createdAtMicros`.
 *
 * AWS: "Using Kinesis Data Streams to capture changes to DynamoDB".
 *
 * @throws {RangeError} At load, when an option is out of its range.
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @example
 * export const handler = wrap(dynamodbViaKinesis({ image: Order }), async ({ id, kind, newImage }) => index(id, kind, newImage));
 */
export function dynamodbViaKinesis<Image = Attributes>(
  options: DynamodbViaKinesisOptions<Image> = {},
): BatchSource<DynamodbViaKinesisKind<Image>> {
  const { image, numbers = "bigint" } = options;
  if (image !== undefined) checkSchema(image, "dynamodbViaKinesis({ image })");
  checkNumbers(numbers, "dynamodbViaKinesis({ numbers })");
  const name = "dynamodbViaKinesis";
  const decoder = changeDecoder({ image, view: "NEW_AND_OLD_IMAGES", numbers });
  type Item = KinesisChange & DynamodbViaKinesisKind<Image>["item"];
  const source = streamSource<DynamodbViaKinesisKind<Image>, AnyRecord, Item, never>(
    {
      name,
      expects: `a Kinesis event (Records[].eventSource is "aws:kinesis")`,
      accepts: (event) => hasRecordsOf(event, "aws:kinesis"),
      options: toEngineOptions(options),
      ...kinesisFormat(name),
      records: toRecords,
      // Which variant it is, is known when the record is decoded.
      item: (raw) => new KinesisChange(raw, decoder),
      decode: (change) => change["~decode"](),
    },
    {},
  );
  return source as BatchSource<DynamodbViaKinesisKind<Image>>;
}

const decodeText = text()["~decode"];

class KinesisChange extends ChangeItem<KinesisStreamRecord> implements ViaKinesis {
  readonly #record: AnyRecord;
  #change: ChangeRecord | undefined;

  constructor(record: AnyRecord, decoder: ConstructorParameters<typeof ChangeItem<KinesisStreamRecord>>[1]) {
    super(parentOf(record), decoder);
    this.#record = record;
  }

  get sequenceNumber(): string {
    return textOf(this.raw.kinesis?.sequenceNumber);
  }

  get createdAt(): Date {
    return new Date(Math.floor(this.createdAtMicros / 1000));
  }

  get createdAtMicros(): number {
    const { ApproximateCreationDateTime: at, ApproximateCreationDateTimePrecision: precision } = this.encoded().dynamodb ?? {};
    // Before there was a precision to choose, these were milliseconds.
    return numberOf(at) * (precision === "MICROSECOND" ? 1 : 1000);
  }

  get arrivedAt(): Date {
    return secondsToDate(this.raw.kinesis?.approximateArrivalTimestamp);
  }

  get tableName(): string {
    return textOf(this.encoded().tableName);
  }

  protected encoded(): ChangeRecord {
    return (this.#change ??= toChange(this.#record));
  }
}

function toChange(record: AnyRecord): ChangeRecord {
  const change = parseJson(decodeText(toText(bytesOf(record)), "data") as string, "data") as Partial<ChangeRecord> | null;
  if (typeof change !== "object" || typeof change?.dynamodb !== "object" || change.dynamodb === null)
    throw new PayloadError({ part: "data", problem: "is no change of a DynamoDB table" });
  return change;
}
