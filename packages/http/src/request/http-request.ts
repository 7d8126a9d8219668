import type { Auth } from "./auth.ts";

/** What the parts of a request come to. One bag, so that a request has one type parameter. */
export interface HttpShape {
  readonly body: unknown;
  readonly query: unknown;
  readonly params: unknown;
  readonly headers: unknown;
  readonly cookies: NamedValues;
  readonly auth: Auth | undefined;
}

/** A shape by its parts. */
export interface Shaped<Body, Query, Params, Headers, Cookies extends NamedValues = Values> extends HttpShape {
  readonly body: Body;
  readonly query: Query;
  readonly params: Params;
  readonly headers: Headers;
  readonly cookies: Cookies;
}

/** Names and values of any type. */
export type NamedValues = { readonly [name: string]: unknown };

/** Names and values, where no schema says more. */
export type Values = { readonly [name: string]: string };

/**
 * A request, the same for every HTTP source: what a layer for requests can count on. Whatever costs to make is made on
 * first use.
 */
// Covariant, so that a layer for any request stands around a request of any shape.
export interface HttpRequest<out Shape extends HttpShape = HttpShape> {
  /** The method as the client sent it, such as `GET`. */
  readonly method: string;
  /**
   * The path as the service gives it, a stage in front of it included unless `stripStage` is set. It is not decoded here;
   * API Gateway's HTTP APIs have decoded it already.
   */
  readonly path: string;
  /** The whole address. What comes of the path stays in the path, `//evil.example/x` as well. */
  readonly url: URL;
  /**
   * The headers. What a `headers` schema makes of them is on the same object, by name; what layers read before that
   * schema has accepted the headers lacks it.
   */
  readonly headers: Headers & Shape["headers"];
  /**
   * What the `query` schema makes of the query; it is given a string for a name that comes once, a list of strings for one
   * that comes several times, and always a list where it declares one. Without a schema the first value of each name;
   * `url.searchParams.getAll(name)` gives every value.
   */
  readonly query: Shape["query"];
  /** What the `params` schema makes of the path's parameters; without one the parameters, decoded. */
  readonly params: Shape["params"];
  /** What the `body` option makes of the body; `undefined` without that option. */
  readonly body: Shape["body"];
  /** What the `cookies` schema makes of the cookies; without one the cookies by name, decoded; of several with one name the first. */
  readonly cookies: Shape["cookies"];
  /** Who the client is, as the service in front of the function has checked; `undefined` where it checks nothing. */
  readonly auth: Shape["auth"];
  /** The address of the client, where the service tells it. */
  readonly clientIp: string | undefined;
  /** The stage of the API, where there are stages. */
  readonly stage: string | undefined;
  /** The pattern that a router has matched, such as `/orders/{id}`; `undefined` before that, and where none matches. */
  readonly route: string | undefined;
  /** The event as the service sent it. */
  readonly raw: unknown;
  // Properties and no methods: they work when they are taken out in a parameter list.
  /** The body as text, bytes read as UTF-8; empty when there is none. */
  readonly text: () => string;
  /** The body as bytes, a new copy each time; empty when there is none. */
  readonly bytes: () => Uint8Array;
  /**
   * The same request as a web `Request`, a new one each time, for code that is written for `fetch`.
   *
   * A `content-length` of the client's that is wrong is put right, and the body of a GET or HEAD is left out: a web
   * `Request` can have none.
   *
   * @throws {PayloadError} When no web `Request` may have the method, such as TRACE.
   */
  readonly toRequest: () => Request;
}
