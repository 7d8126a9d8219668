import { type AnyLayer, dispatch, type Failure, type Lambda, type LambdaContext, layer } from "@lamella/core";
import type { AwsCall } from "@lamella/core/aws";
import { assemble, dispatchedBy, nestedIn, type Parts, partsOf, resourceOf, toSource } from "@lamella/core/extend";
import { type LambdaContextOptions, lambdaContext } from "./lambda-context.ts";
import { LambdaTimeoutError } from "./lambda-timeout-error.ts";
import { type ItemOutcome, type LogEntry, Sent } from "./sent.ts";

/** Runs a handler as Lambda would. */
export interface Tester<in Event, out Reply> {
  /** Sends one event, and tells what it came to, also when the invocation rejects or runs into its timeout. */
  readonly send: (event: Event, options?: LambdaContextOptions) => Promise<Sent<Reply>>;
}

/**
 * Runs the real handler in a test, with layers replaced by name.
 *
 * @param replacements What stands in for the layers of these names, in a router as well: another layer, or the value of
 * the member that the layer adds under its own name, as a `resource` does. Resources that need a replaced one are made
 * with what replaces it.
 * @throws {TypeError} When `wrap` did not make the handler, or when it has no layer of such a name.
 * @example
 * const { send } = testing(handler, { db: fakeDb });
 * const { reply, outcomes, logs } = await send(sqsEvent([{ body: order }]));
 */
export function testing<Event, Reply>(
  handler: Lambda<Event, Reply>,
  replacements: Readonly<Record<string, unknown>> = {},
): Tester<Event, Reply> {
  const handlers = dispatchedBy(handler) ?? [handler];
  const parts = handlers.map((one) => partsOf(one));
  if (!parts.every((one) => one !== undefined))
    throw new TypeError("testing(handler) must have a handler that wrap(…) or dispatch(…) made");
  const names = new Set(
    parts.flatMap(({ layers, handler: inner }) =>
      [...layers, ...(nestedIn(inner)?.layers ?? [])].flatMap((each) => resourceOf(each)?.["~life"].names ?? each.name),
    ),
  );
  for (const name of Object.keys(replacements)) {
    if (!names.has(name))
      throw new TypeError(`testing(handler, { ${name} }) must name a layer of the handler; it has ${[...names].join(", ") || "none"}`);
  }
  const replaced = parts.map((one) => withLayers(one, (each) => replace(each, replacements)));
  return { send: async (event, options) => send<Reply>(replaced, event, lambdaContext(options)) };
}

/** The same with other layers, those in a router included. */
function withLayers({ base, layers, handler }: Parts, change: (layer: AnyLayer) => AnyLayer): Parts {
  const changed = layers.map(change);
  return { source: toSource(base, changed), base, layers: changed, handler: nestedIn(handler)?.replaced(change) ?? handler };
}

function replace(original: AnyLayer, replacements: Readonly<Record<string, unknown>>): AnyLayer {
  const { name } = original;
  // A resource whose need is replaced is made anew with that; what is replaced itself is never made.
  if (!Object.hasOwn(replacements, name)) return resourceOf(original)?.["~life"].replaced(replacements) ?? original;
  const value = replacements[name];
  const isLayer = typeof value === "object" && value !== null && "hooks" in value;
  return isLayer ? (value as AnyLayer) : layer(name, async (_item, _ctx, next) => next({ [name]: value }));
}

async function send<Reply>(handlers: readonly Parts[], event: unknown, lambda: LambdaContext): Promise<Sent<Reply>> {
  const logs: LogEntry[] = [];
  const failures: Failure[] = [];
  const calls: AwsCall[] = [];
  // Instead of the client that errors and verdicts bring, so that a test changes no queue.
  const recording = { ...lambda, "~awsCall": async (call: AwsCall) => (calls.push(call), {}) };
  const observed = handlers.map((one) => {
    const observer: AnyLayer = { name: "observer", hooks: { report: (failed) => void failures.push(...failed) } };
    const recorded = withLayers(one, (each) => each.hooks.recorded?.((entry) => logs.push(entry)) ?? each);
    return assemble({ ...recorded, layers: [observer, ...recorded.layers] });
  });
  // With one handler the event goes to it straight, so that errors speak of its source.
  const run = (observed.length === 1 ? observed[0] : dispatch(...observed)) as Lambda<unknown, Reply>;
  const settled = await withinTimeout(() => run(event, recording), lambda);
  const timedOut = "error" in settled && settled.error instanceof LambdaTimeoutError ? settled.error : undefined;

  const deliveries = handlers.find(({ source }) => source.accepts(event))?.source.deliveries(event as never, lambda) ?? [];
  const outcomes = deliveries.map((delivery): ItemOutcome => {
    const failure = failures.findLast((failed) => failed.delivery.index === delivery.index);
    if (failure !== undefined) return { delivery, fate: failure.fate, error: failure.error };
    // After a timeout the service delivers everything again.
    return timedOut === undefined ? { delivery, fate: "done" } : { delivery, fate: "retry", error: timedOut };
  });
  return new Sent(settled, outcomes, logs, calls);
}

/** Waits as long as Lambda would. */
async function withinTimeout<Reply>(
  run: () => Promise<Reply>,
  lambda: LambdaContext,
): Promise<{ readonly reply: Reply } | { readonly error: unknown }> {
  const timeoutMs = lambda.getRemainingTimeInMillis();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new LambdaTimeoutError(timeoutMs)), timeoutMs);
  });
  try {
    return { reply: await Promise.race([run(), timeout]) };
  } catch (error) {
    return { error };
  } finally {
    clearTimeout(timer);
  }
}
