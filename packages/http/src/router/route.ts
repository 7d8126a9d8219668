import type { AnyLayer, Base, Layer, Schema } from "@lamella/core";
import { type AnyHandler, flatten, mustBe } from "@lamella/core/extend";
import type { Handled, RouteOptions } from "../http-source.ts";
import type { RequestSetup } from "../request/event-request.ts";
import type { HttpRequest, HttpShape, NamedValues, Shaped, Values } from "../request/http-request.ts";
import { toParts } from "../request/to-parts.ts";
import { type Finish, finishWith } from "../response/finish.ts";
import type { RepliesOf, Responses, ReturnOf } from "../response/responses.ts";
import type { Fresh, Held, ParamsOf, Plain, Route, With } from "./routes.ts";

/** The parameters that a `params` schema reads must be in the path. */
type NamesIn<Params> = string extends keyof Params ? never : keyof Params & string;

/** The handler of a route. */
// Deferred for the same reason as `HandlerOf`.
export type RouteHandler<Shape extends HttpShape, Ctx, Response> = [Shape, Ctx, Response] extends [
  infer S extends HttpShape,
  infer C,
  infer R,
]
  ? (request: Handled<S, RepliesOf<R>>, ctx: C) => ReturnOf<R> | Promise<ReturnOf<R>>
  : never;

// Each part by itself: as one deferred type, or with `NoInfer`, the item of a nested generic call (`idempotency({ key })`)
// is inferred as `unknown`, and without `Held` the parts are inferred from the layer's own item.
/** The request as a layer before one route gets it. */
export type RouteItem<Body, Query, Params, Headers> = HttpRequest<
  Shaped<Held<Body>, Held<Query>, Held<Params>, Held<Headers>, NamedValues>
>;

/** A schema, by what it reads. */
interface Reading<Reads> {
  readonly "~standard": { readonly types?: { readonly input: Reads } | undefined };
}

/** The options of a route, with what its `params` schema reads. */
export interface RouteOptionsOf<Body, Query, Params, Headers, Cookies, Response, Reads>
  extends RouteOptions<Body, Query, Params, Headers, Cookies, Response> {
  readonly params?: (Reading<Reads> & Schema<Params>) | undefined;
}

/** What a route is made of. */
export interface RouteDefinition {
  readonly setup: Pick<RequestSetup, "parts" | "declared">;
  /** Without one the source's is used. */
  readonly finish: Finish | undefined;
  readonly layers: readonly AnyLayer[];
  readonly handler: AnyHandler;
}

/**
 * A route with schemas of its own, or a layer of its own: what a source takes for all requests, for this one.
 *
 * @throws {TypeError} At load, when an option is of the wrong kind, the layer is none, or the handler no function.
 * @throws {RangeError} At load, when a status is none.
 * @example
 * router({ "POST /orders": route({ body: Order, response: { 201: Created } }, async ({ body, reply }) => reply(201, await place(body))) });
 */
export function route<
  Names extends string = never,
  Ctx = Base,
  Body = undefined,
  Query = Values,
  Params = ParamsOf<Names>,
  Reads = {},
  Headers = {},
  Cookies extends NamedValues = Values,
  Response extends Responses = never,
>(
  options: RouteOptionsOf<Body, Query, Params, Headers, Cookies, Response, Reads>,
  handler: RouteHandler<Shaped<Body, Query, Params, Headers, Cookies>, Ctx, Response>,
): Route<Names | NamesIn<Reads>, Ctx>;
export function route<
  Needs,
  Adds,
  Names extends string = never,
  Ctx = Base,
  Body = undefined,
  Query = Values,
  Params = ParamsOf<Names>,
  Reads = {},
  Headers = {},
  Cookies extends NamedValues = Values,
  Response extends Responses = never,
>(
  options: RouteOptionsOf<Body, Query, Params, Headers, Cookies, Response, Reads>,
  layer: Layer<RouteItem<Body, Query, Params, Headers>, Needs, Adds & Fresh<keyof Adds & keyof Ctx>>,
  handler: RouteHandler<Shaped<Body, Query, Params, Headers, Cookies>, With<Ctx, Plain<Needs> & Adds>, Response>,
): Route<Names | NamesIn<Reads>, Ctx & Plain<Needs>>;
export function route(
  options: RouteOptions<unknown, unknown, unknown, unknown, NamedValues, Responses>,
  ...rest: readonly unknown[]
): unknown {
  mustBe(typeof options === "object" && options !== null, "route's first argument", "its options", options);
  const handler = rest.at(-1);
  mustBe(typeof handler === "function", "route's last argument", "the handler", handler);
  const { response } = options;
  const definition: RouteDefinition = {
    setup: toParts("route", options),
    finish: response === undefined ? undefined : finishWith(response, "route({ response })"),
    layers: flatten(rest.slice(0, -1), "route"),
    handler: handler as AnyHandler,
  };
  return { "~definition": definition };
}

/** What `route` has made; `undefined` for anything else. */
export function definitionOf(value: unknown): RouteDefinition | undefined {
  return (value as { readonly "~definition"?: RouteDefinition } | null)?.["~definition"];
}

const bareSetup = /* @__PURE__ */ toParts("router", {});

/** A handler by itself, as a route that declares nothing. */
export function bareRoute(handler: AnyHandler): RouteDefinition {
  return { setup: bareSetup, finish: undefined, layers: [], handler };
}
