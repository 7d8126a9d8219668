import { flatten } from "./assemble.ts";
import type { AnyLayer, Layer } from "./layer.ts";

type Misfits<Has, Needs> = { readonly [P in keyof Needs & keyof Has]: Has[P] extends Needs[P] ? never : P }[keyof Needs & keyof Has];
type Problem<Needs, Adds, NeededBefore, Has> = [Misfits<Has, Needs>] extends [never]
  ? [keyof Adds & keyof Has] extends [never]
    ? [keyof Adds & keyof NeededBefore] extends [never]
      ? never
      : `ctx.${keyof Adds & keyof NeededBefore & string} is needed by a layer before this one`
    : `ctx.${keyof Adds & keyof Has & string} is already there: an earlier layer adds it`
  : `ctx.${Misfits<Has, Needs> & string} has another type than this layer needs`;

/** The list itself, with a sentence in the place of each layer that cannot stand there. */
type Checked<List, Needs = {}, Has = {}> = List extends readonly [infer First, ...infer Rest]
  ? First extends Layer<never, infer N, infer A>
    ? [
        [Problem<N, A, Needs, Has>] extends [never] ? First : Problem<N, A, Needs, Has>,
        ...Checked<Rest, Needs & Omit<N, keyof Has>, Has & A>,
      ]
    : never
  : [];
type Flat<T> = T extends infer U ? { readonly [P in keyof U]: U[P] } : never;
type Joined<List, Item = unknown, Needs = {}, Adds = {}> = List extends readonly [Layer<infer I, infer N, infer A>, ...infer Rest]
  ? Joined<Rest, Item & I, Needs & Omit<N, keyof Adds>, Adds & A>
  : Layer<Item, Flat<Needs>, Flat<Adds>>;

/**
 * Joins any number of layers into one, the first outermost: it needs what no layer in it adds before, and adds what all
 * add. For presets, and for more layers than `wrap` takes. A key function in it has to annotate its parameter.
 *
 * @throws {TypeError} At load, when an argument is no layer.
 * @example
 * const observed = layers(logger({ service: "orders" }), tracer());
 */
export function layers<const List extends readonly AnyLayer[]>(...list: List & Checked<List>): Joined<List> {
  const parts = flatten(list, "layers");
  return { name: `layers(${parts.map(({ name }) => name).join(", ")})`, hooks: {}, parts } as unknown as Joined<List>;
}
