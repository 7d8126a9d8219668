import type { LambdaContext } from "./lambda.ts";
import type { Layer } from "./layer.ts";
import { mustBe } from "./must-be.ts";

export interface WarmupOptions {
  /**
   * Whether an event is a ping. It gets whatever invokes the function.
   * @default the pings of serverless-plugin-warmup and lambda-warmer: `source` is `"serverless-plugin-warmup"`, or `warmer` is `true`
   */
  readonly when?: ((event: unknown) => boolean) | undefined;
  /**
   * How long a ping is held before it is answered, in milliseconds, so that pings sent side by side reach an
   * environment each; from 0 to 60,000.
   * @default 0
   */
  readonly holdMs?: number | undefined;
}

/**
 * Answers keep-warm pings with `"warmup"`, whatever the source, without running items or the handler. What the layers
 * need is made first, so that the next invocation finds it.
 *
 * @throws {TypeError} At load, when `when` is no function.
 * @throws {RangeError} At load, when `holdMs` is out of its range.
 * @example
 * export const handler = wrap(httpApi(), warmup(), async ({ path }) => path);
 */
export function warmup({ when = isPing, holdMs = 0 }: WarmupOptions = {}): Layer<unknown, {}, {}> {
  mustBe(typeof when === "function", "warmup({ when })", "a function", when);
  mustBe(holdMs >= 0 && holdMs <= 60_000, "warmup({ holdMs })", "0 to 60,000 milliseconds", holdMs, RangeError);
  return {
    name: "warmup",
    hooks: {
      source: (source) => ({
        ...source,
        accepts: (event) => when(event) || source.accepts(event),
        serve: (chain) => {
          const serve = source.serve(chain);
          return (event, invocation) => (when(event) ? held(holdMs) : serve(event, invocation));
        },
        deliveries: (event, lambda: LambdaContext) => (when(event) ? [] : source.deliveries(event, lambda)),
      }),
    },
  };
}

function held(ms: number): Promise<string> {
  return new Promise((resolve) => (ms === 0 ? resolve("warmup") : setTimeout(resolve, ms, "warmup")));
}

function isPing(event: unknown): boolean {
  if (typeof event !== "object" || event === null) return false;
  const { source, warmer } = event as { readonly source?: unknown; readonly warmer?: unknown };
  return source === "serverless-plugin-warmup" || warmer === true;
}
