import type { AnyLambda, Lambda } from "@lamella/core";
import { dispatchedBy, mustBe, partsOf } from "@lamella/core/extend";
import type { KinesisStreamEvent, KinesisStreamHandler, KinesisStreamRecord, KinesisStreamTumblingWindowEvent } from "aws-lambda";
import { type KinesisDataInput, type KinesisUserRecordInput, kinesisEvent } from "../events/kinesis-event.ts";
import { toStreamWindow } from "../events/stream-window.ts";
import { toFilter } from "./kernel/filter.ts";
import { simulate } from "./kernel/simulation.ts";
import type { SimulationRun } from "./kernel/simulation-run.ts";
import { EPOCH_MS } from "./kernel/world.ts";
import { readSequenceNumber, shardOf, toSequenceNumbers, toShards } from "./streams/shards.ts";
import type { StreamEntry, StreamFormat } from "./streams/stream-format.ts";
import { StreamMapping } from "./streams/stream-mapping.ts";
import { checkStream, DAY_MS, type ShardSimulationOptions } from "./streams/stream-options.ts";

interface Put {
  /** When it arrives, in milliseconds after the start. @default 0 */
  readonly afterMs?: number | undefined;
  /** What it is called in the run; digits only, rising in the order of arrival. @default made up */
  readonly sequenceNumber?: string | undefined;
}

/**
 * A record that is put into the stream in a simulation. The records of an aggregate are accounted for one by one, as
 * `sequenceNumber:place`, unless the function's source does not take them apart.
 */
export type SimulatedKinesisInput =
  | (Put & KinesisDataInput & { readonly aggregate?: undefined })
  /** Records that the Kinesis Producer Library put into one, all of one shard. */
  | (Put & {
      readonly aggregate: readonly KinesisUserRecordInput[];
      readonly data?: undefined;
      /** What decides the shard. @default that of the first record in it */
      readonly partitionKey?: string | undefined;
    });

export interface SimulateKinesisOptions extends ShardSimulationOptions {
  readonly records: readonly SimulatedKinesisInput[];
  /** @default "stream" */
  readonly streamName?: string | undefined;
}

/** A function behind a Kinesis stream: made by `wrap`, or a plain one of two parameters at most. */
export type KinesisFunction =
  | Lambda<KinesisStreamEvent, unknown>
  | Lambda<KinesisStreamTumblingWindowEvent, unknown>
  | KinesisStreamHandler;

/**
 * Delivers records to a function as a Kinesis data stream and its event source mapping do, in virtual time. The order is
 * kept within each partition key.
 *
 * AWS: "Using Lambda to process records from Amazon Kinesis Data Streams".
 *
 * @throws {RangeError} When a number is out of the range that AWS gives it.
 * @throws {TypeError} When an option is of the wrong kind.
 * @throws {SimulationError} When another simulation runs in this process, or when timers are faked already.
 * @example
 * const run = await simulateKinesis(handler, { records: [{ data: click, partitionKey: "user-1" }], bisectBatchOnFunctionError: true });
 * expect(run.lost).toEqual([]);
 */
export function simulateKinesis(handler: KinesisFunction, options: SimulateKinesisOptions): Promise<SimulationRun> {
  checkStream("simulateKinesis", handler, options, options?.records);
  for (const [index, { aggregate }] of options.records.entries()) {
    const isFull = aggregate === undefined || (Array.isArray(aggregate) && aggregate.length > 0);
    mustBe(isFull, `simulateKinesis({ records }), number ${index + 1}, aggregate`, "a list of records that is not empty", aggregate);
  }
  const format = toFormat(options, takesApart(handler));
  return simulate("simulateKinesis", handler, options, (stage) => new StreamMapping(stage, format, options, options.retentionMs ?? DAY_MS));
}

/** Whether the function sees the records of an aggregate; one that `wrap` did not make is taken to. */
function takesApart(handler: KinesisFunction): boolean {
  const event = kinesisEvent([{ aggregate: [{ data: "a" }, { data: "b" }] }]);
  const sources = (dispatchedBy(handler as AnyLambda) ?? [handler]).flatMap((one) => partsOf(one as AnyLambda)?.source ?? []);
  const source = sources.find(({ accepts }) => accepts(event)) ?? sources[0];
  return source === undefined || source.deliveries(event as never, {} as never).length > 1;
}

function toFormat(options: SimulateKinesisOptions, isApart: boolean): StreamFormat {
  const { strict = false, streamName } = options;
  const streamArn = `arn:aws:kinesis:eu-west-1:123456789012:stream/${streamName ?? "stream"}`;
  const numbers = toSequenceNumbers(options.records);
  const entries = toShards(
    options.records.map((input, index) => {
      const { afterMs = 0, aggregate } = input;
      const { partitionKey = aggregate?.[0]?.partitionKey ?? "key" } = input;
      const sequenceNumber = numbers[index] as string;
      const arrivedAt = new Date(EPOCH_MS + afterMs);
      const [record] = kinesisEvent([{ ...input, partitionKey, sequenceNumber, arrivedAt }], {
        streamName,
        shardId: shardOf(partitionKey, options),
      }).Records;
      const inner = isApart ? aggregate?.map(({ partitionKey: key = "key" }) => key) : undefined;
      return { afterMs, key: partitionKey, sequenceNumber, record, inner };
    }),
    options,
  );
  const passes = toFilter<KinesisStreamRecord>("simulateKinesis", options.filters, {
    key: "data",
    read: ({ kinesis }) => Buffer.from(kinesis.data, "base64").toString(),
  });
  return {
    entries,
    passes: (record) => passes(record as KinesisStreamRecord),
    read: readSequenceNumber(strict),
    origin: { info: "KinesisBatchInfo", streamArn },
    toEvent: (batch, window, lane) => {
      const all = batch.map(({ record }) => {
        const original = record as KinesisStreamRecord;
        return { ...original, kinesis: { ...original.kinesis } };
      });
      const records = all.flatMap((record, index) => (batch[index] as StreamEntry).subjects.map(() => record));
      if (window === undefined) return { event: { Records: all }, records };
      const { startMs, endMs, ...rest } = window;
      const shard = lane.split("/", 1)[0] as string;
      return {
        event: { Records: all, ...toStreamWindow({ start: new Date(startMs), end: new Date(endMs), ...rest }, shard, streamArn) },
        records,
      };
    },
  };
}
