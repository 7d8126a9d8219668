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
    return this.#matched(request) ?? this.#searched(request, ownPath(request));
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

  #searched({ method, "~isClear": isClear }: EventRequest, path: string): Found<Route, Scope> {
    const slash = path.length > 1 && path.endsWith("/") ? 1 : 0;
    const raw = path.split("/").slice(1);
    if (raw.at(-1) === "") raw.pop();
    const segments = isClear ? raw : raw.map(decode);
    const values: string[] = [];
    const allowed = new Set<string>();
    let scope = this.#scope;
    let scopeDepth = 0;

    const pickIn = ({ routes }: Node<Route, Scope>): Route | undefined => {
      const route = pick(routes[slash], method);
      if (route === undefined) for (const other of routes[slash].keys()) allowed.add(other);
      return route;
    };
    // Comes to each node once at most, so it takes no longer than there are nodes.
    const from = (node: Node<Route, Scope>, depth: number): Route | undefined => {
      if (node.scope !== undefined && depth > scopeDepth) [scope, scopeDepth] = [node.scope, depth];
      const segment = segments[depth];
      if (segment === undefined) return pickIn(node);
      const { statics, param, greedy } = node;
      const next = statics.get(segment);
      let route = next && from(next, depth + 1);
      if (route === undefined && param !== undefined && segment !== "") {
        values.push(segment);
        route = from(param, depth + 1);
        if (route === undefined) values.pop();
      }
      if (route === undefined && greedy !== undefined) {
        route = pickIn(greedy);
        if (route !== undefined) values.push(segments.slice(depth).join("/") + "/".repeat(slash));
      }
      return route;
    };

    const route = path.startsWith("/") ? from(this.#root, 0) : undefined;
    const params = Object.fromEntries((route?.names ?? []).map((name, index) => [name, values[index]]));
    return { route, params, allowed: [...allowed], scope };
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
