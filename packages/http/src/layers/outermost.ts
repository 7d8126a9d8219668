import type { Base, Layer, Outcome, Source } from "@lamella/core";
import type { Job } from "@lamella/core/extend";
import type { EventRequest } from "../request/event-request.ts";
import type { HttpRequest } from "../request/http-request.ts";

type Serve = ReturnType<AnySource["serve"]>;
type Chain = Parameters<AnySource["serve"]>[0];
type AnySource = Source<{ event: unknown; reply: unknown; item: unknown; context: unknown; output: unknown }>;
type Around = (request: EventRequest, ctx: Base, next: () => Promise<Outcome<never>>) => Promise<Outcome<never>>;

/**
 * Has a layer stand before all others, wherever it is written, and around failures that come before any item: of an
 * `init`, or of a layer around the invocation. In a router it stands where it is written.
 */
export function outermost(layer: Layer<HttpRequest, {}, {}>): Layer<HttpRequest, {}, {}> {
  const around = layer.hooks.item as unknown as Around;
  /** Once a request: where it was written there is nothing more to do. */
  const once: Around = (request, ctx, next) => {
    const stamped = (request["~outermost"] ??= new Set());
    if (stamped.has(layer)) return next();
    stamped.add(layer);
    return around(request, ctx, next);
  };
  const first = (run: Chain["run"], bare: Chain["bare"]): Chain => ({
    bare,
    run: (item, ctx, job) => once(item, ctx, () => (run as NonNullable<Chain["run"]>)(item, ctx, job)),
  });
  const before = (source: AnySource): AnySource => ({
    ...source,
    serve: ({ run, bare }) => source.serve(first(run, bare)),
    guard: (run, event, invocation, start) =>
      run(start).catch((error: unknown) => {
        const fail = (_item: never, _ctx: Base, _job: Job) => Promise.reject(error as Error);
        return (source.serve(first(fail, fail as never)) as Serve)(event, invocation);
      }),
  });
  return { ...layer, hooks: { ...layer.hooks, item: once as never, source: (source) => before(source as AnySource) as typeof source } };
}
