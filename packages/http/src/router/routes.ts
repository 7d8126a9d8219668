import type { Base, Layer } from "@lamella/core";
import type { Handled } from "../http-source.ts";
import type { HttpRequest, Shaped, Values } from "../request/http-request.ts";
import type { HttpReply } from "../response/reply.ts";
import type { AnyReplies, OkStatus, OtherStatus } from "../response/responses.ts";

/** The methods that a route can have; `ANY` is every method that no other route of the path has. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS" | "ANY";

/** The names of the parameters in a path, such as `"id"` of `/orders/{id}`. */
export type ParamNames<Path> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `${infer Greedy}+` ? Greedy : Name) | ParamNames<Rest>
  : never;
/** The parameters of these names. */
export type ParamsOf<Names extends string> = { readonly [Name in Names]: string };

// Parameters travel as a union of names and not as an object: while TypeScript has not inferred the names of the prefix
// yet they are `never`, which a union absorbs; an object type would become `never` as a whole, and `params` `unknown`.
/** Made by `route`. `Names` are the parameters that its path must have, `Ctx` is what the layers before it must add. */
export interface Route<out Names extends string, in Ctx> {
  readonly "~route": (ctx: Ctx) => Names;
}

/** A handler that stands in a router without `route`. */
export type BareHandler<Names extends string, Ctx> = (
  request: Handled<Shaped<undefined, Values, ParamsOf<Names>, {}>, AnyReplies>,
  ctx: Ctx,
) => unknown;

/** Made by `router`: a handler by itself, and under a prefix that has the parameters `Names` a part of another router. */
export interface Router<out Names extends string, in Ctx> {
  (request: HttpRequest, ctx: Ctx): Promise<HttpReply<OkStatus | OtherStatus, never>>;
  readonly "~route": (ctx: Ctx) => Names;
}

/** What stands under a key of a router. */
export type Entry<Key, Names extends string, Ctx> = Key extends `${Method} /${string}`
  ? BareHandler<Names | ParamNames<Key>, Ctx> | Route<Names | ParamNames<Key>, Ctx>
  : Key extends `/${string}`
    ? Router<Names | ParamNames<Key>, Ctx>
    : `'${Key & string}' is neither 'METHOD /path' nor '/prefix'`;

// Mapped over the keys alone: each key is a literal while its value is checked, so path parameters and `ctx` are there
// inside bare functions and inside `route(…)` alike.
/** The routes of a router, by method and path or by prefix. */
export type Routes<Key extends string, Names extends string, Ctx> = { readonly [K in Key]: Entry<K, Names, Ctx> };

/** `NoInfer` that leaves no trace in hovers and messages. */
export type Held<T> = [T] extends [infer U] ? U : never;

/** The context with what a layer adds. `Ctx` is `never` while TypeScript has not inferred it yet, and would swallow `Adds`. */
export type With<Ctx, Adds> = [Ctx] extends [never] ? Base & Adds : Ctx & Adds;

/** One naked parameter in the intersection `Ctx & Plain<Needs>`, so that the enclosing call's context goes to `Ctx`. */
export type Plain<T> = { readonly [P in keyof T]: T[P] };

/** What a layer adds, unless it is there already. */
export type Fresh<Taken extends PropertyKey> = [Taken] extends [never]
  ? unknown
  : `ctx.${Taken & string} is already there: an earlier layer adds it`;

/** A layer before routes. */
export type RoutesLayer<Needs, Adds, Ctx> = Layer<HttpRequest, Needs, Adds & Fresh<keyof Adds & keyof Ctx>>;
