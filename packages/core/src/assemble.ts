import { type AnyHandler, compose, nestedIn } from "./compose.ts";
import { NextCalledTwiceError } from "./errors/next-called-twice-error.ts";
import { NoOutcomeError } from "./errors/no-outcome-error.ts";
import { WrongEventError } from "./errors/wrong-event-error.ts";
import { Invocation } from "./invocation.ts";
import type { Lambda, LambdaContext } from "./lambda.ts";
import type { AnyLayer, AroundInvocation } from "./layer.ts";
import { mustBe } from "./must-be.ts";
import { reportTo } from "./report.ts";
import type { Kind, Serve, Source } from "./source.ts";

/** What a wrapped handler is made of, with presets taken apart. */
export interface Parts {
  readonly source: Source<Kind>;
  /** The source as it was given, before layers put another in its place. */
  readonly base: Source<Kind>;
  readonly layers: readonly AnyLayer[];
  readonly handler: AnyHandler;
}

export type AnyLambda = Lambda<never, unknown>;

/** What `lambda` is made of; `undefined` for a function that `wrap` did not make. */
export function partsOf(lambda: AnyLambda): Parts | undefined {
  return (lambda as { "~parts"?: Parts })["~parts"];
}

/**
 * Sorts the arguments of `wrap`.
 *
 * @throws {TypeError} When one of them is not what it must be.
 */
export function toParts(list: readonly unknown[]): Parts {
  const [source, ...rest] = list;
  const handler = rest.pop();
  mustBe(
    typeof (source as Partial<Source<Kind>> | undefined)?.serve === "function",
    "wrap's first argument",
    "a source, such as sqs()",
    source,
  );
  mustBe(typeof handler === "function", "wrap's last argument", "the handler", handler);
  const layers = flatten(rest, "wrap");
  return {
    // Here and not where parts are composed: who takes them apart and composes them again has it already.
    source: toSource(source as Source<Kind>, layers),
    base: source as Source<Kind>,
    layers,
    handler: handler as AnyHandler,
  };
}

/** The source that layers put in the place of the one behind which they stand. */
export function toSource(base: Source<Kind>, layers: readonly AnyLayer[]): Source<Kind> {
  return layers.reduceRight((inner, { hooks }) => hooks.source?.(inner) ?? inner, base);
}

/**
 * The layers of a list, with presets taken apart.
 *
 * @throws {TypeError} When something in it is no layer.
 */
export function flatten(list: readonly unknown[], caller: string): AnyLayer[] {
  return list.flatMap((part, index) => {
    const layer = part as AnyLayer | null;
    mustBe(typeof layer?.hooks === "object", `${caller}'s layer ${index + 1}`, "a layer", part);
    return layer?.parts ?? [part as AnyLayer];
  });
}

/** Composes the parts, once, into a Lambda handler. */
export function assemble(parts: Parts): AnyLambda {
  const { source, layers, handler } = parts;
  const { name, accepts, expects, guard, deadline } = source;
  const serve = source.serve(compose(source.steps, layers, handler));
  const nested = nestedIn(handler);
  const report = reportTo(layers, nested);
  const all = [...layers, ...(nested?.layers ?? [])];
  const invocations = all.filter((layer) => layer.hooks.invocation);
  // The first that has a life brings what gives all of them theirs.
  const enter = all.find((layer) => layer.hooks.lifecycle)?.hooks.lifecycle?.gate(all, invocations);

  const run = (event: never, invocation: Invocation): Promise<unknown> => {
    if (!accepts(event)) return Promise.reject(new WrongEventError(name, expects, event));
    const hooks = enter ? enter() : invocations;
    if (hooks.length === 0) return serve(event, invocation);
    const start = (): Promise<unknown> => serve(event, invocation);
    const runHooks = (inner: () => Promise<unknown>): Promise<unknown> => around(hooks, invocation, inner);
    // What fails in an item is the source's affair already; here it is a layer around all of them.
    return guard === undefined ? runHooks(start) : guard(runHooks, event, invocation, start);
  };

  const watched = all.reduceRight<Serve>((inner, { hooks: { watch } }, index) => {
    const place = { source: name, isNested: index >= layers.length };
    return watch ? (event, invocation) => watch(() => inner(event, invocation), invocation, place) : inner;
  }, run);
  // Two parameters: the Node.js 24 runtime refuses handlers of three. A test may give no context at all.
  const lambda = (event: never, context: LambdaContext): Promise<unknown> =>
    watched(event, new Invocation(context ?? {}, deadline, report));
  return Object.assign(lambda, { "~parts": parts });
}

/** Runs the layers' invocation hooks, the first outermost, around `serve`. */
async function around(hooks: readonly AnyLayer[], invocation: Invocation, serve: () => Promise<unknown>): Promise<unknown> {
  let served: Promise<unknown> | undefined;
  const run = async (index: number): Promise<void> => {
    const layer = hooks[index];
    if (!layer) return void (await (served = serve()));
    let pending: Promise<void> | undefined;
    await (layer.hooks.invocation as AroundInvocation)(invocation.lambda, () => {
      if (pending) return Promise.reject(new NextCalledTwiceError(layer.name));
      pending = run(index + 1);
      // The hook may never look at it, and the failure comes out all the same.
      pending.catch(() => {});
      return pending;
    });
  };
  await run(0);
  if (!served) throw new NoOutcomeError();
  // Also where a hook swallowed the failure: it cannot make a reply.
  return served;
}
