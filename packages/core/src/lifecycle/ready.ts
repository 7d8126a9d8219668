import { type AnyLambda, partsOf } from "../assemble.ts";
import { nestedIn } from "../compose.ts";
import { dispatchedBy } from "../dispatch.ts";
import { register } from "./extension.ts";
import { livesOf, startAll } from "./gate.ts";
import { inLambda, onManagedInstance } from "./in-lambda.ts";
import type { Lifecycle } from "./lifecycle.ts";

/**
 * Makes Lambda's INIT phase wait until the layers are ready, and has Lambda send the signal on which they shut down.
 *
 * It starts every `init`, in a test or script too, and registers an extension that does nothing where a layer has a
 * `shutdown`. Not on Lambda Managed Instances: there nothing is shut down.
 *
 * @throws {InitError} When an `init` fails; with provisioned concurrency the version then does not become ready.
 * @throws {TypeError} When the handler is none that `wrap` or `dispatch` made.
 * @example
 * export const handler = await ready(wrap(sqs({ body: Order }), db, async ({ body }, { db }) => db.insert(body)));
 */
export async function ready<H extends AnyLambda>(handler: H): Promise<H> {
  const lives = livesIn(handler, "ready");
  await Promise.all([...startAll(lives), needsSignal(lives) ? register() : undefined]);
  return handler;
}

/** The lives of all layers of a handler. */
export function livesIn(handler: AnyLambda, caller: string): readonly Lifecycle[] {
  return (dispatchedBy(handler) ?? [handler]).flatMap((one) => {
    const parts = partsOf(one);
    if (parts === undefined) throw new TypeError(`${caller}(handler) must have a handler that wrap(…) or dispatch(…) made`);
    return livesOf([...parts.layers, ...(nestedIn(parts.handler)?.layers ?? [])]);
  });
}

/** Whether there is something to shut down that Lambda could tell of. */
export function needsSignal(lives: readonly Lifecycle[]): boolean {
  return lives.some(({ hasShutdown }) => hasShutdown) && inLambda() && !onManagedInstance();
}
