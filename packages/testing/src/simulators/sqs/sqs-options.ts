import { mustBe } from "@lamella/core/extend";
import type { SqsMessageInput } from "../../events/sqs-event.ts";
import type { FilterPattern } from "../kernel/filter.ts";
import { checkNumber, checkSimulation, type SimulationOptions } from "../kernel/options.ts";

/** A message that is sent in a simulation. */
export interface SimulatedSqsInput extends Omit<SqsMessageInput, "receiveCount" | "sentAt"> {
  /** When it is sent, in milliseconds after the start. @default 0 */
  readonly afterMs?: number | undefined;
}

/** What the simulators of both kinds of queue take. */
export interface SqsSimulationOptions extends SimulationOptions {
  readonly messages: readonly SimulatedSqsInput[];
  /** How many messages an invocation gets at most. @default 10 */
  readonly batchSize?: number | undefined;
  /** How long a message that was received stays hidden, in milliseconds; not below `timeoutMs`. @default 30,000 */
  readonly visibilityTimeoutMs?: number | undefined;
  /** How often a message is received before it goes to the dead-letter queue; without it there is none. */
  readonly maxReceiveCount?: number | undefined;
  /** How long the queue keeps a message, in milliseconds. @default 345,600,000, which is 4 days */
  readonly retentionMs?: number | undefined;
  /** How many batches are under way at the same time. @default 5, with which Lambda begins */
  readonly maximumConcurrency?: number | undefined;
  /** The mapping's filter patterns, for `body`. What none of them matches is deleted. */
  readonly filters?: readonly FilterPattern[] | undefined;
  /** @default "queue", or "queue.fifo" */
  readonly queueName?: string | undefined;
}

export interface SimulateSqsOptions extends SqsSimulationOptions {
  /** How long the mapping gathers messages before it invokes, in milliseconds: 0 to 300,000. @default 0 */
  readonly batchingWindowMs?: number | undefined;
}

export interface SimulateSqsFifoOptions extends SqsSimulationOptions {}

/** Four days. */
export const RETENTION_MS = 345_600_000;
export const VISIBILITY_MS = 30_000;

/**
 * @throws {RangeError} When a number is out of the range that AWS gives it.
 * @throws {TypeError} When an option is of the wrong kind.
 */
export function checkSqs(where: string, handler: unknown, options: SimulateSqsOptions, isFifo: boolean): void {
  checkSimulation(
    where,
    handler,
    options,
    isFifo ? ["throw", "poison", "hang", "slow", "crash", "lose-reply", "throttle", "refuse-call"] : undefined,
  );
  const { messages, batchSize = 10, batchingWindowMs = 0, visibilityTimeoutMs = VISIBILITY_MS, timeoutMs = 3_000, queueName } = options;
  mustBe(Array.isArray(messages), `${where}({ messages })`, "a list of messages", messages);
  checkNumber(where, options, "batchSize", 1, isFifo ? 10 : 10_000);
  checkNumber(where, options, "batchingWindowMs", 0, isFifo ? 0 : 300_000);
  mustBe(
    batchSize <= 10 || batchingWindowMs >= 1_000,
    `${where}({ batchingWindowMs })`,
    "1000 or more where batchSize is over 10",
    batchingWindowMs,
    RangeError,
  );
  checkNumber(where, options, "visibilityTimeoutMs", 0, 43_200_000);
  mustBe(
    visibilityTimeoutMs >= timeoutMs,
    `${where}({ visibilityTimeoutMs })`,
    `at least timeoutMs (${timeoutMs}), or AWS refuses the mapping`,
    visibilityTimeoutMs,
    RangeError,
  );
  checkNumber(where, options, "maxReceiveCount", 1, 1_000);
  checkNumber(where, options, "retentionMs", 60_000, 1_209_600_000);
  checkNumber(where, options, "maximumConcurrency", 1, 1_000);
  const isName = queueName === undefined || (typeof queueName === "string" && queueName.endsWith(".fifo") === isFifo);
  mustBe(isName, `${where}({ queueName })`, isFifo ? "a name that ends in .fifo" : "a name that does not end in .fifo", queueName);
  const ids = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const at = `${where}({ messages }), message ${index + 1}`;
    mustBe(typeof message === "object" && message !== null && "body" in message, at, "an object with a body", message);
    checkNumber(at, message, "afterMs", 0, Infinity);
    const { id } = message;
    mustBe(id === undefined || (typeof id === "string" && id !== "" && !ids.has(id)), `${at}, id`, "a text that no other message has", id);
    if (id !== undefined) ids.add(id);
  }
}
