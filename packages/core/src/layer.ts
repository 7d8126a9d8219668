import type { Base } from "./context.ts";
import type { Failure } from "./failure.ts";
import type { Invocation } from "./invocation.ts";
import type { LambdaContext } from "./lambda.ts";
import type { InitTime, Lifecycle } from "./lifecycle/lifecycle.ts";
import { mustBe } from "./must-be.ts";
import type { Outcome } from "./outcome.ts";
import type { Kind, Source } from "./source.ts";

/**
 * Runs the rest of the chain. Generic in what is added, so that a layer's `Adds` is inferred from what it hands on.
 */
export interface Next {
  (): Promise<Outcome<{}>>;
  <Adds extends object>(adds: Adds): Promise<Outcome<Adds>>;
}

/** What a layer does around one item. */
export type AroundItem<Item, Needs, Adds> = (item: Item, ctx: Base & Needs, next: Next) => Promise<Outcome<Adds>>;

/** What a layer does around one invocation. */
export type AroundInvocation = (lambda: LambdaContext, next: () => Promise<void>) => Promise<void>;

/** Where a layer stands. */
export interface LayerPlace {
  /** The name of the source; `dispatch` for an event that none of its handlers takes. */
  readonly source: string;
  /** Whether it stands inside of a handler, as in a router, so that an item may pass it by. */
  readonly isNested: boolean;
}

/** Runs around one whole invocation, and gives what `run` gives. */
export type Watch = (run: () => Promise<unknown>, invocation: Invocation, place: LayerPlace) => Promise<unknown>;

// `?: T | undefined` throughout, and never `?: T`: under `exactOptionalPropertyTypes` a failed assignment between two
// types that share a member of the second sort is reported as TS2379, which hides the cause.
export interface LayerHooks<Item, Needs, Adds> {
  /** Runs around each item. */
  readonly item?: AroundItem<Item, Needs, Adds> | undefined;
  /** Runs once around the whole invocation, outside of all items. */
  readonly invocation?: AroundInvocation | undefined;
  /**
   * Told of everything that failed once the invocation is settled. With no such layer the failures go to
   * `console.error`. What it throws is dropped: reporting never fails the work.
   */
  readonly report?: ((failures: readonly Failure[], lambda: LambdaContext) => void | Promise<void>) | undefined;
  /** The layer reads the payload, so it is decoded just before this layer. @default false */
  readonly reads?: boolean | undefined;
  /** The layer may call `next` more than once. @default false */
  readonly repeats?: boolean | undefined;
  /** What the layer needs before the first item and ends after the last: `lifecycle({ init, shutdown })` makes it. */
  readonly lifecycle?: Lifecycle | undefined;
  /** Told once, at the first invocation, how long the `init` of each layer took. What it throws is dropped. */
  readonly initialised?: ((inits: readonly InitTime[], lambda: LambdaContext) => void) | undefined;
  /** Runs around each invocation, also one whose event is not the source's own: `settled(tell)` makes it. */
  readonly watch?: Watch | undefined;
  /** Puts another source in the place of the one that the layer stands behind, once, at load. */
  readonly source?: ((source: Source<Kind>) => Source<Kind>) | undefined;
  /** The layer as a test wants it: what it would write to the outside goes to `record`. */
  readonly recorded?: ((record: (entry: Readonly<Record<string, unknown>>) => void) => AnyLayer) | undefined;
}

/**
 * A step around each item, named for messages and for replacing it in tests.
 *
 * `hooks` is required: with `name` alone required every function would be a layer, because functions have a `name`,
 * and `log` without its parentheses would compile.
 */
export interface Layer<in Item, in Needs, out Adds> {
  readonly name: string;
  readonly hooks: LayerHooks<Item, Needs, Adds>;
  /** The layers of a preset; they take its place. */
  readonly parts?: readonly AnyLayer[] | undefined;
}

export type AnyLayer = Layer<never, never, unknown>;

/** What a preset adds, for handlers and routes in other files. */
export type ContextOf<L extends AnyLayer> = L extends Layer<never, never, infer Adds> ? Base & Adds : never;

/** A layer that only ever answers adds `never`, which would leave the layers after it a context that fits everything. */
type Added<Adds> = [Adds] extends [never] ? {} : Adds;

/** How a layer of one function behaves. */
export interface LayerOptions {
  /** The function reads the payload, so it is decoded just before it. Needed where the schema is asynchronous. @default false */
  readonly reads?: boolean | undefined;
  /** The function may call `next` more than once, as a retry does. @default false */
  readonly repeats?: boolean | undefined;
  /** What the layer needs before the first item and ends after the last: `lifecycle({ init, shutdown })` makes it. */
  readonly lifecycle?: Lifecycle | undefined;
}

/**
 * Makes a layer of one function. Inline in `wrap` there is nothing to annotate; where it stands alone, annotate what
 * it reads.
 *
 * @throws {TypeError} At load, when `name` is empty or `around` is no function.
 * @example
 * const user = layer("user", async (_item, { log }: { log: Log }, next) => next({ user: await whoIs(log) }));
 */
export function layer<Item = unknown, Needs = {}, Adds = {}>(
  name: string,
  around: AroundItem<Item, Needs, Adds>,
  options: LayerOptions = {},
): Layer<Item, Needs, Added<Adds>> {
  mustBe(typeof name === "string" && name !== "", "layer(name, …)", "a name that is not empty", name);
  mustBe(typeof around === "function", `layer("${name}", …)`, "a function", around);
  return { name, hooks: { ...options, item: around as AroundItem<Item, Needs, never> } };
}

/** Says what the context will hold, and adds nothing: for routes and presets in files of their own. */
export function needs<Needs>(): Layer<unknown, Needs, {}> {
  return { name: "needs", hooks: {} };
}
