import { type AnyLambda, type Parts, partsOf } from "./assemble.ts";
import { WrongEventError } from "./errors/wrong-event-error.ts";
import { Invocation } from "./invocation.ts";
import type { Lambda, LambdaContext } from "./lambda.ts";

type EventOf<H> = H extends Lambda<infer Event, unknown> ? Event : never;
type Refuse = (error: unknown, invocation: Invocation) => Promise<unknown>;
type ReplyTo<H> = H extends Lambda<never, infer Reply> ? Reply : never;

/**
 * Gives each event to the first handler whose source accepts it; an event that none accepts rejects with
 * `WrongEventError`. `direct()` accepts everything, so it stands last.
 *
 * @throws {TypeError} At load, when there is no handler, or one that `wrap` did not make.
 * @example
 * export const handler = dispatch(wrap(sqs({ body: Order }), reserve), wrap(httpApi(), status));
 */
export function dispatch<Handlers extends readonly AnyLambda[]>(
  ...handlers: Handlers
): Lambda<EventOf<Handlers[number]>, ReplyTo<Handlers[number]>> {
  if (handlers.length === 0) throw new TypeError("dispatch(…) must have a handler");
  const all = handlers.flatMap((handler, index) => {
    const parts = partsOf(handler);
    if (parts === undefined && dispatchedBy(handler) === undefined) {
      throw new TypeError(`dispatch(…) must have handlers that wrap(…) made; the one at place ${index + 1} is none`);
    }
    return dispatchedBy(handler) ?? [handler];
  });
  const sources = all.map((handler) => (partsOf(handler) as Parts).source);
  const expected = sources.map(({ expects }) => expects).join("; or ");
  // An event that is nobody's is told to the layers of one handler: most stand around each.
  const watches = all.map((handler) => (partsOf(handler) as Parts).layers.flatMap(({ hooks }) => hooks.watch ?? []));
  const refuse = (watches.find(({ length }) => length > 0) ?? []).reduceRight<Refuse>(
    (inner, watch) => (error, invocation) => watch(() => inner(error, invocation), invocation, { source: "dispatch", isNested: false }),
    (error) => Promise.reject(error),
  );
  const lambda = async (event: unknown, context: LambdaContext): Promise<unknown> => {
    const handler = all[sources.findIndex(({ accepts }) => accepts(event))];
    if (handler !== undefined) return handler(event as never, context);
    // There is nothing to report: no item was opened.
    return refuse(new WrongEventError("dispatch", expected, event), new Invocation(context ?? {}, {}, () => {}));
  };
  return Object.assign(lambda, { "~handlers": all }) as Lambda<EventOf<Handlers[number]>, ReplyTo<Handlers[number]>>;
}

/** The handlers that `dispatch` chooses from; `undefined` for a function that it did not make. */
export function dispatchedBy(lambda: AnyLambda): readonly AnyLambda[] | undefined {
  return (lambda as { "~handlers"?: readonly AnyLambda[] })["~handlers"];
}
