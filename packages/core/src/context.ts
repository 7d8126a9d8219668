import type { Invocation } from "./invocation.ts";
import type { LambdaContext } from "./lambda.ts";

/** Names an item in the same shape for every source, so that a layer needs not know the item's kind. */
export interface Delivery {
  /** The message, record or request id; an empty string where the service sent none. */
  readonly id: string;
  /** The place of the item in its batch, from 0. */
  readonly index: number;
  /** The name of the source, such as `sqs`. */
  readonly source: string;
  /** Which delivery of the item this is, from 1, where the service counts them. */
  readonly attempt: number | undefined;
}

/** What is left of the invocation. */
export interface Deadline {
  /** Milliseconds until Lambda ends the invocation, or the caller gives up; `Infinity` where nothing tells a time. */
  readonly remainingMs: () => number;
  /** Whether work of `ms` milliseconds still fits before `ctx.signal` is aborted. */
  readonly has: (ms: number) => boolean;
}

/**
 * What every `ctx` has, before any layer adds to it.
 *
 * A class and not an interface, so that TypeScript knows which members are accessors, made on first use: a spread copy
 * of `ctx` does not have them, and reading them from one does not compile.
 */
export declare abstract class Base {
  /** AWS's context object, as the runtime gave it. */
  readonly lambda: LambdaContext;
  /** Whether this is the first invocation of an execution environment that was started for it. */
  readonly coldStart: boolean;
  get delivery(): Delivery;
  /** Aborted with `DeadlineExceededError` when the deadline is near. Made on first use. */
  get signal(): AbortSignal;
  get deadline(): Deadline;
}

/** Names the items of one invocation, each always with the same object. */
export interface Deliveries {
  readonly delivery: (index: number) => Delivery;
}

/** One item's `ctx`. Layers' members are assigned to it. */
export class ItemContext implements Base {
  readonly lambda: LambdaContext;
  readonly coldStart: boolean;
  readonly #invocation: Invocation;
  readonly #deliveries: Deliveries;
  readonly #index: number;

  constructor(invocation: Invocation, deliveries: Deliveries, index: number) {
    this.lambda = invocation.lambda;
    this.coldStart = invocation.coldStart;
    this.#invocation = invocation;
    this.#deliveries = deliveries;
    this.#index = index;
  }

  /** For layers that keep something for the whole invocation: each has one, however many run with one `lambda`. */
  get "~invocation"(): Invocation {
    return this.#invocation;
  }

  get delivery(): Delivery {
    return this.#deliveries.delivery(this.#index);
  }

  get signal(): AbortSignal {
    return this.#invocation.signal;
  }

  get deadline(): Deadline {
    return this.#invocation.deadline;
  }
}

/** The invocation that an item's `ctx` belongs to; `undefined` of a `ctx` that was made up, as in a test. */
export function invocationOf(ctx: Base): Invocation | undefined {
  return (ctx as Partial<ItemContext>)["~invocation"];
}
