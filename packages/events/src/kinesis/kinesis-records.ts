import { type BatchOptions, PayloadError } from "@lamella/core";
import { type BatchFormat, checkpointed } from "@lamella/core/extend";
import type { KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda";
import { fromBase64 } from "../internal/base64.ts";
import { numberOf, textOf } from "../internal/fields.ts";
import { mayBeAggregate, takeApart, type UserRecord } from "./aggregate.ts";

/** A record of an aggregate, in the place of the Kinesis record that holds it. */
export class SubRecord {
  readonly parent: KinesisStreamRecord;
  readonly index: number;
  /** `undefined` where the aggregate is malformed. */
  readonly user: UserRecord | undefined;

  constructor(parent: KinesisStreamRecord, index: number, user: UserRecord | undefined) {
    this.parent = parent;
    this.index = index;
    this.user = user;
  }

  /** The record as Kinesis would have sent it by itself. */
  toRecord(): KinesisStreamRecord {
    const { parent, user } = this;
    if (user === undefined) return parent;
    const { data, partitionKey } = user;
    return {
      ...parent,
      eventID: eventIdOf(this),
      kinesis: { ...parent.kinesis, partitionKey, data: Buffer.from(data).toString("base64") },
    };
  }
}

/** A record of Kinesis, or one of several in it. */
export type AnyRecord = KinesisStreamRecord | SubRecord;

/** The records of an event, with aggregates taken apart. */
export function toRecords({ Records: records }: KinesisStreamEvent): readonly unknown[] {
  // The types of AWS promise members that a malformed record lacks.
  const isAggregate = (raw: KinesisStreamRecord | null): raw is KinesisStreamRecord => {
    const data: unknown = raw?.kinesis?.data;
    return typeof data === "string" && mayBeAggregate(data);
  };
  if (!records.some(isAggregate)) return records;
  return records.flatMap((raw) => (isAggregate(raw) ? subRecords(raw) : [raw]));
}

function subRecords(raw: KinesisStreamRecord): AnyRecord[] {
  const bytes = fromBase64(raw.kinesis.data);
  const users = bytes && takeApart(bytes);
  if (users === undefined) return [raw];
  return users === "malformed" ? [new SubRecord(raw, 0, undefined)] : users.map((user, index) => new SubRecord(raw, index, user));
}

export function parentOf(raw: AnyRecord): KinesisStreamRecord {
  return raw instanceof SubRecord ? raw.parent : raw;
}

/** The id of the event; of records in an aggregate each has its own. */
export function eventIdOf(raw: AnyRecord): string {
  return raw instanceof SubRecord ? `${textOf(raw.parent.eventID)}:${raw.index}` : textOf(raw.eventID);
}

export function partitionKeyOf(raw: AnyRecord): string {
  return textOf((raw instanceof SubRecord ? raw.user : raw.kinesis)?.partitionKey);
}

/**
 * The bytes of a record.
 *
 * @throws {PayloadError} When there are none.
 */
export function bytesOf(raw: AnyRecord): Uint8Array {
  if (raw instanceof SubRecord) {
    if (raw.user === undefined) throw new PayloadError({ part: "data", problem: "is an aggregate of records whose content is malformed" });
    return raw.user.data;
  }
  const data: unknown = raw.kinesis?.data;
  const bytes = typeof data === "string" ? fromBase64(data) : undefined;
  if (bytes === undefined) throw new PayloadError({ part: "data", problem: data === undefined ? "is missing" : "is not base64" });
  return bytes;
}

/** What every source of Kinesis records says in the same way. */
export function kinesisFormat(
  name: string,
): Pick<BatchFormat<unknown, KinesisStreamBatchResponse, never, AnyRecord>, "concurrency" | "delivery" | "recordedAt" | "order" | "close"> {
  return {
    concurrency: 1,
    delivery: (raw, index) => ({ id: eventIdOf(raw), index, source: name, attempt: undefined }),
    recordedAt: (raw) => numberOf(parentOf(raw).kinesis?.approximateArrivalTimestamp) * 1_000,
    // The records of a batch come from one shard.
    ...checkpointed<AnyRecord, KinesisStreamBatchResponse>({
      key: partitionKeyOf,
      identify: (raw) => textOf(parentOf(raw).kinesis?.sequenceNumber) || undefined,
      reply: (identifiers) => ({ batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier: itemIdentifier as string })) }),
    }),
  };
}

type Judge = (error: unknown, raw: unknown, invocation: unknown) => unknown;

/** The options for the engine, whose records may be parts of a Kinesis record: `onFailure` gets each as one by itself. */
export function toEngineOptions({ onFailure, ...options }: BatchOptions<KinesisStreamRecord>): BatchOptions<AnyRecord> {
  if (typeof onFailure !== "function") return { ...options, onFailure };
  const judge: Judge = async (error, raw, invocation) => {
    const record = raw instanceof SubRecord ? raw.toRecord() : raw;
    // What it says may be a function in its turn, to which the record goes: `sendTo` makes one.
    let verdict: unknown = onFailure;
    while (typeof verdict === "function") verdict = await (verdict as Judge)(error, record, invocation);
    return verdict;
  };
  return { ...options, onFailure: judge as BatchOptions<AnyRecord>["onFailure"] };
}
