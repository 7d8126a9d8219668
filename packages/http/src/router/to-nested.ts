import type { AnyLayer, Base, Delivery } from "@lamella/core";
import { type AnyHandler, type Job, type Nested, normalised, type Run, toRun } from "@lamella/core/extend";
import { MethodNotAllowedError, NotFoundError } from "../errors/client-errors.ts";
import type { EventRequest, RequestSetup } from "../request/event-request.ts";
import type { Listed } from "../request/to-values.ts";
import type { Finish } from "../response/finish.ts";
import { type HttpReply, reply } from "../response/reply.ts";
import { toResponse } from "../response/to-response.ts";
import { toSegments } from "./pattern.ts";
import { bareRoute } from "./route.ts";
import { type Findable, type Found, RouteTree } from "./route-tree.ts";
import type { RouteEntry, RouterEntries } from "./router.ts";

/** What runs a request: a route, or what stands around those that are missing. */
interface Runnable {
  readonly setup: Pick<RequestSetup, "parts" | "declared">;
  readonly finish: Finish | undefined;
  readonly layers: readonly AnyLayer[];
  readonly run: Run;
}

interface RunnableRoute extends Runnable, Findable {}

/**
 * Composes each route with the layers before it, once.
 *
 * @throws {TypeError} When a route is there twice.
 */
export function toNested({ routes, scopes }: RouterEntries, toRouter: (entries: RouterEntries) => AnyHandler): Nested {
  const missing = scopes.map(({ prefix, layers }) => ({
    prefix,
    scope: toRunnable({ ...bareRoute(onMissing), finish: toResponse, layers }),
  }));
  const whole = (missing[0] as (typeof missing)[number]).scope;
  const tree = new RouteTree<RunnableRoute, Runnable>(whole);
  // The first is the router itself.
  for (const { prefix, scope } of missing.slice(1)) tree.addScope(prefix, scope);
  for (const route of routes) tree.add(toRunnableRoute(route));

  function onMissing(request: never): HttpReply<number, unknown> {
    // Looked for once more, which only what is missing pays for: what a layer's `next` leads to knows the request alone.
    return toMissing(request, tree.find(request).allowed);
  }

  function found(request: EventRequest): Found<RunnableRoute, Runnable> {
    try {
      return tree.find(request);
    } catch {
      // A path that cannot be read. What is missing is looked for again, so that the error comes out inside of the layers.
      return { route: undefined, params: {}, allowed: [], scope: whole };
    }
  }

  const layers = [...new Set([...scopes, ...routes].flatMap((entry) => entry.layers))];
  // Only for layers that report: the failures of these items are theirs.
  const passed = layers.some(({ hooks }) => hooks.report) ? new WeakMap<Delivery, readonly AnyLayer[]>() : undefined;

  const run: Run = (item, ctx, job) => {
    const request = item as EventRequest;
    const { route, params, scope } = found(request);
    request.route = route?.pattern;
    const runnable = route ?? scope;
    passed?.set(ctx.delivery, runnable.layers);
    return within(request, runnable, params, ctx, job);
  };
  return {
    run,
    layers,
    passed: (delivery) => passed?.get(delivery) ?? [],
    replaced: (replace) => {
      // Each once: two routes may stand behind the same layer, which stays one.
      const stand = new Map(layers.map((layer) => [layer, replace(layer)]));
      const replaceIn = <Part extends { readonly layers: readonly AnyLayer[] }>(part: Part): Part => ({
        ...part,
        layers: part.layers.map((layer) => stand.get(layer) as AnyLayer),
      });
      return toRouter({ routes: routes.map(replaceIn), scopes: scopes.map(replaceIn) });
    },
  };
}

/** Runs a request as its route declares it. To what stands around the router it is again as the source declares it. */
async function within(request: EventRequest, { setup, finish, run }: Runnable, params: Listed, ctx: Base, job: Job) {
  const { "~setup": outerSetup, "~parts": outerParts, "~matched": outerMatched } = request;
  const inner: RequestSetup = { ...outerSetup, ...setup, finish: finish ?? outerSetup.finish };
  Object.assign(request, { "~setup": inner, "~parts": {}, "~matched": params });
  try {
    return await normalised(inner.finish, await run(request as never, ctx, job), request as never);
  } finally {
    Object.assign(request, { "~setup": outerSetup, "~parts": outerParts, "~matched": outerMatched });
  }
}

function toRunnable({ setup, finish, layers, handler }: Omit<RouteEntry, "method" | "pattern" | "trailingSlash">): Runnable {
  const steps = {
    decode: setup.declared.length > 0 ? (request: EventRequest) => request["~decode"]() : undefined,
    finish: (output: unknown, request: EventRequest) => request["~setup"].finish(output),
  };
  return { setup, finish, layers, run: toRun(steps, layers, handler) };
}

function toRunnableRoute(entry: RouteEntry): RunnableRoute {
  const { method, pattern, trailingSlash } = entry;
  const names = toSegments(pattern).flatMap(({ kind, text }) => (kind === "static" ? [] : [text]));
  return { ...toRunnable(entry), method, pattern, names, strict: trailingSlash === "strict" };
}

/**
 * @throws {NotFoundError} When the path has no route at all.
 * @throws {MethodNotAllowedError} When it has none for the method.
 */
function toMissing({ method }: EventRequest, methods: readonly string[]): HttpReply<number, unknown> {
  if (methods.length === 0) throw new NotFoundError();
  const allow = [...new Set([...methods.flatMap((one) => (one === "GET" ? ["GET", "HEAD"] : [one])), "OPTIONS"])].join(", ");
  if (method === "OPTIONS") return reply(204, undefined, { allow });
  throw new MethodNotAllowedError(undefined, { headers: { allow } });
}
