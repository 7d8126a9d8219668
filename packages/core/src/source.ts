import type { Chain } from "./compose.ts";
import type { Delivery } from "./context.ts";
import type { SourceDeadline } from "./deadline.ts";
import type { Invocation } from "./invocation.ts";
import type { LambdaContext } from "./lambda.ts";
import type { Outcome } from "./outcome.ts";

/** One bag of types a source. Only `Source`, `LayerOf`, `HandlerOf` and `wrap` ever see it whole. */
export interface Kind {
  readonly event: unknown;
  readonly reply: unknown;
  readonly item: unknown;
  /** What the source itself adds to `ctx`; `unknown` for nothing. */
  readonly context: unknown;
  /** What the handler may return. */
  readonly output: unknown;
}

/** What a source does to each item, inside of the layers. Types are erased here: `wrap` checked them. */
export interface Steps {
  /** Gives the item with its payload decoded; what it throws is that item's failure. */
  readonly decode?: ((item: never) => unknown) | undefined;
  /** Decodes before all layers, and not before the first that reads. */
  readonly eager?: boolean | undefined;
  /** Makes what the handler returned into what the layers see. */
  readonly finish: (output: unknown, item: never) => Outcome<never> | Promise<Outcome<never>>;
}

/** Serves one event of the source's own. */
export type Serve = (event: never, invocation: Invocation) => Promise<unknown>;

/** Runs the layers' invocation hooks around what serves the event. */
export type RunHooks = (serve: () => Promise<unknown>) => Promise<unknown>;

/** The first argument of `wrap`: knows one AWS event, opens it into items, and builds the reply. */
export interface Source<K extends Kind> {
  readonly name: string;
  /** Whether the event is this source's own, told by its marks and not by a schema. Never throws. */
  readonly accepts: (event: unknown) => boolean;
  /** What it accepts, in words, for `WrongEventError`. */
  readonly expects: string;
  readonly steps: Steps;
  readonly deadline: SourceDeadline;
  /** Called once, when the module is loaded, with the composed chain. */
  readonly serve: (chain: Chain) => Serve;
  /** Names the items of an event, for tools that watch what they come to. */
  readonly deliveries: (event: never, lambda: LambdaContext) => readonly Delivery[];
  /** Runs the hooks around `serve`, for a source that replies also to errors outside of any item; without it the invocation rejects. */
  readonly guard?: ((run: RunHooks, event: never, invocation: Invocation, serve: () => Promise<unknown>) => Promise<unknown>) | undefined;
  /** Types only. Lets `K` be inferred from an interface that extends this one. */
  readonly "~kind": K | undefined;
}

/** The item of a source, for code out of line. */
export type ItemOf<S> = S extends Source<infer K> ? K["item"] : never;
