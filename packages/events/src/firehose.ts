import { type AnsweringSource, type BatchOptions, type Failure, hasCode, type Kind, type Payload } from "@lamella/core";
import { answering, answers, type Decoder, mustBe, nameOf, openedSource, PayloadItem, toDecode, toOutcome } from "@lamella/core/extend";
import type { FirehoseTransformationEvent, FirehoseTransformationEventRecord, FirehoseTransformationResultRecord } from "aws-lambda";
import { ReplyTooLargeError } from "./errors/reply-too-large-error.ts";
import { type FirehoseAnswer, type FirehoseData, type SentAnswer, toAnswer } from "./firehose/firehose-answer.ts";
import { type FirehoseOrigin, type MskRecordMetadata, toOrigin } from "./firehose/firehose-origin.ts";
import { base64Payload } from "./internal/base64-payload.ts";
import { numberOf, textOf } from "./internal/fields.ts";
import { isObject } from "./internal/is-object.ts";

// AWS's types, or users' declarations could not name them.
export type { FirehoseTransformationEvent, FirehoseTransformationEventRecord, FirehoseTransformationResultRecord } from "aws-lambda";
export { ReplyTooLargeError } from "./errors/reply-too-large-error.ts";
export { drop, type FirehoseAnswer, type FirehoseData, keep } from "./firehose/firehose-answer.ts";
export type { FirehoseOrigin, MskRecordMetadata } from "./firehose/firehose-origin.ts";

/** A record as Firehose sends it. Of a stream that reads from Amazon MSK it has other members than AWS's type knows. */
export interface FirehoseEventRecord extends Omit<FirehoseTransformationEventRecord, "data"> {
  /** Base64; missing where the stream reads from Amazon MSK. */
  readonly data?: string | undefined;
  /** Base64; only where the stream reads from Amazon MSK. */
  readonly kafkaRecordValue?: string | undefined;
  readonly mskRecordMetadata?: MskRecordMetadata | undefined;
}

/**
 * A record that Firehose asks to transform.
 *
 * AWS: "Transform source data in Amazon Data Firehose".
 */
export interface FirehoseRecord<out Data> {
  readonly id: string;
  /** What the `data` option makes of the data; its bytes without that option. */
  readonly data: Data;
  /** When Firehose got it. */
  readonly arrivedAt: Date;
  /** Where the stream reads: records that are put into it, a Kinesis stream, or a Kafka topic of Amazon MSK. */
  readonly origin: FirehoseOrigin;
  readonly streamArn: string;
  readonly streamName: string;
  readonly region: string;
  /** The record as Firehose sent it. */
  readonly raw: FirehoseEventRecord;
}

/** One record of the reply. Where the stream reads from Amazon MSK, the data has another name. */
export interface FirehoseResultRecord extends FirehoseTransformationResultRecord {
  kafkaRecordValue?: string;
}

/** The reply: an answer to each record. */
export interface FirehoseResult {
  records: FirehoseResultRecord[];
}

/** What a handler may return: the new data, `keep(data, …)` or `drop()`. */
export type FirehoseOutput = FirehoseData | FirehoseAnswer;

export interface FirehoseKind<Data> extends Kind {
  readonly event: FirehoseTransformationEvent;
  readonly reply: FirehoseResult;
  readonly item: FirehoseRecord<Data>;
  readonly context: unknown;
  readonly output: FirehoseOutput;
}

export interface FirehoseOptions<Data> extends BatchOptions<FirehoseEventRecord> {
  /** What the data must be: a codec, or a schema for JSON. @default its bytes */
  readonly data?: Payload<Data> | undefined;
  /** Whether a line break follows data that is written as JSON, so that files of many records can be read line by line. @default true */
  readonly newline?: boolean | undefined;
}

/** What Lambda takes as a reply. */
const MAX_REPLY_BYTES = 6 * 1024 * 1024;
/** What an answer has besides its id and its data, and a bit more. */
const ANSWER_BYTES = 80;

/**
 * The source for the transformation of Firehose streams. Every record is answered: with the new data that the handler
 * returns, as dropped, or as failed where it throws. Firehose does not send a failed record again: it writes it to the
 * error prefix of its bucket. It sends only a failed invocation again, as a whole; `retryLater` and records that there was
 * no time for come to that.
 *
 * AWS: "Transform source data in Amazon Data Firehose", "Handle failure in data transformation".
 *
 * @throws {RangeError} At load, when an option is out of its range.
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @example
 * export const handler = wrap(firehose({ data: Click }), async ({ data }) => (data.isTest ? drop() : { ...data, seen: true }));
 */
export function firehose<Data = Uint8Array>(options: FirehoseOptions<Data> = {}): AnsweringSource<FirehoseKind<Data>> {
  const { newline = true } = options;
  mustBe(typeof newline === "boolean", "firehose({ newline })", "true or false", newline);
  const decoder: Decoder<Data> = {
    part: "data",
    decode: options.data === undefined ? undefined : toDecode(options.data, "firehose({ data })"),
  };
  return answering(
    openedSource<FirehoseKind<Data>, FirehoseEventRecord, FirehoseItem<Data>, Opened>({
      name: "firehose",
      expects: "a Firehose transformation event (it has deliveryStreamArn and records)",
      accepts: (event) => isObject(event) && typeof event["deliveryStreamArn"] === "string" && Array.isArray(event["records"]),
      options,
      concurrency: 10,
      open: (event) => ({ event, size: new ReplySize(event.records) }),
      records: ({ event }) => event.records,
      item: (raw, _lambda, opened) => new FirehoseItem(raw, decoder, opened),
      delivery: (raw, index) => ({ id: textOf(raw.recordId), index, source: "firehose", attempt: undefined }),
      recordedAt: (raw) => numberOf(raw.approximateArrivalTimestamp),
      decode: (record) => record["~decode"](),
      ...answers({
        finish: (output, item: FirehoseItem<Data>) => toOutcome(item.fitting(toAnswer(output, item.raw.recordId, newline))),
        identify: ({ recordId }: FirehoseEventRecord) => (typeof recordId === "string" && recordId !== "" ? recordId : undefined),
        answer: (raw, result) => {
          if (result.failure === undefined) return toResult(raw, result.output as SentAnswer);
          return { recordId: raw.recordId, result: isIgnored(result.failure) ? "Dropped" : "ProcessingFailed" };
        },
        comesAgain: isCutShort,
        reply: (records): FirehoseResult => ({ records: records as FirehoseResultRecord[] }),
      }),
    }),
  );
}

interface Opened {
  readonly event: FirehoseTransformationEvent;
  readonly size: ReplySize;
}

/** Ignored by `onFailure`, and not for being hopeless: Firehose keeps the data of what failed, and nothing of what is dropped. */
function isIgnored({ fate, error }: Failure): boolean {
  return fate === "ignore" && !hasCode(error, "LAMELLA_FINAL");
}

/** Says nothing of the record itself, which would be well another time. */
function isCutShort({ fate, error }: Failure): boolean {
  if (fate === "ignore") return false;
  const asksAgain = hasCode(error, "LAMELLA_RETRY_LATER") || hasCode(error, "LAMELLA_DEADLINE_EXCEEDED");
  // Clients throw it when `signal` is aborted.
  return fate === "unrun" || asksAgain || nameOf(error) === "AbortError";
}

function toResult(raw: FirehoseEventRecord, answer: SentAnswer): FirehoseResultRecord {
  const { recordId } = raw;
  if (answer["~firehose"] === "Dropped") return { recordId, result: "Dropped" };
  const { data, partitionKeys } = answer;
  return {
    recordId,
    result: "Ok",
    ...(raw.kafkaRecordValue === undefined ? { data } : { kafkaRecordValue: data }),
    ...(partitionKeys !== undefined && { metadata: { partitionKeys } }),
  };
}

/** What is left of the reply: room for a failure of every record is set aside. */
class ReplySize {
  left: number;

  constructor(records: readonly unknown[]) {
    this.left = records.reduce<number>(
      (left, record) => left - ANSWER_BYTES - (isObject(record) ? bytesOf(record["recordId"]) : 0),
      MAX_REPLY_BYTES - ANSWER_BYTES,
    );
  }
}

/** How long a value is in the reply. */
function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? "");
}

// What costs is done on first use. The types of AWS promise members that a malformed record lacks.
class FirehoseItem<Data> extends PayloadItem<FirehoseEventRecord, Data> implements FirehoseRecord<Data> {
  readonly #opened: Opened;
  /** Of the reply's bytes. */
  #taken = 0;

  constructor(raw: FirehoseEventRecord, decoder: Decoder<Data>, opened: Opened) {
    super(raw, decoder);
    this.#opened = opened;
  }

  get id(): string {
    return textOf(this.raw.recordId);
  }

  get data(): Data {
    return this.payload();
  }

  get arrivedAt(): Date {
    return new Date(numberOf(this.raw.approximateArrivalTimestamp));
  }

  get origin(): FirehoseOrigin {
    return toOrigin(this.raw, this.#opened.event);
  }

  get streamArn(): string {
    return this.#opened.event.deliveryStreamArn;
  }

  get streamName(): string {
    return this.streamArn.slice(this.streamArn.lastIndexOf("/") + 1);
  }

  get region(): string {
    return textOf(this.#opened.event.region);
  }

  /**
   * Takes room in the reply for the answer. Where layers repeat the handler, its last answer counts.
   *
   * @throws {ReplyTooLargeError} When there is not enough.
   */
  fitting(answer: SentAnswer): SentAnswer {
    const { size } = this.#opened;
    const bytes = answer["~firehose"] === "Dropped" ? 0 : answer.data.length + bytesOf(answer.partitionKeys);
    const left = size.left + this.#taken;
    if (bytes > left) throw new ReplyTooLargeError(bytes, left);
    size.left = left - bytes;
    this.#taken = bytes;
    return answer;
  }

  protected encoded(): Uint8Array {
    const { data, kafkaRecordValue } = this.raw;
    return base64Payload(kafkaRecordValue ?? data, "data");
  }
}
