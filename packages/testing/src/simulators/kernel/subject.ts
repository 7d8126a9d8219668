/** One time that the handler was called for a message or record. */
export interface Attempt {
  readonly id: string;
  readonly key: string | undefined;
  /** Which delivery it belongs to, from 1. */
  readonly delivery: number;
  readonly invocation: number;
  readonly startedAtMs: number;
  /** `undefined` where it never ended: it hung, or its environment was reset. */
  readonly endedAtMs: number | undefined;
  /** How it ended. */
  readonly ended: "handled" | "failed" | undefined;
}

/** What became of a message or record. */
export type Fate =
  /** It was still there when the simulation ended. */
  | "left"
  /** It counts as done: deleted from the queue, or passed by the checkpoint. */
  | "deleted"
  /** It was sent to another queue with `sendTo`, counts as done for that, and was not handled. */
  | "forwarded"
  /** It went to the dead-letter queue or to the on-failure destination. */
  | "dead-lettered"
  /** It was given up, and there was nowhere to put it. */
  | "discarded"
  /** It stayed longer than it is kept. */
  | "expired"
  /** No filter matched it, so that the function never saw it. */
  | "filtered"
  /** A FIFO queue took it for a copy. */
  | "deduplicated";

/** A message or record, and what became of it. */
export interface Simulated {
  readonly id: string;
  /** What its order is kept within: message group, partition key, item key, partition. `undefined` where there is no order. */
  readonly key: string | undefined;
  readonly fate: Fate;
  /** How often it was in the event of an invocation. */
  readonly deliveries: number;
  /** How often the handler has completed it. */
  readonly timesHandled: number;
  /** Whether the handler said that it needs not be done: `final`, or the verdict `ignore`. */
  readonly isIgnored: boolean;
  readonly attempts: readonly Attempt[];
}

export interface MutableAttempt extends Attempt {
  endedAtMs: number | undefined;
  ended: "handled" | "failed" | undefined;
  readonly startSeq: number;
  /** It was handed over with others at once, by `whole`: their order within is the handler's. */
  readonly isShared: boolean;
  endSeq: number;
  /** What the engine said of its failure; nothing where the invocation was cut short before it could. */
  fate: string | undefined;
}

/** A message or record on its way. */
export class Subject implements Simulated {
  readonly id: string;
  readonly key: string | undefined;
  /** Its place among those of its key. */
  readonly place: number;
  fate: Fate = "left";
  deliveries = 0;
  timesHandled = 0;
  isIgnored = false;
  /** The invocations that sent it to another queue; a queue's copies of a message may be in several. */
  readonly forwardedBy: Set<number> = new Set();
  readonly attempts: MutableAttempt[] = [];
  /** When it was first completed, answered by a layer, ignored or sent to another queue; `Infinity` for never. */
  doneSeq: number = Infinity;
  /** When it left the queue or stream. */
  goneSeq: number = Infinity;
  goneWhy: string | undefined;
  /** It came back although it was completed, by the reply alone. */
  returnedWithoutNeed = 0;
  poisoned: boolean | undefined;

  constructor(id: string, key: string | undefined, place: number) {
    this.id = id;
    this.key = key;
    this.place = place;
  }

  /** From when on those behind it may be started. */
  get settledSeq(): number {
    return Math.min(this.doneSeq, this.goneSeq);
  }
}
