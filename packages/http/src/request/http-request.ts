/** What the parts of a request come to. One bag, so that a request has one type parameter. */
export interface HttpShape {
  readonly body: unknown;
  readonly query: unknown;
  readonly params: unknown;
  readonly headers: unknown;
}

/** A shape by its parts. */
export interface Shaped<Body, Query, Params, Headers> extends HttpShape {
  readonly body: Body;
  readonly query: Query;
  readonly params: Params;
  readonly headers: Headers;
}

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
  /** The path as the service gives it, a stage in front of it included. */
  readonly path: string;
  /** The whole address. What comes of the path stays in the path, `//evil.example/x` as well. */
  readonly url: URL;
  /**
   * The headers. What a `headers` schema makes of them is on the same object, by name; what layers read before that
   * schema has accepted the headers lacks it.
   */
  readonly headers: Headers & Shape["headers"];
  /**
   * What the `query` schema makes of the query; it is given a string a name, or a list of strings for a name that
   * is repeated. Without a schema the first value of each name, as `url.searchParams.get(name)` gives it.
   */
  readonly query: Shape["query"];
  /** What the `params` schema makes of the path's parameters; without one the parameters, decoded. */
  readonly params: Shape["params"];
  /** What the `body` option makes of the body; `undefined` without that option. */
  readonly body: Shape["body"];
  /** The cookies by name, decoded; of several with one name the first. */
  readonly cookies: Values;
  /** The address of the client, where the service tells it. */
  readonly clientIp: string | undefined;
  /** The stage of the API, where there are stages. */
  readonly stage: string | undefined;
  /** The event as the service sent it. */
  readonly raw: unknown;
  // Properties and no methods: they work when they are taken out in a parameter list.
  /** The body as text, bytes read as UTF-8; empty when there is none. */
  readonly text: () => string;
  /** The body as bytes, a new copy each time; empty when there is none. */
  readonly bytes: () => Uint8Array;
}
