import type { Base, Delivery } from "./context.ts";
import { NextCalledTwiceError } from "./errors/next-called-twice-error.ts";
import { NoOutcomeError } from "./errors/no-outcome-error.ts";
import type { AnyLayer } from "./layer.ts";
import { isOutcome, type Outcome } from "./outcome.ts";
import type { Steps } from "./source.ts";

/** One item on its way through the chain. */
export class Job {
  /** Rejects the innermost promise, so that the layers around a stuck handler unwind. */
  abandon: ((error: unknown) => void) | undefined;
}

/** The layers and the handler, or the rest of them. Never throws: it rejects. */
export type Run = (item: never, ctx: Base, job: Job) => Promise<Outcome<never>>;

/** What `wrap` composes. */
export interface Chain {
  /** `undefined` where no layer stands around the items. */
  readonly run: Run | undefined;
  /** The handler behind the decoding, and what it returned as it is; it may throw. For items that no layer stands around. */
  readonly bare: (item: never, ctx: Base) => unknown;
  /** Runs instead for an item that comes too late to start: what stands around its failure all the same. */
  readonly late?: ((item: never, ctx: Base, error: unknown) => Promise<Outcome<never>>) | undefined;
}

export type AnyHandler = (item: never, ctx: never) => unknown;

/** A handler that has layers of its own around what it calls, as a router has. */
export interface Nested {
  /** Runs instead of the handler, so that a deadline unwinds the layers in it as well. */
  readonly run: Run;
  /** All layers in it, each once. */
  readonly layers: readonly AnyLayer[];
  /** The layers in it that an item came through. */
  readonly passed: (delivery: Delivery) => readonly AnyLayer[];
  /** The same handler with other layers, for tests. */
  readonly replaced: (replace: (layer: AnyLayer) => AnyLayer) => AnyHandler;
}

/** The layers inside of a handler; `undefined` for one that has none, which is most. */
export function nestedIn(handler: AnyHandler): Nested | undefined {
  return (handler as { readonly "~nested"?: Nested })["~nested"];
}

/** `next` as it is: the rest of the chain may be given another context, as `timeout` does. */
export type NextOf = (adds?: object, inside?: Base) => Promise<Outcome<never>>;
// The job is for layers of our own.
type ErasedAround = (item: never, ctx: Base, next: NextOf, job: Job) => Promise<Outcome<never>>;

/** The `ctx` of an item whose handler was given up. */
export interface Abandoned {
  /** What the handler comes to after all. */
  "~late"?: (() => Promise<Outcome<never>>) | undefined;
}

/** What a handler that was given up at the deadline comes to after all; `undefined` where none was. */
export function lateOutcome(ctx: Base): Promise<Outcome<never>> | undefined {
  return (ctx as Abandoned)["~late"]?.();
}

/** Folds `layers` around `handler`, the first outermost. */
export function compose(steps: Steps, layers: readonly AnyLayer[], handler: AnyHandler): Chain {
  // With no layer to unwind around it a handler needs no promise of its own: whoever runs it gives it up.
  if (nestedIn(handler) === undefined && !layers.some(({ hooks }) => hooks.item)) return { run: undefined, bare: bare(steps, handler) };
  return { run: toRun(steps, layers, handler), bare: handler as Chain["bare"] };
}

/** The layers and the handler in one. */
export function toRun(steps: Steps, layers: readonly AnyLayer[], handler: AnyHandler): Run {
  // Once per cold start, so that an invocation only runs the chain.
  const { decode } = steps;
  const items = layers.filter(({ hooks }) => hooks.item);
  const firstReader = items.findIndex(({ hooks }) => hooks.reads);
  const decodeBefore = steps.eager ? 0 : firstReader === -1 ? items.length : firstReader;

  let run = nestedIn(handler)?.run ?? innermost(steps, handler);
  for (let index = items.length; index >= 0; index--) {
    const layer = items[index];
    if (layer) run = around(layer, run);
    if (index === decodeBefore && decode) run = decoding(decode, run);
  }
  return run;
}

function innermost({ finish }: Steps, handler: AnyHandler): Run {
  return (item, ctx, job) =>
    new Promise((resolve, reject) => {
      let output: unknown;
      job.abandon = (error) => {
        // The handler goes on, and a layer that holds something for it has to know until when.
        (ctx as Abandoned)["~late"] = async () => finish(await output, item);
        reject(error);
      };
      output = handler(item, ctx as never);
      if (!isThenable(output)) return resolve(finish(output, item));
      output.then((value) => {
        try {
          resolve(finish(value, item));
        } catch (error) {
          reject(error);
        }
      }, reject);
    });
}

function bare({ decode }: Steps, handler: AnyHandler): Chain["bare"] {
  if (!decode) return handler as Chain["bare"];
  return (item, ctx) => {
    const decoded = decode(item);
    if (decoded !== item && decoded instanceof Promise) return decoded.then((later) => handler(later as never, ctx as never));
    return handler(decoded as never, ctx as never);
  };
}

function decoding(decode: NonNullable<Steps["decode"]>, inner: Run): Run {
  return (item, ctx, job) => {
    try {
      const decoded = decode(item);
      return decoded instanceof Promise ? decoded.then((later) => inner(later as never, ctx, job)) : inner(decoded as never, ctx, job);
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

function around(layer: AnyLayer, inner: Run): Run {
  const { name, hooks } = layer;
  const aroundItem = hooks.item as unknown as ErasedAround;
  return (item, ctx, job) => {
    let pending: Promise<Outcome<never>> | undefined;
    const next: NextOf = (adds, inside = ctx) => {
      if (pending && !hooks.repeats) {
        // The layer may never look at its first `next`, whose failure would then end the process.
        pending.catch(() => {});
        return Promise.reject(new NextCalledTwiceError(name));
      }
      if (adds) Object.assign(inside, adds);
      pending = inner(item, inside, job);
      return pending;
    };
    try {
      return aroundItem(item, ctx, next, job);
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

/** What a layer answered goes through the source as what a handler returned does. */
export function normalised(finish: Steps["finish"], outcome: unknown, item: never): Outcome<never> | Promise<Outcome<never>> {
  if (!isOutcome(outcome)) throw new NoOutcomeError();
  // An answer that went through comes out without the mark.
  return "~answer" in outcome ? finish((outcome as unknown as { output: unknown }).output, item) : outcome;
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
