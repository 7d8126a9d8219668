import { BadRequestError } from "../errors/client-errors.ts";
import type { EventRequest } from "../request/event-request.ts";
import type { Listed } from "../request/to-values.ts";
import { ownPath } from "./own-path.ts";
import { toSegments } from "./pattern.ts";

/** What a tree finds: a route by its method and pattern. */
export interface Findable {
  readonly method: string;
  readonly pattern: string;
  /** The names of its parameters, in their order. */
  readonly names: readonly string[];
  /** Whether a slash at the end counts. */
  readonly strict: boolean;
}

/** What was found, or why nothing was. */
export interface Found<Route, Scope> {
  readonly route: Route | undefined;
  /** The parameters of the route, decoded. */
  readonly params: Listed;
  /** The methods that the path has, where the request's is not among them. */
  readonly allowed: readonly string[];
  /** Whose the path is: what stands at the longest prefix of it. */
  readonly scope: Scope;
}

type ByMethod<Route> = Map<string, Route>;

class Node<Route, Scope> {
  readonly statics = new Map<string, Node<Route, Scope>>();
  param: Node<Route, Scope> | undefined;
  greedy: Node<Route, Scope> | undefined;
  scope: Scope | undefined;
  /** Without a slash at the end, and with one. */
  readonly routes: readonly [ByMethod<Route>, ByMethod<Route>] = [new Map(), new Map()];
}

/** Routes by the segments of their patterns. Text goes before a parameter, and that before a greedy one. */
export class RouteTree<Route extends Findable, Scope> {
  readonly #root = new Node<Route, Scope>();
  /** By pattern, for services that tell what they have matched. */
  readonly #patterns = new Map<string, ByMethod<Route>>();
  readonly #scope: Scope;

  /** The scope is that of paths that are in no other. */
  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /**
   * @throws {TypeError} When there is such a route already.
   */
  add(route: Route): void {
    const { method, pattern, strict } = route;
    const { routes } = this.#at(pattern);
    const slashed = pattern.length > 1 && pattern.endsWith("/");
    const places = strict ? [routes[slashed ? 1 : 0]] : routes;
    for (const place of places) {
      const other = place.get(method);
      if (other !== undefined)
        throw new TypeError(`router(…) must have a route once, got ${method} ${other.pattern} and ${method} ${pattern}`);
      place.set(method, route);
    }
    const same = this.#patterns.get(pattern) ?? new Map<string, Route>();
    this.#patterns.set(pattern, same.set(method, route));
  }

  addScope(prefix: string, scope: Scope): void {
    this.#at(prefix).scope ??= scope;
  }

  /**
   * @throws {BadRequestError} When the path is wrongly encoded.
   */
  find(request: EventRequest): Found<Route, Scope> {
    return this.#matched(request) ?? this.#searched(request);
  }

  /** By what the service has matched, which knows no base path, and what was a slash in a parameter. */
  #matched(request: EventRequest): Found<Route, Scope> | undefined {
    const pattern = request["~pattern"];
    // A greedy one says too little: others may be nearer.
    if (pattern === undefined || pattern.includes("+}")) return undefined;
    const routes = this.#patterns.get(pattern);
    const route = routes && pick(routes, request.method);
    if (route === undefined) return undefined;
    const params = request["~params"];
    return route.names.every((name) => typeof params[name] === "string") ? { route, params, allowed: [], scope: this.#scope } : undefined;
  }

  #searched(request: EventRequest): Found<Route, Scope> {
    const path = ownPath(request);
    const segments = path.split("/").slice(1);
    const slash = path.length > 1 && path.endsWith("/") ? 1 : 0;
    if (segments.at(-1) === "") segments.pop();
    const search = new Search<Route, Scope>(request.method, request["~isClear"] ? segments : segments.map(decode), slash, this.#scope);
    const route = path.startsWith("/") ? search.from(this.#root, 0) : undefined;
    const params = Object.fromEntries((route?.names ?? []).map((name, index) => [name, search.values[index]]));
    return { route, params, allowed: [...search.allowed], scope: search.scope };
  }

  #at(pattern: string): Node<Route, Scope> {
    let node = this.#root;
    for (const { kind, text } of toSegments(pattern)) {
      const next: Node<Route, Scope> = (kind === "static" ? node.statics.get(text) : node[kind]) ?? new Node<Route, Scope>();
      if (kind === "static") node.statics.set(text, next);
      else node[kind] = next;
      node = next;
    }
    return node;
  }
}

/** One search. It comes to each node once at most, so it takes no longer than there are nodes. */
class Search<Route extends Findable, Scope> {
  readonly values: string[] = [];
  readonly allowed = new Set<string>();
  scope: Scope;
  #depth = 0;
  readonly #method: string;
  readonly #segments: readonly string[];
  readonly #slash: 0 | 1;

  constructor(method: string, segments: readonly string[], slash: 0 | 1, scope: Scope) {
    this.#method = method;
    this.#segments = segments;
    this.#slash = slash;
    this.scope = scope;
  }

  from(node: Node<Route, Scope>, depth: number): Route | undefined {
    if (node.scope !== undefined && depth > this.#depth) {
      this.scope = node.scope;
      this.#depth = depth;
    }
    const segment = this.#segments[depth];
    if (segment === undefined) return this.#pick(node);
    const next = node.statics.get(segment);
    return (
      (next && this.from(next, depth + 1)) ?? (segment === "" ? undefined : this.#param(node, segment, depth)) ?? this.#greedy(node, depth)
    );
  }

  #param({ param }: Node<Route, Scope>, segment: string, depth: number): Route | undefined {
    if (param === undefined) return undefined;
    this.values.push(segment);
    const route = this.from(param, depth + 1);
    if (route === undefined) this.values.pop();
    return route;
  }

  #greedy({ greedy }: Node<Route, Scope>, depth: number): Route | undefined {
    const route = greedy && this.#pick(greedy);
    if (route !== undefined) this.values.push(this.#segments.slice(depth).join("/") + "/".repeat(this.#slash));
    return route;
  }

  #pick({ routes }: Node<Route, Scope>): Route | undefined {
    const byMethod = routes[this.#slash];
    const route = pick(byMethod, this.#method);
    if (route === undefined) for (const method of byMethod.keys()) this.allowed.add(method);
    return route;
  }
}

function pick<Route>(routes: ByMethod<Route>, method: string): Route | undefined {
  return routes.get(method) ?? (method === "HEAD" ? routes.get("GET") : undefined) ?? routes.get("ANY");
}

function decode(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new BadRequestError("The path is wrongly encoded.", { cause });
  }
}
