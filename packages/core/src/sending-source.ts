import { Invocation } from "./invocation.ts";
import type { LambdaContext } from "./lambda.ts";
import type { Outcome } from "./outcome.ts";
import { type SingleDefinition, singleSource } from "./single-source.ts";
import type { Kind, RunHooks, Source } from "./source.ts";

/** An item of such a source. It keeps what was sent for it, so that nothing is sent twice. */
export interface Sendable {
  "~sent"?: Promise<unknown> | undefined;
}

/** What a source is made of that sends its reply itself. */
export interface SendingDefinition<K extends Kind, Item extends K["item"] & Sendable>
  extends Omit<SingleDefinition<K, Item>, "reply" | "rescue" | "refuse"> {
  /** How long before the timeout the reply has to be made by default, in milliseconds: what sending takes. */
  readonly sendsMs: number;
  /** Makes the outcome of an error, which is then sent; without it, or where it makes none, the invocation rejects. */
  readonly rescue?: ((error: unknown) => Outcome<never> | undefined) | undefined;
  readonly send: (outcome: Outcome<never>, item: Item, lambda: LambdaContext) => Promise<K["reply"]>;
}

/**
 * Makes a source of one item an event that sends its reply itself, such as to a URL of the event's: in any case, also for
 * errors outside of the item and for hooks that hang until the deadline; and once. What is on its way is not given up at
 * the deadline, and what a handler returns after it is not sent.
 *
 * @throws {RangeError} At load, when a moment of the deadline is out of its range.
 */
export function sendingSource<K extends Kind, Item extends K["item"] & Sendable>(definition: SendingDefinition<K, Item>): Source<K> {
  const { sendsMs, send, rescue: outcomeOf, delivery } = definition;

  const begin = (outcome: Outcome<never>, item: Item, invocation: Invocation): Promise<K["reply"]> => {
    // Sending has its own limits, and is not to be given up for a reply that says something else.
    invocation.end();
    const sent = (async () => send(outcome, item, invocation.lambda))();
    // Looked at only after the report.
    sent.catch(() => {});
    item["~sent"] = sent;
    return sent;
  };
  const reply = (outcome: Outcome<never>, item: Item, invocation: Invocation): Promise<K["reply"]> =>
    (item["~sent"] as Promise<K["reply"]> | undefined) ?? begin(outcome, item, invocation);
  const rescue = (error: unknown, item: Item, invocation: Invocation): Outcome<never> | undefined => {
    const outcome = outcomeOf?.(error);
    // At once, and not after the report, which may take long.
    if (outcome !== undefined) void begin(outcome, item, invocation);
    return outcome;
  };

  const refuse = async (error: unknown, event: K["event"], invocation: Invocation): Promise<unknown> => {
    const item = definition.item(event, invocation.lambda);
    const outcome = rescue(error, item, invocation);
    const fate = outcome === undefined ? "rejected" : "answered";
    await invocation.tell({ error, fate, delivery: delivery(event, invocation.lambda) });
    if (outcome === undefined) throw error;
    return reply(outcome, item, invocation);
  };
  const source = singleSource<K, Item>({ ...definition, reply, rescue });
  const deadline = { ...source.deadline, sendsMs };
  const guard = (run: RunHooks, event: never, invocation: Invocation, serve: () => Promise<unknown>): Promise<unknown> =>
    new Promise((resolve) => {
      let served: Promise<unknown> | undefined;
      let refused: { readonly error: unknown } | undefined;
      const fail = (error: unknown): void => {
        if (refused !== undefined) return;
        refused = { error };
        hooks.end();
        resolve(served ?? refuse(error, event, invocation));
      };
      // The deadline is watched apart until the source does it itself.
      const hooks = new Invocation(invocation.lambda, deadline, invocation.report);
      hooks.begin({ onHard: fail, onLast: fail });
      const start = (): Promise<unknown> => {
        // The reply is out: what it says did not happen must not happen now.
        if (refused !== undefined) return Promise.reject(refused.error);
        hooks.end();
        served = serve();
        return served;
      };
      run(start).then(resolve, fail);
    });

  return { ...source, deadline, guard };
}
