import { assemble, toParts } from "./assemble.ts";
import type { Base } from "./context.ts";
import type { Lambda } from "./lambda.ts";
import type { Layer } from "./layer.ts";
import type { Kind, Source } from "./source.ts";

/** One readable object, or nothing where there are no members: `Base`, not `Base & {}`. Through `infer`, so that nothing is inferred from it. */
type Show<T> = T extends infer U ? ([keyof U] extends [never] ? unknown : { readonly [P in keyof U]: U[P] }) : never;

// Without it two layers that add one member intersect: `number & Logger`, or, for literals, a `ctx` of `never` that
// silently accepts anything.
export type Fresh<Taken extends PropertyKey> = [Taken] extends [never]
  ? unknown
  : `ctx.${Taken & string} is already there: an earlier layer adds it`;

/** A layer that may stand where the context has `C` besides the base members, and adds `A`. */
// `Show<C>` and not `C`: beside `Fresh` a plain intersection lets TypeScript infer what layer one adds from what layer
// two needs; it then reports a missing member at the wrong layer, and refuses right programs with optional needs.
// `K["context"]` stays outside of `Show` and `Fresh`, so that a team's own `wrap`, generic in the source, compiles.
export type LayerOf<K extends Kind, C, A> = Layer<K["item"], Base & K["context"] & Show<C>, A & Fresh<keyof A & keyof (Base & C)>>;

/** The handler of a source whose layers add `C`. */
// A conditional type, although the condition always holds: TypeScript instantiates a contextual type before it reads
// its signature only if the type is deferred. As a plain function type the handler's results have no contextual type,
// and `return { kind: "gone" }` widens to `string`.
export type HandlerOf<K extends Kind, C> = [K, C] extends [infer Known extends Kind, infer Added]
  ? (item: Known["item"], ctx: Base & Known["context"] & Show<Added>) => Known["output"] | Promise<Known["output"]>
  : never;

// One overload a number of layers: only then is each nested generic call (`idempotency({ key })`) inferred from what
// stands before it. More than these: `layers(…)` makes one of several.
/**
 * Wraps a handler in a source and layers, the first layer outermost, and gives a Lambda handler.
 *
 * @throws {TypeError} At load, when an argument is not what it must be.
 * @example
 * export const handler = wrap(sqs({ body: Order }), logger(), async ({ body }, { log }) => log.info(body.id));
 */
export function wrap<K extends Kind>(source: Source<K>, handler: HandlerOf<K, {}>): Lambda<K["event"], K["reply"]>;
export function wrap<K extends Kind, A>(source: Source<K>, a: LayerOf<K, {}, A>, handler: HandlerOf<K, A>): Lambda<K["event"], K["reply"]>;
export function wrap<K extends Kind, A, B>(
  source: Source<K>,
  a: LayerOf<K, {}, A>,
  b: LayerOf<K, A, B>,
  handler: HandlerOf<K, A & B>,
): Lambda<K["event"], K["reply"]>;
export function wrap<K extends Kind, A, B, C>(
  source: Source<K>,
  a: LayerOf<K, {}, A>,
  b: LayerOf<K, A, B>,
  c: LayerOf<K, A & B, C>,
  handler: HandlerOf<K, A & B & C>,
): Lambda<K["event"], K["reply"]>;
export function wrap<K extends Kind, A, B, C, D>(
  source: Source<K>,
  a: LayerOf<K, {}, A>,
  b: LayerOf<K, A, B>,
  c: LayerOf<K, A & B, C>,
  d: LayerOf<K, A & B & C, D>,
  handler: HandlerOf<K, A & B & C & D>,
): Lambda<K["event"], K["reply"]>;
export function wrap<K extends Kind, A, B, C, D, E>(
  source: Source<K>,
  a: LayerOf<K, {}, A>,
  b: LayerOf<K, A, B>,
  c: LayerOf<K, A & B, C>,
  d: LayerOf<K, A & B & C, D>,
  e: LayerOf<K, A & B & C & D, E>,
  handler: HandlerOf<K, A & B & C & D & E>,
): Lambda<K["event"], K["reply"]>;
export function wrap<K extends Kind, A, B, C, D, E, F>(
  source: Source<K>,
  a: LayerOf<K, {}, A>,
  b: LayerOf<K, A, B>,
  c: LayerOf<K, A & B, C>,
  d: LayerOf<K, A & B & C, D>,
  e: LayerOf<K, A & B & C & D, E>,
  f: LayerOf<K, A & B & C & D & E, F>,
  handler: HandlerOf<K, A & B & C & D & E & F>,
): Lambda<K["event"], K["reply"]>;
export function wrap<K extends Kind, A, B, C, D, E, F, G>(
  source: Source<K>,
  a: LayerOf<K, {}, A>,
  b: LayerOf<K, A, B>,
  c: LayerOf<K, A & B, C>,
  d: LayerOf<K, A & B & C, D>,
  e: LayerOf<K, A & B & C & D, E>,
  f: LayerOf<K, A & B & C & D & E, F>,
  g: LayerOf<K, A & B & C & D & E & F, G>,
  handler: HandlerOf<K, A & B & C & D & E & F & G>,
): Lambda<K["event"], K["reply"]>;
export function wrap<K extends Kind, A, B, C, D, E, F, G, H>(
  source: Source<K>,
  a: LayerOf<K, {}, A>,
  b: LayerOf<K, A, B>,
  c: LayerOf<K, A & B, C>,
  d: LayerOf<K, A & B & C, D>,
  e: LayerOf<K, A & B & C & D, E>,
  f: LayerOf<K, A & B & C & D & E, F>,
  g: LayerOf<K, A & B & C & D & E & F, G>,
  h: LayerOf<K, A & B & C & D & E & F & G, H>,
  handler: HandlerOf<K, A & B & C & D & E & F & G & H>,
): Lambda<K["event"], K["reply"]>;
export function wrap<K extends Kind, A, B, C, D, E, F, G, H, I>(
  source: Source<K>,
  a: LayerOf<K, {}, A>,
  b: LayerOf<K, A, B>,
  c: LayerOf<K, A & B, C>,
  d: LayerOf<K, A & B & C, D>,
  e: LayerOf<K, A & B & C & D, E>,
  f: LayerOf<K, A & B & C & D & E, F>,
  g: LayerOf<K, A & B & C & D & E & F, G>,
  h: LayerOf<K, A & B & C & D & E & F & G, H>,
  i: LayerOf<K, A & B & C & D & E & F & G & H, I>,
  handler: HandlerOf<K, A & B & C & D & E & F & G & H & I>,
): Lambda<K["event"], K["reply"]>;
export function wrap<K extends Kind, A, B, C, D, E, F, G, H, I, J>(
  source: Source<K>,
  a: LayerOf<K, {}, A>,
  b: LayerOf<K, A, B>,
  c: LayerOf<K, A & B, C>,
  d: LayerOf<K, A & B & C, D>,
  e: LayerOf<K, A & B & C & D, E>,
  f: LayerOf<K, A & B & C & D & E, F>,
  g: LayerOf<K, A & B & C & D & E & F, G>,
  h: LayerOf<K, A & B & C & D & E & F & G, H>,
  i: LayerOf<K, A & B & C & D & E & F & G & H, I>,
  j: LayerOf<K, A & B & C & D & E & F & G & H & I, J>,
  handler: HandlerOf<K, A & B & C & D & E & F & G & H & I & J>,
): Lambda<K["event"], K["reply"]>;
export function wrap<K extends Kind, A, B, C, D, E, F, G, H, I, J, L>(
  source: Source<K>,
  a: LayerOf<K, {}, A>,
  b: LayerOf<K, A, B>,
  c: LayerOf<K, A & B, C>,
  d: LayerOf<K, A & B & C, D>,
  e: LayerOf<K, A & B & C & D, E>,
  f: LayerOf<K, A & B & C & D & E, F>,
  g: LayerOf<K, A & B & C & D & E & F, G>,
  h: LayerOf<K, A & B & C & D & E & F & G, H>,
  i: LayerOf<K, A & B & C & D & E & F & G & H, I>,
  j: LayerOf<K, A & B & C & D & E & F & G & H & I, J>,
  l: LayerOf<K, A & B & C & D & E & F & G & H & I & J, L>,
  handler: HandlerOf<K, A & B & C & D & E & F & G & H & I & J & L>,
): Lambda<K["event"], K["reply"]>;
export function wrap<K extends Kind, A, B, C, D, E, F, G, H, I, J, L, M>(
  source: Source<K>,
  a: LayerOf<K, {}, A>,
  b: LayerOf<K, A, B>,
  c: LayerOf<K, A & B, C>,
  d: LayerOf<K, A & B & C, D>,
  e: LayerOf<K, A & B & C & D, E>,
  f: LayerOf<K, A & B & C & D & E, F>,
  g: LayerOf<K, A & B & C & D & E & F, G>,
  h: LayerOf<K, A & B & C & D & E & F & G, H>,
  i: LayerOf<K, A & B & C & D & E & F & G & H, I>,
  j: LayerOf<K, A & B & C & D & E & F & G & H & I, J>,
  l: LayerOf<K, A & B & C & D & E & F & G & H & I & J, L>,
  m: LayerOf<K, A & B & C & D & E & F & G & H & I & J & L, M>,
  handler: HandlerOf<K, A & B & C & D & E & F & G & H & I & J & L & M>,
): Lambda<K["event"], K["reply"]>;
export function wrap(...parts: readonly unknown[]): Lambda<never, unknown> {
  return assemble(toParts(parts));
}
