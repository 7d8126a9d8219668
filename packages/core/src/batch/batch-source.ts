import type { Chain } from "../compose.ts";
import type { Delivery } from "../context.ts";
import type { LambdaContext } from "../lambda.ts";
import { type OutputOutcome, toOutcome } from "../outcome.ts";
import type { Kind, Serve, Source, Steps } from "../source.ts";
import { type BatchOptions, checkBatchOptions } from "./batch-options.ts";
import { runBatch } from "./batch-run.ts";
import type { Close } from "./close/close.ts";
import type { Ordering } from "./order/order.ts";
import { deliveryOf } from "./records.ts";
import type { Carry } from "./window.ts";

/** No reply of its own. The sentence is what the compiler shows of a handler that builds one. */
interface NoReply {
  readonly batchItemFailures?: "Lamella builds the reply: throw, or fail(item, error), to report an item";
  // A promise of such a reply is an object without `batchItemFailures` itself.
  readonly then?: never;
}

/** What a batch handler may return: anything, because it is ignored, except the one mistake that matters, a reply of its own. */
export type Ignored = string | number | bigint | boolean | symbol | null | undefined | void | (object & NoReply);

/** How one service packs records into an event, and how it wants to be answered. */
export interface BatchFormat<in Event = never, out Reply = unknown, Item = never, in Raw = never> {
  readonly name: string;
  /** How many items, or keys, run at the same time by default. */
  readonly concurrency: number;
  readonly records: (event: Event) => readonly unknown[];
  /** Opens one record, and decodes nothing yet. */
  readonly item: (raw: Raw, lambda: LambdaContext, event: Event) => Item;
  readonly delivery: (raw: Raw, index: number) => Delivery;
  /** When the record came to be, in milliseconds since the epoch; `undefined` where it does not say. Never throws. */
  readonly recordedAt?: ((raw: Raw) => number | undefined) | undefined;
  /** Decodes the item's payload in place. */
  readonly decode?: ((item: Item) => unknown) | undefined;
  /** How the records of this event keep their order, such as `byKey(groupOf)`; `undefined` for a batch without order. */
  readonly order?: ((event: Event) => Ordering | undefined) | undefined;
  /** Makes what the handler returned into what the layers see. @default as it is, or nothing where there is no `prepare` */
  readonly finish?: ((output: unknown, item: Item) => OutputOutcome | Promise<OutputOutcome>) | undefined;
  /** Makes a chain whose outcomes `close` gets to see, for services whose reply holds them. */
  readonly prepare?: ((chain: Chain) => Chain) | undefined;
  /** The state that batches carry besides their records; only `whole` can give it to a handler. */
  readonly carry?: Carry | undefined;
  /** Makes the reply: `partial(…)`, `allOrNothing()`, or what `checkpointed(…)` or `answers(…)` makes. */
  readonly close: Close<Event, Reply>;
}

/** What every source of several records has. */
interface Batches<K extends Kind> extends Source<K> {
  readonly format: BatchFormat;
  readonly options: BatchOptions<never>;
  /** Opens events before they are run, where the format reads what is made of them; set by `openedSource`. */
  readonly opening?: ((run: Serve) => Serve) | undefined;
}

/** A source whose events hold several records. */
export interface BatchSource<K extends Kind> extends Batches<K> {
  readonly answering?: undefined;
}

/** A source whose events hold several records, each of which is answered with what the handler returns. */
export interface AnsweringSource<K extends Kind> extends Batches<K> {
  readonly answering: true;
}

/** What a batch source is made of. */
export interface BatchDefinition<K extends Kind, Raw, Item extends K["item"] = K["item"], Opened = K["event"]>
  extends BatchFormat<Opened, K["reply"], Item, Raw> {
  readonly expects: string;
  readonly accepts: (event: unknown) => boolean;
  readonly options: BatchOptions<Raw>;
}

/**
 * Makes a source of a batch format, on the engine that all batch sources share.
 *
 * @throws {RangeError} At load, when an option is out of its range.
 * @throws {TypeError} At load, when an option is none of its words.
 */
export function batchSource<K extends Kind, Raw, Item extends K["item"] = K["item"], Opened = K["event"]>(
  definition: BatchDefinition<K, Raw, Item, Opened>,
): BatchSource<K> {
  const { name, expects, accepts, options } = definition;
  // Types are erased here, once: the format is only ever called with events that `accepts` has let through.
  const format = definition as unknown as BatchFormat;
  checkBatchOptions(name, options);
  // Nobody sees what comes of an item where no reply holds it, so nothing is kept of it.
  const { decode, prepare, finish = (output: unknown) => toOutcome(prepare && output) } = format;
  const steps: Steps = { decode, finish };
  return {
    name,
    expects,
    accepts,
    steps,
    deadline: options,
    format,
    options,
    serve: (chain) => {
      const run = format.prepare?.(chain) ?? chain;
      return (event, invocation) => runBatch(format, options, run, event, invocation);
    },
    deliveries: (event) => format.records(event).map((raw, index) => deliveryOf(format, raw, index)),
    "~kind": undefined,
  };
}

/** Marks a source whose batches are closed by `answers(…)`, so that `whole` takes a list of answers from its handler. */
export function answering<K extends Kind>(source: BatchSource<K>): AnsweringSource<K> {
  return { ...source, answering: true };
}
