import type { AnyLayer, Base, Layer } from "@lamella/core";
import { type AnyHandler, flatten, Job, mustBe, type Nested } from "@lamella/core/extend";
import { join, parseKey, toSegments } from "./pattern.ts";
import { bareRoute, definitionOf, type RouteDefinition } from "./route.ts";
import type { Held, Plain, Router, Routes, RoutesLayer, With } from "./routes.ts";
import { toNested } from "./to-nested.ts";

export interface RouterOptions {
  /**
   * Whether `/orders` and `/orders/` are one path. `strict` tells them apart. Routers under a prefix do as this one does,
   * unless they say otherwise.
   *
   * @default "ignore"
   */
  readonly trailingSlash?: "ignore" | "strict" | undefined;
}

/** One route, with all that stands before it in this router. */
export interface RouteEntry extends RouteDefinition {
  readonly method: string;
  readonly pattern: string;
  readonly trailingSlash: RouterOptions["trailingSlash"];
}

/** What answers requests to paths under a prefix that have no route. */
export interface ScopeEntry {
  readonly prefix: string;
  readonly layers: readonly AnyLayer[];
}

/** A router, flat. */
export interface RouterEntries {
  readonly routes: readonly RouteEntry[];
  readonly scopes: readonly ScopeEntry[];
}

// NoInfer and Held: names and context come from the enclosing call alone. Inferred from one route, they would change all.
/**
 * Gives each request to the route of its method and path: as the handler of an HTTP source, or under a prefix in another
 * router. A layer in front stands around all of its routes; several are joined with `layers`. What has no route is a 404,
 * or a 405 with `allow`, and goes through the layers as well.
 *
 * @throws {TypeError} At load, when a key is neither `METHOD /path` nor `/prefix`, a route is there twice, or a value is no
 * handler, route or router.
 * @example
 * export const handler = wrap(httpApi(), router({
 *   "GET /orders/{id}": async ({ params }) => find(params.id),
 *   "POST /orders": route({ body: Order }, async ({ body }) => place(body)),
 * }));
 */
export function router<const Key extends string, Ctx = Base, Names extends string = never>(
  routes: Routes<Key, NoInfer<Names>, Held<Ctx>>,
  options?: RouterOptions,
): Router<Names, Ctx>;
export function router<const Key extends string, Needs, Adds, Ctx = Base, Names extends string = never>(
  layer: RoutesLayer<Needs, Adds, Ctx>,
  routes: Routes<Key, NoInfer<Names>, With<Held<Ctx>, Plain<Needs> & Adds>>,
  options?: RouterOptions,
): Router<Names, Ctx & Plain<Needs>>;
export function router(...args: readonly unknown[]): unknown {
  const hasLayer = typeof (args[0] as Layer<never, never, unknown> | null | undefined)?.hooks === "object";
  const [routes, options = {}] = (hasLayer ? args.slice(1) : args) as [object, RouterOptions?];
  const { trailingSlash } = options;
  mustBe(typeof routes === "object" && routes !== null, `router's ${hasLayer ? "second" : "first"} argument`, "its routes", routes);
  mustBe(
    trailingSlash === undefined || trailingSlash === "ignore" || trailingSlash === "strict",
    "router({ trailingSlash })",
    `"ignore" or "strict"`,
    trailingSlash,
  );
  return toRouter(toEntries(hasLayer ? flatten([args[0]], "router") : [], routes, trailingSlash));
}

function toEntries(layers: readonly AnyLayer[], table: object, trailingSlash: RouterOptions["trailingSlash"]): RouterEntries {
  const routes: RouteEntry[] = [];
  const scopes: ScopeEntry[] = [{ prefix: "/", layers }];
  for (const [key, value] of Object.entries(table)) {
    const { method, pattern } = parseKey(key);
    const inner = entriesOf(value);
    if (method === undefined) {
      mustBe(inner !== undefined, `router({ "${key}" })`, "a router", value);
      mustBe(!pattern.includes("+}"), "a prefix of router(…)", "without a greedy parameter", key);
      for (const each of inner?.routes ?? []) {
        const whole = join(pattern, each.pattern);
        toSegments(whole);
        routes.push({
          ...each,
          pattern: whole,
          layers: [...layers, ...each.layers],
          trailingSlash: each.trailingSlash ?? trailingSlash,
        });
      }
      for (const each of inner?.scopes ?? []) scopes.push({ prefix: join(pattern, each.prefix), layers: [...layers, ...each.layers] });
    } else {
      mustBe(
        inner === undefined && (typeof value === "function" || definitionOf(value) !== undefined),
        `router({ "${key}" })`,
        inner === undefined ? "a handler or a route" : "a handler or a route; a router stands under a prefix",
        value,
      );
      toSegments(pattern);
      const definition = definitionOf(value) ?? bareRoute(value as AnyHandler);
      routes.push({ ...definition, method, pattern, layers: [...layers, ...definition.layers], trailingSlash });
    }
  }
  return { routes, scopes };
}

function toRouter(entries: RouterEntries): AnyHandler {
  // Made at load when it is wrapped, and never for one that is a part of another.
  let made: Nested | undefined;
  const nested = (): Nested => (made ??= toNested(entries, (replaced) => toRouter(replaced)));
  const handle = (request: never, ctx: Base): Promise<unknown> => nested().run(request, ctx, new Job());
  return Object.defineProperty(Object.assign(handle, { "~entries": entries }), "~nested", { get: nested });
}

function entriesOf(value: unknown): RouterEntries | undefined {
  return (value as { readonly "~entries"?: RouterEntries } | null)?.["~entries"];
}
