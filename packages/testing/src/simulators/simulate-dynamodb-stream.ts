import type { Lambda } from "@lamella/core";
import type { DynamoDBRecord, DynamoDBStreamEvent, DynamoDBStreamHandler } from "aws-lambda";
import { type DynamodbChangeInput, type DynamodbEventOptions, dynamodbEvent } from "../events/dynamodb-event.ts";
import { type StreamWindow, toStreamWindow } from "../events/stream-window.ts";
import { toFilter } from "./kernel/filter.ts";
import { simulate } from "./kernel/simulation.ts";
import type { SimulationRun } from "./kernel/simulation-run.ts";
import { EPOCH_MS } from "./kernel/world.ts";
import { readSequenceNumber, toSequenceNumbers, toShards } from "./streams/shards.ts";
import type { StreamFormat } from "./streams/stream-format.ts";
import { StreamMapping } from "./streams/stream-mapping.ts";
import { checkStream, DAY_MS, type ShardSimulationOptions } from "./streams/stream-options.ts";

/** A change of an item in a simulation. */
export interface SimulatedDynamodbInput extends Omit<DynamodbChangeInput, "createdAt"> {
  /** When it happens, in milliseconds after the start. @default 0 */
  readonly afterMs?: number | undefined;
}

export interface SimulateDynamodbStreamOptions extends Omit<ShardSimulationOptions, "retentionMs">, DynamodbEventOptions {
  readonly changes: readonly SimulatedDynamodbInput[];
}

/** A function behind a DynamoDB stream: made by `wrap`, or a plain one of two parameters at most. */
export type DynamodbStreamFunction =
  | Lambda<DynamoDBStreamEvent, unknown>
  | Lambda<DynamoDBStreamEvent & StreamWindow, unknown>
  | DynamoDBStreamHandler;

/**
 * Delivers changes to a function as a DynamoDB stream and its event source mapping do, in virtual time. The order is kept
 * within each item.
 *
 * AWS: "Using AWS Lambda with Amazon DynamoDB".
 *
 * @throws {RangeError} When a number is out of the range that AWS gives it.
 * @throws {TypeError} When an option is of the wrong kind.
 * @throws {SimulationError} When another simulation runs in this process, or when timers are faked already.
 * @example
 * const run = await simulateDynamodbStream(handler, { changes: [{ newImage: { id: "1", stock: 4 } }], faults: [{ kind: "crash", probability: 0.1 }] });
 * expect(run.lost).toEqual([]);
 */
export function simulateDynamodbStream(handler: DynamodbStreamFunction, options: SimulateDynamodbStreamOptions): Promise<SimulationRun> {
  checkStream("simulateDynamodbStream", handler, options, options?.changes, "changes");
  const format = toFormat(options);
  return simulate("simulateDynamodbStream", handler, options, (stage) => new StreamMapping(stage, format, options, DAY_MS));
}

function toFormat(options: SimulateDynamodbStreamOptions): StreamFormat {
  const { changes, strict = false, tableName, view } = options;
  const streamArn = `arn:aws:dynamodb:eu-west-1:123456789012:table/${tableName ?? "table"}/stream/2026-01-01T00:00:00.000`;
  const numbers = toSequenceNumbers(changes);
  const inputs = changes.map((change, index) => {
    const { afterMs = 0 } = change;
    const sequenceNumber = numbers[index] as string;
    const createdAt = new Date(EPOCH_MS + afterMs);
    const [record] = dynamodbEvent([{ ...change, sequenceNumber, createdAt, id: change.id ?? sequenceNumber }], {
      tableName,
      view,
    }).Records;
    return { afterMs, key: JSON.stringify(record?.dynamodb?.Keys), sequenceNumber, record };
  });
  const passes = toFilter<DynamoDBRecord>("simulateDynamodbStream", options.filters, undefined);
  return {
    entries: toShards(inputs, options),
    passes: (record) => passes(record as DynamoDBRecord),
    read: readSequenceNumber(strict),
    origin: { info: "DDBStreamBatchInfo", streamArn },
    toEvent: (batch, window, lane) => {
      const all = batch.map(({ record }) => {
        const original = record as DynamoDBRecord;
        return { ...original, dynamodb: { ...original.dynamodb } };
      });
      if (window === undefined) return { event: { Records: all }, records: all };
      const { startMs, endMs, ...rest } = window;
      const shard = lane.split("/", 1)[0] as string;
      return {
        event: { Records: all, ...toStreamWindow({ start: new Date(startMs), end: new Date(endMs), ...rest }, shard, streamArn) },
        records: all,
      };
    },
  };
}
