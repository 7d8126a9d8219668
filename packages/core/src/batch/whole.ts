import { toOutcome } from "../outcome.ts";
import type { Kind, Serve, Source } from "../source.ts";
import type { AnsweringSource, BatchSource, Ignored } from "./batch-source.ts";
import type { WholeBatch } from "./whole-batch.ts";
import { runWhole } from "./whole-run.ts";
import { withState } from "./window.ts";

// The type of a method, for its bivariance: what takes a batch of any items with an id takes a batch of messages too.
type Fail<Item> = { fail(item: Item, error: unknown): void }["fail"];

/** A batch as one item. */
export interface Whole<Item> {
  /** The items in the order of the batch; once the payloads are decoded, those that fit. */
  readonly items: readonly Item[];
  /** Says that one item failed; the first error of an item stands. */
  readonly fail: Fail<Item>;
}

export interface WholeKind<K extends Kind> extends Kind {
  readonly event: K["event"];
  readonly reply: K["reply"];
  readonly item: Whole<K["item"]>;
  readonly context: K["context"];
  readonly output: Ignored;
}

/** A source whose batches carry more than their items, which only `whole` can give to a handler. */
export interface WholeSource<K extends Kind> extends Omit<BatchSource<K>, "serve"> {
  // In the place of a source's own, where the compiler shows it.
  readonly serve: "Its batches carry a state: write whole(source)";
}

/** The whole batch of a service that answers every record: the handler returns the answers, in the order of `items`. */
export interface WholeAnswersKind<K extends Kind> extends Kind {
  readonly event: K["event"];
  readonly reply: K["reply"];
  readonly item: Whole<K["item"]>;
  readonly context: K["context"];
  readonly output: readonly K["output"][];
}

/**
 * Gives the handler the batch at once, for bulk writes. A throw fails all of it, `fail(item, error)` one item; items
 * whose payload does not fit are set apart before. Layers run once, around the batch.
 *
 * Where the service wants an answer to each record, the handler returns the list of them, as long as `items` and in its
 * order; the place of an item that failed is not looked at. A list of another length fails all of them.
 *
 * @throws {TypeError} At load, when the source has no batches.
 * @example
 * wrap(whole(sqs({ body: Click })), async ({ items, fail }) => {
 *   for (const { id, error } of await insert(items)) fail(items.find((item) => item.id === id), error);
 * });
 */
export function whole<K extends Kind>(source: AnsweringSource<K>): Source<WholeAnswersKind<K>>;
export function whole<K extends Kind>(source: BatchSource<K>): Source<WholeKind<K>>;
export function whole<K extends Kind>(source: WholeSource<K>): Source<K>;
export function whole(source: AnsweringSource<Kind> | BatchSource<Kind> | WholeSource<Kind>): Source<Kind> {
  const { name, expects, accepts, deliveries, options, format, opening = asItIs, answering = false } = source;
  if (format === undefined) throw new TypeError(`whole(source) must have a source of batches, such as sqs(); ${name} has none`);
  return {
    name,
    expects,
    accepts,
    deliveries,
    deadline: options,
    steps: { decode: (batch: WholeBatch) => batch["~decode"](), finish: toOutcome },
    serve: (chain) => {
      const stateful = withState(format);
      return opening((event, invocation) => runWhole(stateful, options, chain, event, invocation, answering));
    },
    "~kind": undefined,
  };
}

function asItIs(run: Serve): Serve {
  return run;
}
