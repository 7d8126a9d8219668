import type { Lambda } from "@lamella/core";
import type { SQSEvent, SQSHandler } from "aws-lambda";
import { simulate } from "./kernel/simulation.ts";
import type { SimulationRun } from "./kernel/simulation-run.ts";
import { FifoShelf } from "./sqs/fifo-shelf.ts";
import { SqsMapping } from "./sqs/sqs-mapping.ts";
import { checkSqs, type SimulateSqsFifoOptions, type SimulateSqsOptions } from "./sqs/sqs-options.ts";
import { SqsQueue } from "./sqs/sqs-queue.ts";
import { StandardShelf } from "./sqs/standard-shelf.ts";

/** A function behind a queue: made by `wrap`, or a plain one of two parameters at most. */
export type SqsFunction = Lambda<SQSEvent, unknown> | SQSHandler;

/**
 * Delivers messages to a function as a standard queue and its event source mapping do, in virtual time.
 *
 * AWS: "Using Lambda with Amazon SQS".
 *
 * @throws {RangeError} When a number is out of the range that AWS gives it.
 * @throws {TypeError} When an option is of the wrong kind.
 * @throws {SimulationError} When another simulation runs in this process, or when timers are faked already.
 * @example
 * const run = await simulateSqs(handler, { messages: [{ body: order }], maxReceiveCount: 3, faults: [{ kind: "crash", probability: 0.1 }] });
 * expect(run.lost).toEqual([]);
 */
export function simulateSqs(handler: SqsFunction, options: SimulateSqsOptions): Promise<SimulationRun> {
  checkSqs("simulateSqs", handler, options, false);
  return simulate("simulateSqs", handler, options, (stage) => {
    const queue = new SqsQueue(stage, new StandardShelf(stage.world.random), options, false);
    return new SqsMapping("simulateSqs", stage, queue, options, false);
  });
}

/**
 * Delivers messages to a function as a FIFO queue and its event source mapping do, in virtual time.
 *
 * AWS: "FIFO delivery logic in Amazon SQS", "Using Lambda with Amazon SQS".
 *
 * @throws {RangeError} When a number is out of the range that AWS gives it.
 * @throws {TypeError} When an option is of the wrong kind.
 * @throws {SimulationError} When another simulation runs in this process, or when timers are faked already.
 * @example
 * const run = await simulateSqsFifo(handler, { messages: [{ body: order, groupId: "customer-1" }], maxReceiveCount: 3 });
 * expect(run.outOfOrder).toEqual([]);
 */
export function simulateSqsFifo(handler: SqsFunction, options: SimulateSqsFifoOptions): Promise<SimulationRun> {
  checkSqs("simulateSqsFifo", handler, options, true);
  return simulate("simulateSqsFifo", handler, options, (stage) => {
    const queue = new SqsQueue(stage, new FifoShelf(stage.world.random), options, true);
    return new SqsMapping("simulateSqsFifo", stage, queue, options, true);
  });
}
