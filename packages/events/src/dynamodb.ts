import type { BatchOptions, Ignored, Kind, Schema } from "@lamella/core";
import { checkpointed, checkSchema, mustBe } from "@lamella/core/extend";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import type { Attributes, Numbers } from "./dynamodb/attributes.ts";
import { type Change, type ChangeBase, ChangeItem, changeDecoder, type StreamView } from "./dynamodb/change.ts";
import { checkNumbers } from "./dynamodb/check-numbers.ts";
import { StreamViewError } from "./errors/stream-view-error.ts";
import { numberOf, textOf } from "./internal/fields.ts";
import { hasRecordsOf } from "./internal/records.ts";
import { secondsToDate } from "./internal/seconds-to-date.ts";
import { type StateOptions, type StreamSource, streamSource, type WindowBatch } from "./internal/tumbling-window.ts";

// AWS's types, or users' declarations could not name them.
export type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
export type { Attribute, Attributes, Numbers } from "./dynamodb/attributes.ts";
export type { AnyChange, Change, ChangeBase, Inserted, Modified, Removed, StreamView, WithNew, WithOld } from "./dynamodb/change.ts";
export { type DynamodbJsonOptions, dynamodbJson } from "./dynamodb/dynamodb-json.ts";
export { StreamViewError } from "./errors/stream-view-error.ts";
export type { StateOptions, StreamSource, TimeWindow, WindowBatch } from "./internal/tumbling-window.ts";

export interface DynamodbKind<Image, View extends StreamView> extends Kind {
  readonly event: DynamoDBStreamEvent;
  readonly reply: DynamoDBBatchResponse;
  readonly item: Change<Image, View>;
  readonly context: unknown;
  readonly output: Ignored;
}

/** The event of a DynamoDB stream whose mapping has tumbling windows. */
export interface DynamodbWindowEvent extends DynamoDBStreamEvent {
  readonly window: { readonly start: string; readonly end: string };
  readonly state?: object | undefined;
  readonly shardId: string;
  readonly eventSourceARN: string;
  readonly isFinalInvokeForWindow: boolean;
  readonly isWindowTerminatedEarly: boolean;
}

/** The reply within a tumbling window. */
export interface DynamodbWindowResponse extends DynamoDBBatchResponse {
  readonly state: object;
}

export interface DynamodbWindowKind<Image, View extends StreamView, State> extends Kind {
  readonly event: DynamodbWindowEvent;
  readonly reply: DynamodbWindowResponse;
  readonly item: WindowBatch<Change<Image, View>, State>;
  readonly context: unknown;
  readonly output: State;
}

export interface DynamodbOptions<Image, View extends StreamView, State = never> extends BatchOptions<DynamoDBRecord>, StateOptions<State> {
  /** What an item of the table must be, old and new: a schema for its plain values. @default anything */
  readonly image?: Schema<Image> | undefined;
  /** The stream's view, which says what images there are. @default "NEW_AND_OLD_IMAGES" */
  readonly view?: View | undefined;
  /** What becomes of numbers whose digits a JavaScript number does not hold. @default "bigint" */
  readonly numbers?: Numbers | undefined;
}

/**
 * The source for DynamoDB streams: each item is a change of an item of the table. It replies with the lowest record that
 * failed, from which on everything comes again, so the event source mapping needs `ReportBatchItemFailures`. What would
 * only be run again is not started.
 *
 * With `concurrency` above 1 changes of different items run side by side, those of one item in their order. With `state`
 * it is for `whole`, and for mappings with a tumbling window.
 *
 * AWS: "Using AWS Lambda with Amazon DynamoDB", "Configuring partial batch response with DynamoDB and Lambda".
 *
 * @throws {RangeError} At load, when an option is out of its range.
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @example
 * export const handler = wrap(dynamodb({ image: Order }), async ({ kind, newImage }) => {
 *   if (kind === "INSERT") await welcome(newImage.customer);
 * });
 */
export function dynamodb<Image = Attributes, View extends StreamView = "NEW_AND_OLD_IMAGES", State = never>(
  options: DynamodbOptions<Image, View, State> = {},
): StreamSource<DynamodbKind<Image, View>, DynamodbWindowKind<Image, View, NoInfer<State>>, NoInfer<State>> {
  const { image, numbers = "bigint" } = options;
  const view: StreamView = options.view ?? "NEW_AND_OLD_IMAGES";
  if (image !== undefined) checkSchema(image, "dynamodb({ image })");
  mustBe(VIEWS.includes(view), "dynamodb({ view })", `one of ${VIEWS.join(", ")}`, view);
  checkNumbers(numbers, "dynamodb({ numbers })");
  const decoder = changeDecoder({ image, view, numbers, checkView: (actual) => checkView(view, actual) });
  const source = streamSource<DynamodbKind<Image, View>, DynamoDBRecord, DynamodbChange & Change<Image, View>, State>(
    {
      name: "dynamodb",
      expects: `an event of a DynamoDB stream (Records[].eventSource is "aws:dynamodb")`,
      accepts: (event) => hasRecordsOf(event, "aws:dynamodb"),
      options,
      concurrency: 1,
      records: ({ Records }) => Records,
      // Which variant it is, is known when its images are decoded.
      item: (raw) => new DynamodbChange(raw, decoder),
      delivery: (raw, index) => ({ id: textOf(raw.eventID), index, source: "dynamodb", attempt: undefined }),
      recordedAt: (raw) => numberOf(raw.dynamodb?.ApproximateCreationDateTime) * 1_000,
      decode: (change) => change["~decode"](),
      // The records of a batch come from one shard.
      ...checkpointed<DynamoDBRecord, DynamoDBBatchResponse>({
        key: keyOf,
        identify: (raw) => textOf(raw.dynamodb?.SequenceNumber) || undefined,
        reply: (identifiers) => ({
          batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier: itemIdentifier as string })),
        }),
      }),
    },
    options,
  );
  return source as StreamSource<DynamodbKind<Image, View>, DynamodbWindowKind<Image, View, State>, State>;
}

const VIEWS: readonly StreamView[] = ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"];

/**
 * @throws {StreamViewError} When the stream's own view is another than what the option says.
 */
function checkView(view: StreamView, actual: string | undefined): void {
  if (actual !== undefined && actual !== view) throw new StreamViewError(view, textOf(actual));
}

/** The primary key as text, whatever order its attributes are in. */
function keyOf(raw: DynamoDBRecord): string {
  const keys = Object.entries(raw.dynamodb?.Keys ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(keys);
}

// The types of AWS promise members that a malformed record lacks, so every one is read with care.
class DynamodbChange extends ChangeItem<DynamoDBRecord> implements ChangeBase {
  get sequenceNumber(): string {
    return textOf(this.raw.dynamodb?.SequenceNumber);
  }

  get createdAt(): Date {
    return secondsToDate(this.raw.dynamodb?.ApproximateCreationDateTime);
  }

  get tableName(): string {
    // arn:aws:dynamodb:region:account:table/name/stream/label
    return textOf(this.raw.eventSourceARN).split("/")[1] ?? "";
  }

  protected encoded(): DynamoDBRecord {
    return this.raw;
  }
}
