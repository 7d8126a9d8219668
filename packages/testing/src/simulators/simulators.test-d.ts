import { wrap } from "@lamella/core";
import { dynamodb } from "@lamella/events/dynamodb";
import { kinesis } from "@lamella/events/kinesis";
import { sqs } from "@lamella/events/sqs";
import { httpApi } from "@lamella/http";
import type { KinesisStreamHandler, MSKHandler, SQSEvent, SQSHandler } from "aws-lambda";
import { describe, expect, it } from "vitest";
import "../matchers.ts";
import {
  type Fault,
  type SimulationRun,
  simulateDynamodbStream,
  simulateKafka,
  simulateKinesis,
  simulateSqs,
  simulateSqsFifo,
} from "./index.ts";

const messages = [{ body: "a" }];

describe("what a simulator takes for a function", () => {
  it("is what wrap() makes, or a plain function, typed by AWS's types or not", () => {
    const typed: SQSHandler = async () => {};
    const stream: KinesisStreamHandler = async () => {};
    const topic: MSKHandler = async () => {};
    void simulateSqs(
      wrap(sqs(), () => {}),
      { messages },
    );
    void simulateSqs(typed, { messages });
    void simulateSqs(async (_event: SQSEvent) => ({ batchItemFailures: [] }), { messages });
    void simulateSqsFifo(typed, { messages: [{ body: { id: 1 }, groupId: "a", afterMs: 10 }] });
    void simulateKinesis(
      wrap(kinesis(), () => {}),
      { records: [{ data: "a", partitionKey: "k" }] },
    );
    void simulateKinesis(stream, { records: [] });
    void simulateDynamodbStream(
      wrap(dynamodb(), () => {}),
      { changes: [{ newImage: { id: "1" } }] },
    );
    void simulateKafka(topic, { records: [{ value: null, key: "k" }] });
  });

  it("is no function for another service", () => {
    const requests = wrap(httpApi(), () => undefined);
    // @ts-expect-error a function for requests does not take messages
    void simulateSqs(requests, { messages });
    const queue = wrap(sqs(), () => {});
    // @ts-expect-error a function for messages does not take records of Kinesis
    void simulateKinesis(queue, { records: [] });
  });
});

describe("the options of a simulator", () => {
  const handler = wrap(sqs(), () => {});

  it("are those of its service", () => {
    // @ts-expect-error a FIFO queue's mapping has no batching window
    void simulateSqsFifo(handler, { messages, batchingWindowMs: 1_000 });
    // @ts-expect-error a message needs a body
    void simulateSqs(handler, { messages: [{ id: "1" }] });
    // @ts-expect-error how often a message was received is what the simulator counts
    void simulateSqs(handler, { messages: [{ body: "", receiveCount: 2 }] });
    // @ts-expect-error a queue has no shards
    void simulateSqs(handler, { messages, shards: 2 });
  });

  it("name faults that there are, with what each needs", () => {
    const slow: Fault = { kind: "slow", ms: 100, ids: ["1"] };
    // @ts-expect-error how slow must be said
    const vague: Fault = { kind: "slow" };
    // @ts-expect-error there is no such fault
    const unknown: Fault = { kind: "earthquake" };
    void [slow, vague, unknown];
  });
});

describe("the matchers", () => {
  it("are typed by Vitest's interface", () => {
    const run = {} as SimulationRun;
    const asserts = () => {
      expect(run).toHaveLostNothing() satisfies void;
      expect(run).not.toHaveKeptOrder() satisfies void;
      // @ts-expect-error it takes no parameter
      expect(run).toHaveLeftNothing(1);
    };
    void asserts;
  });
});
