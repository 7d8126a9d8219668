import type { OnFailureRecord } from "../streams/on-failure-record.ts";
import type { Invocation, Outcome } from "./function-host.ts";
import type { Journal } from "./journal.ts";
import { breachesOf, type OrderBreach } from "./order.ts";
import type { Forwarded } from "./simulated-aws.ts";
import { SimulationError } from "./simulation-error.ts";
import type { Attempt, Simulated, Subject } from "./subject.ts";
import { Timeline } from "./timeline.ts";

/** One invocation of the function. */
export interface SimulatedInvocation {
  readonly number: number;
  /** The number of the execution environment that ran it, from 1. */
  readonly environment: number;
  readonly ids: readonly string[];
  readonly startedAtMs: number;
  /** `undefined` where it still ran when the simulation ended. */
  readonly endedAtMs: number | undefined;
  readonly outcome: Outcome["kind"] | undefined;
  /** What the function replied, where it did. */
  readonly reply: unknown;
  /** What it rejected with, where it did. */
  readonly error: unknown;
}

/** A message or record that counts as done, or is gone, and was never handled. */
export interface Loss {
  readonly message: Simulated;
  readonly why: string;
}

/** A message that was handled more than once. */
export interface Repetition {
  readonly message: Simulated;
  /** Whether the rules of the service made it come again: a crash, a timeout, a duplicate, a checkpoint before it. */
  readonly isForced: boolean;
}

/** How a simulation ended: nothing was left to do; or a limit was reached. */
export type Ending = "drained" | "stopAfterMs" | "maxInvocations";

export interface RunParts {
  readonly subjects: readonly Subject[];
  readonly journal: Journal;
  readonly invocations: readonly Invocation[];
  readonly isWatched: boolean;
  readonly isOrdered: boolean;
  readonly ending: Ending;
  readonly durationMs: number;
}

/** What a simulation came to. */
export class SimulationRun {
  /** Every message or record, in the order in which they were sent. */
  readonly messages: readonly Simulated[];
  /** What the handler completed, in its order. A message stands there as often as it was completed. */
  readonly handled: readonly Attempt[];
  /** What the on-failure destination of a Kinesis or DynamoDB stream was sent. */
  readonly onFailureRecords: readonly OnFailureRecord[];
  /** What `sendTo` sent to other queues. What a FIFO queue took for a copy is not in it. */
  readonly forwarded: readonly Forwarded[];
  readonly timeline: Timeline;
  readonly ending: Ending;
  /** How much virtual time has passed. */
  readonly durationMs: number;
  readonly #parts: RunParts;
  #invocations: readonly SimulatedInvocation[] | undefined;

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.messages = parts.subjects;
    this.handled = parts.journal.handled;
    this.onFailureRecords = parts.journal.onFailureRecords;
    this.forwarded = parts.journal.forwardings;
    this.timeline = new Timeline(parts.journal.entries);
    this.ending = parts.ending;
    this.durationMs = parts.durationMs;
  }

  get invocations(): readonly SimulatedInvocation[] {
    this.#invocations ??= this.#parts.invocations.map(({ number, environment, subjects, startedAtMs, endedAtMs, outcome }) => ({
      number,
      environment: environment.id,
      ids: subjects.map(({ id }) => id),
      startedAtMs,
      endedAtMs,
      outcome: outcome?.kind,
      reply: outcome?.kind === "replied" ? outcome.reply : undefined,
      error: outcome?.kind === "rejected" ? outcome.error : undefined,
    }));
    return this.#invocations;
  }

  /** What counts as done. */
  get deleted(): readonly Simulated[] {
    return this.messages.filter(({ fate }) => fate === "deleted");
  }

  /** What went to the dead-letter queue, or to the on-failure destination. */
  get deadLettered(): readonly Simulated[] {
    return this.messages.filter(({ fate }) => fate === "dead-lettered");
  }

  /** What was still there at the end. */
  get left(): readonly Simulated[] {
    return this.messages.filter(({ fate }) => fate === "left");
  }

  /**
   * What is gone although it was never handled: it was deleted before its handler completed it, a layer answered it,
   * the handler ignored it or it was sent to another queue; or it expired; or it was given up with nowhere to go.
   *
   * @throws {SimulationError} When the function shows nothing of its messages.
   */
  get lost(): readonly Loss[] {
    this.#mustBeWatched("was lost");
    return this.#parts.subjects.flatMap((message): Loss[] => {
      const { fate, doneSeq, goneSeq, goneWhy } = message;
      if (fate === "deleted" && doneSeq > goneSeq) {
        const late = doneSeq === Infinity ? "was never handled" : "was handled only later";
        return [{ message, why: `was deleted, and ${late}` }];
      }
      if ((fate === "expired" || fate === "discarded") && doneSeq === Infinity)
        return [{ message, why: `was ${fate}${goneWhy === undefined ? "" : ` (${goneWhy})`}, and was never handled` }];
      return [];
    });
  }

  /**
   * Where the order within a key was not kept.
   *
   * @throws {SimulationError} When there is no order to keep, or when the function shows nothing of its messages.
   */
  get outOfOrder(): readonly OrderBreach[] {
    if (!this.#parts.isOrdered)
      throw new SimulationError("A standard queue keeps no order, so there is none to ask for. Simulate a FIFO queue.");
    this.#mustBeWatched("was handled in order");
    return breachesOf(this.#parts.subjects, this.#parts.journal.attempts);
  }

  /**
   * What was handled more than once.
   *
   * @throws {SimulationError} When the function shows nothing of its messages.
   */
  get repeated(): readonly Repetition[] {
    this.#mustBeWatched("was repeated");
    return this.#parts.subjects
      .filter(({ timesHandled, returnedWithoutNeed }) => timesHandled > 1 || returnedWithoutNeed > 0)
      .map((message) => ({ message, isForced: message.returnedWithoutNeed === 0 }));
  }

  #mustBeWatched(what: string): void {
    if (this.#parts.isWatched) return;
    throw new SimulationError(
      `What ${what} cannot be told of a function that wrap(…) did not make. Let it tell what it completes: give the simulator effects().`,
    );
  }
}
