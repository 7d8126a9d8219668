import { type Chain, isThenable, Job, normalised } from "./compose.ts";
import { type Deliveries, type Delivery, ItemContext } from "./context.ts";
import { checkDeadline, type DeadlineOptions } from "./deadline.ts";
import type { DeadlineExceededError } from "./errors/deadline-exceeded-error.ts";
import type { DeadlineWatch, Invocation, Opened } from "./invocation.ts";
import type { LambdaContext } from "./lambda.ts";
import type { Outcome } from "./outcome.ts";
import type { Kind, Source, Steps } from "./source.ts";

/** How one service packs one item into an event, and how it wants to be answered. */
export interface SingleFormat<in Event = never, out Reply = unknown, Item = never> {
  readonly name: string;
  readonly options: DeadlineOptions;
  /** How long the service waits for the reply, where that may be less than the function's timeout, in milliseconds. */
  readonly awaitedMs?: number | undefined;
  /** Opens the event, and decodes nothing yet. */
  readonly item: (event: Event, lambda: LambdaContext) => Item;
  readonly delivery: (event: Event, lambda: LambdaContext) => Delivery;
  /** When the event came to be, in milliseconds since the epoch; `undefined` where it does not say. Never throws. */
  readonly recordedAt?: ((event: Event) => number | undefined) | undefined;
  readonly reply: (outcome: Outcome<never>, item: Item, invocation: Invocation) => Reply | Promise<Reply>;
  /** Makes the outcome of an error; without it, or where it gives none, the invocation rejects with the error itself. */
  readonly rescue?: ((error: unknown, item: Item, invocation: Invocation) => Outcome<never> | undefined) | undefined;
}

/** What a source of one item an event is made of. */
export interface SingleDefinition<K extends Kind, Item extends K["item"] = K["item"]> extends SingleFormat<K["event"], K["reply"], Item> {
  readonly expects: string;
  readonly accepts: (event: unknown) => boolean;
  /** Decodes the item, in place where layers stand before it. */
  readonly decode?: ((item: Item) => Item | Promise<Item>) | undefined;
  /** The item itself is what is decoded, so it is decoded before all layers. @default false */
  readonly eager?: boolean | undefined;
  /** Makes what the handler returned into what the layers see. */
  readonly finish: (output: unknown, item: Item) => Outcome<never> | Promise<Outcome<never>>;
  /** Makes the reply of an error outside of the item. */
  readonly refuse?: ((error: unknown, event: K["event"]) => K["reply"]) | undefined;
}

/**
 * Makes a source whose event is one item.
 *
 * @throws {RangeError} At load, when a moment of the deadline is out of its range.
 */
export function singleSource<K extends Kind, Item extends K["item"] = K["item"]>(definition: SingleDefinition<K, Item>): Source<K> {
  const { name, expects, accepts, options, awaitedMs, decode, eager, finish, refuse } = definition;
  checkDeadline(name, options);
  // Types are erased here, once: only events that `accepts` has let through come here, and items that `item` made.
  const steps = { decode, eager, finish } as unknown as Steps;
  const format = definition as unknown as SingleFormat;
  return {
    name,
    expects,
    accepts,
    steps,
    // The options as they are where nothing is added: most sources.
    deadline: awaitedMs === undefined ? options : { ...options, awaitedMs },
    guard:
      refuse &&
      ((run, event, invocation, start) =>
        run(start).catch(async (error: unknown) => {
          await invocation.tell({ error, fate: "answered", delivery: format.delivery(event, invocation.lambda) });
          return refuse(error, event);
        })),
    serve: (chain) => (event, invocation) =>
      new Promise((resolve) => new SingleRun(format, steps, event, invocation, resolve).start(chain)),
    deliveries: (event, lambda) => [format.delivery(event, lambda)],
    "~kind": undefined,
  };
}

/** One event on its way through the chain. */
class SingleRun implements DeadlineWatch, Deliveries, Opened {
  readonly format: SingleFormat;
  readonly #steps: Steps;
  readonly #invocation: Invocation;
  readonly #resolve: (reply: unknown) => void;
  readonly #event: never;
  readonly #item: never;
  readonly #job = new Job();
  #settled = false;
  #delivery: Delivery | undefined;

  constructor(format: SingleFormat, steps: Steps, event: never, invocation: Invocation, resolve: (reply: unknown) => void) {
    this.format = format;
    this.#steps = steps;
    this.#invocation = invocation;
    this.#resolve = resolve;
    this.#event = event;
    this.#item = format.item(event, invocation.lambda);
    invocation.opened = this;
  }

  get records(): readonly unknown[] {
    return [this.#event];
  }

  start({ run, bare, late }: Chain): void {
    const invocation = this.#invocation;
    const ctx = new ItemContext(invocation, this, 0);
    // By default half of the time is there for the item, however short it is.
    const exceeded = this.format.options.softMs === undefined ? undefined : invocation.late();
    if (exceeded !== undefined) return late ? this.#advance(late(this.#item, ctx, exceeded), "check") : this.#failed(exceeded);
    invocation.begin(this);
    try {
      if (run !== undefined) this.#advance(run(this.#item, ctx, this.#job), "check");
      else this.#advance(bare(this.#item, ctx), "finish");
    } catch (error) {
      this.#failed(error);
    }
  }

  onHard(error: DeadlineExceededError): void {
    // With layers around it the handler's promise is rejected, so that they see it.
    if (this.#job.abandon === undefined) this.#failed(error);
    else this.#job.abandon(error);
  }

  onLast(error: DeadlineExceededError): void {
    this.#failed(error);
  }

  /** Always the same object, so that a layer knows the failure as that of the item it has seen. */
  delivery(): Delivery {
    return (this.#delivery ??= this.format.delivery(this.#event, this.#invocation.lambda));
  }

  /** Takes what the chain gave to the reply: at once where it is there, so that what is done at once costs no promise. */
  #advance(value: unknown, stage: "finish" | "check" | "reply" | "settle"): void {
    if (isThenable(value)) {
      value.then(
        (known) => this.#advance(known, stage),
        (error: unknown) => this.#failed(error),
      );
      return;
    }
    try {
      if (stage === "finish") this.#advance(this.#steps.finish(value, this.#item), "check");
      else if (stage === "check") this.#advance(normalised(this.#steps.finish, value, this.#item), "reply");
      else if (stage === "reply") {
        // The layers are through: what is late now is the reply itself.
        this.#job.abandon = undefined;
        this.#advance(this.format.reply(value as Outcome<never>, this.#item, this.#invocation), "settle");
      } else this.#settle(value);
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    // Late, of a handler that was given up: the reply is out, and the failure told.
    if (!this.#settled) this.#settle(this.#answer(error));
  }

  async #answer(error: unknown): Promise<unknown> {
    const outcome = this.format.rescue?.(error, this.#item, this.#invocation);
    const status = (outcome as { readonly status?: number } | undefined)?.status;
    const fate = outcome === undefined ? "rejected" : "answered";
    await this.#invocation.tell({ error, fate, delivery: this.delivery(), status });
    if (outcome === undefined) throw error;
    return this.format.reply(outcome, this.#item, this.#invocation);
  }

  /** The first to come decides: later ones resolve nothing. */
  #settle(reply: unknown): void {
    this.#settled = true;
    this.#invocation.end();
    this.#resolve(reply);
  }
}
