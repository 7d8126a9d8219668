import { setTimeout as sleep } from "node:timers/promises";
import { whole, wrap } from "@lamella/core";
import { dynamodb } from "@lamella/events/dynamodb";
import { kinesis } from "@lamella/events/kinesis";
import type { DynamoDBStreamEvent, KinesisStreamEvent, MSKEvent } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { effects, simulateDynamodbStream, simulateKafka, simulateKinesis } from "./index.ts";
import "../matchers.ts";

/** Records "1", "2", … of the keys that a text names, such as "aabac". */
const records = (keys: string) =>
  keys.split("").map((partitionKey, index) => ({ data: String(index + 1), partitionKey, sequenceNumber: String(index + 1) }));
const textOf = (data: Uint8Array) => Buffer.from(data).toString();

/** A function that wrap did not make: it fails what `fails` says, and replies as `reply` says. */
function plain(reply: (numbers: readonly string[]) => unknown) {
  const told = effects();
  const batches: string[] = [];
  const handler = async ({ Records }: KinesisStreamEvent) => {
    const numbers = Records.map(({ kinesis: { sequenceNumber } }) => sequenceNumber);
    batches.push(numbers.join(" "));
    const answer = reply(numbers);
    for (const number of numbers) told.record(number);
    return answer;
  };
  return { handler, effects: told, batches };
}

describe("simulateKinesis", () => {
  it("delivers each shard in order, and keys always to the same", async () => {
    const seen: string[] = [];
    const handler = wrap(
      kinesis(),
      async ({ data, shardId, partitionKey }) => void seen.push(`${partitionKey} ${shardId} ${textOf(data)}`),
    );
    const run = await simulateKinesis(handler, { records: records("abcdabcdabcd"), shards: 3, batchSize: 2 });

    expect(new Set(seen.map((line) => line.split(" ").slice(0, 2).join(" "))).size).toBe(4);
    expect(run.deleted).toHaveLength(12);
    expect(run).toHaveLostNothing();
    expect(run).toHaveKeptOrder();
    expect(run).toHaveHandledNothingTwice();
  });

  it("goes on at the lowest number of a reply", async () => {
    const {
      handler,
      batches,
      effects: told,
    } = plain((numbers) =>
      batches.length === 1 ? { batchItemFailures: [{ itemIdentifier: numbers[3] }, { itemIdentifier: numbers[2] }] } : {},
    );
    const run = await simulateKinesis(handler, { records: records("aaaaa"), effects: told });

    expect(batches).toEqual(["1 2 3 4 5", "3 4 5"]);
    expect(run.deleted).toHaveLength(5);
  });

  it.for<{ readonly reply: unknown; readonly again: boolean }>([
    { reply: null, again: false },
    { reply: {}, again: false },
    { reply: { batchItemFailures: [] }, again: false },
    { reply: { batchItemFailures: null }, again: false },
    { reply: { batchItemFailures: [{ itemIdentifier: "" }] }, again: true },
    { reply: { batchItemFailures: [{ itemIdentifier: null }] }, again: true },
    { reply: { batchItemFailures: [{ sequenceNumber: "2" }] }, again: true },
  ])("takes the reply $reply for a failure of the whole batch: $again", async ({ reply, again }) => {
    const { handler, batches, effects: told } = plain(() => (batches.length === 1 ? reply : {}));
    await simulateKinesis(handler, { records: records("aaa"), effects: told });

    expect(batches).toEqual(again ? ["1 2 3", "1 2 3"] : ["1 2 3"]);
  });

  it("splits a batch that failed in two, and that takes no attempt", async () => {
    const {
      handler,
      batches,
      effects: told,
    } = plain((numbers) => {
      if (numbers.includes("3")) throw new Error("poison");
    });
    const run = await simulateKinesis(handler, {
      records: records("aaaaaaaa"),
      effects: told,
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: 1,
      onFailureDestination: true,
    });

    expect(batches).toEqual(["1 2 3 4 5 6 7 8", "1 2 3 4", "1 2", "3 4", "3", "3", "4", "5 6 7 8"]);
    expect(run.deadLettered.map(({ id }) => id)).toEqual(["3"]);
    expect(run.onFailureRecords).toMatchObject([
      {
        requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 2 },
        responseContext: { functionError: "Unhandled" },
        KinesisBatchInfo: { shardId: "shardId-000000000000", startSequenceNumber: "3", endSequenceNumber: "3", batchSize: 1 },
      },
    ]);
    expect(run).toHaveKeptOrder();
  });

  it.for([
    { destination: true, fate: "dead-lettered", lost: 0 },
    { destination: false, fate: "discarded", lost: 3 },
  ])("gives up after the attempts there are: $fate", async ({ destination, fate, lost }) => {
    const run = await simulateKinesis(
      wrap(kinesis(), () => Promise.reject(new Error("no"))),
      { records: records("aaa"), maximumRetryAttempts: 2, onFailureDestination: destination },
    );

    expect(run.messages.map((record) => record.fate)).toEqual([fate, fate, fate]);
    expect(run.invocations).toHaveLength(3);
    expect(run.lost).toHaveLength(lost);
  });

  it("gives up what is older than it may be, and at last what the stream keeps no longer", async () => {
    const failing = wrap(kinesis(), () => Promise.reject(new Error("no")));
    const old = await simulateKinesis(failing, { records: records("a"), maximumRecordAgeMs: 60_000, onFailureDestination: true });
    const expired = await simulateKinesis(failing, { records: records("a") });

    expect(old.durationMs).toBeGreaterThan(60_000);
    expect(old.messages[0]?.fate).toBe("dead-lettered");
    expect(old.onFailureRecords).toMatchObject([{ requestContext: { condition: "RecordAgeExceeded" } }]);
    expect(expired.durationMs).toBeGreaterThanOrEqual(86_400_000);
    expect(expired.lost).toMatchObject([{ message: { fate: "expired" } }]);
  });

  it("runs keys of one shard side by side with a parallelization factor", async () => {
    let running = 0;
    let most = 0;
    const handler = wrap(kinesis(), async () => {
      most = Math.max(most, ++running);
      await sleep(100);
      running--;
    });
    const run = await simulateKinesis(handler, { records: records("abcdefghijklmnop"), parallelizationFactor: 4, batchSize: 1 });

    expect(most).toBe(4);
    expect(run).toHaveKeptOrder();
  });

  it("carries the state of a tumbling window from batch to batch, and ends the window", async () => {
    const sums: number[] = [];
    const handler = wrap(whole(kinesis({ data: z.number(), state: z.object({ sum: z.number().default(0) }) })), async (batch) => {
      const sum = batch.items.reduce((total, { data }) => total + data, batch.state.sum);
      if (batch.isFinal) sums.push(sum);
      return { sum };
    });
    const run = await simulateKinesis(handler, {
      records: [1, 2, 3, 4].map((data) => ({ data, afterMs: data * 25_000 })),
      tumblingWindowMs: 60_000,
    });

    expect(sums).toEqual([3, 7]);
    expect(run).toHaveLostNothing();
    expect(run.ending).toBe("drained");
  });

  it("takes a reply without state for a failure where there is a window", async () => {
    const run = await simulateKinesis(async () => ({}), { records: records("a"), tumblingWindowMs: 60_000, maximumRetryAttempts: 1 });

    expect(run.messages[0]?.fate).toBe("discarded");
  });

  it("delivers a batch again that was done, as AWS may", async () => {
    const run = await simulateKinesis(
      wrap(kinesis(), () => {}),
      { records: records("aa"), faults: [{ kind: "duplicate", times: 1 }] },
    );

    expect(run.messages.map(({ timesHandled }) => timesHandled)).toEqual([2, 2]);
    expect(run).toHaveRepeatedOnlyWhatItMust();
    expect(run).toHaveKeptOrder();
  });

  it("finds a function that reports too high a number, and one that reports too low a one", async () => {
    const done = effects();
    const failing =
      (reported: string) =>
      async ({ Records }: KinesisStreamEvent) => {
        for (const { kinesis: one } of Records) if (one.sequenceNumber !== "2") done.record(one.sequenceNumber);
        return Records.some(({ kinesis: one }) => one.sequenceNumber === reported)
          ? { batchItemFailures: [{ itemIdentifier: reported }] }
          : {};
      };
    const high = await simulateKinesis(failing("3"), {
      records: records("aaa"),
      effects: done,
      maximumRetryAttempts: 1,
      onFailureDestination: true,
    });
    const low = await simulateKinesis(failing("1"), {
      records: records("aaa"),
      effects: done,
      maximumRetryAttempts: 1,
      onFailureDestination: true,
    });

    expect(() => expect(high).toHaveLostNothing()).toThrow("2 was deleted, and was never handled");
    expect(() => expect(low).toHaveRepeatedOnlyWhatItMust()).toThrow("1 was handled, and the reply made it come again");
  });

  it.for([
    {
      what: "a parallelization factor with a window",
      options: { tumblingWindowMs: 1_000, parallelizationFactor: 2 },
      says: "parallelizationFactor",
    },
    { what: "a parallelization factor over 10", options: { parallelizationFactor: 11 }, says: "parallelizationFactor" },
    { what: "a record age below a minute", options: { maximumRecordAgeMs: 59_999 }, says: "maximumRecordAgeMs" },
    { what: "no list of records", options: { records: undefined }, says: "records" },
  ])("refuses $what", ({ options, says }) => {
    expect(() => simulateKinesis(async () => {}, { records: records("a"), ...options } as never)).toThrow(says);
  });
});

describe("simulateDynamodbStream", () => {
  it("delivers the changes of an item in order", async () => {
    const stock: number[] = [];
    const handler = wrap(dynamodb(), async (change) => {
      await sleep(5);
      if (change.kind !== "REMOVE") stock.push((change.newImage as { stock: number }).stock);
    });
    const run = await simulateDynamodbStream(handler, {
      changes: [1, 2, 3].map((count) => ({ newImage: { id: "pen", stock: count }, oldImage: { id: "pen", stock: count - 1 } })),
      faults: [{ kind: "throw", ids: ["100000000000000000002"], times: 2 }],
    });

    expect(stock).toEqual([1, 2, 3]);
    expect(run).toHaveLostNothing();
    expect(run).toHaveKeptOrder();
  });

  it("filters by what the record says", async () => {
    const seen: DynamoDBStreamEvent[] = [];
    const run = await simulateDynamodbStream(async (event: DynamoDBStreamEvent) => void seen.push(event), {
      changes: [{ newImage: { id: "1" } }, { oldImage: { id: "1" } }],
      filters: [{ eventName: ["REMOVE"], dynamodb: { Keys: { id: { S: ["1"] } } } }],
    });

    expect(run.messages.map(({ fate }) => fate)).toEqual(["filtered", "deleted"]);
    expect(seen[0]?.Records).toHaveLength(1);
  });
});

describe("simulateKafka", () => {
  const inPartitions = (list: string) =>
    list.split("").map((partition, index) => ({ value: index === 1 ? null : { n: index }, partition: Number(partition) }));

  it("gives each partition its offsets, and goes on at the lowest that failed in each", async () => {
    const events: MSKEvent[] = [];
    const run = await simulateKafka(
      async (event: MSKEvent) => {
        events.push(event);
        return events.length > 1 ? {} : { batchItemFailures: [{ itemIdentifier: { partition: "topic-1", offset: 1 } }] };
      },
      { records: inPartitions("010101"), consumers: 1 },
    );
    const offsets = events.map(({ records: byPartition }) =>
      Object.entries(byPartition).map(([name, list]) => [name, list.map(({ offset }) => offset)]),
    );

    expect(offsets).toEqual([
      [
        ["topic-0", [0, 1, 2]],
        ["topic-1", [0, 1, 2]],
      ],
      [["topic-1", [1, 2]]],
    ]);
    expect(events[0]?.records["topic-1"]?.[0]).not.toHaveProperty("value");
    expect(run.deleted).toHaveLength(6);
  });

  it.for([
    { identifier: { partition: "topic-0", offset: 9 } },
    { identifier: { partition: "topic", offset: 0 } },
    { identifier: "topic-0-0" },
  ])("takes the identifier $identifier for a failure of the whole batch", async ({ identifier }) => {
    const run = await simulateKafka(async () => ({ batchItemFailures: [{ itemIdentifier: identifier }] }), {
      records: inPartitions("000"),
      maximumRetryAttempts: 1,
      onFailureDestination: true,
    });

    expect(run.deadLettered).toHaveLength(3);
  });
});
