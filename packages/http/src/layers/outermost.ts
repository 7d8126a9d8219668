import type { Base, Kind, Layer, Outcome, Source } from "@lamella/core";
import type { EventRequest } from "../request/event-request.ts";
import type { HttpRequest } from "../request/http-request.ts";

type Chain = Parameters<Source<Kind>["serve"]>[0];
type Around = (request: EventRequest, ctx: Base, next: () => Promise<Outcome<never>>) => Promise<Outcome<never>>;

/**
 * Has a layer stand before all others, wherever it is written, and around failures that come before any item: of an
 * `init`, of a layer around the invocation, or because there is no time to start. In a router it stands where it is written.
 */
export function outermost(layer: Layer<HttpRequest, {}, {}>): Layer<HttpRequest, {}, {}> {
  const around = layer.hooks.item as unknown as Around;
  /** Once around a request: where it was written, inside of itself, there is nothing more to do. */
  const once: Around = async (request, ctx, next) => {
    const standing = (request["~outermost"] ??= new Set());
    if (standing.has(layer)) return next();
    standing.add(layer);
    try {
      return await around(request, ctx, next);
    } finally {
      // A layer further out may call it again.
      standing.delete(layer);
    }
  };
  const first = ({ run, bare, late }: Chain): Chain => ({
    bare,
    run: (item, ctx, job) => once(item, ctx, () => (run as NonNullable<Chain["run"]>)(item, ctx, job)),
    late: (item, ctx, error) => once(item, ctx, () => (late === undefined ? Promise.reject(error) : late(item, ctx, error))),
  });
  const before = (source: Source<Kind>): Source<Kind> => ({
    ...source,
    serve: (chain) => source.serve(first(chain)),
    guard: (run, event, invocation, start) =>
      run(start).catch((error: unknown) => {
        const fail = () => Promise.reject(error);
        return source.serve(first({ run: fail, bare: fail }))(event, invocation);
      }),
  });
  return { ...layer, hooks: { ...layer.hooks, item: once as never, source: before } };
}
