import { nodesOf } from "./paths.ts";

/** Random numbers from a seed, so that what was found can be found again: 0 to below `below`. */
export type Random = (below: number) => number;

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const NUMBERS = [0, -1, 1.5, 1e308, Number.NaN, 2 ** 53];
const TEXTS = [
  "",
  " ",
  "text",
  "null",
  "{",
  '{"__proto__":{"polluted":true}}',
  "AAAA",
  "%ZZ",
  "-",
  "0x10",
  "9".repeat(40),
  "\u0000",
  "\uD800",
  "x".repeat(10_000),
];
const NODES = [
  [],
  [null],
  [[]],
  {},
  { toString: 5 },
  { length: 3 },
  Object.create(null) as unknown,
  JSON.parse('{"__proto__":{"polluted":true}}') as unknown,
];
const JUNK: readonly unknown[] = [undefined, null, true, false, ...NUMBERS, ...TEXTS, ...NODES];

/** A copy with a few things wrong: members that are missing, of another type, doubled, cut short or strange. */
export function mutated(event: unknown, random: Random): unknown {
  const root = { event: structuredClone(event) };
  for (let count = 1 + random(3); count > 0; count--) {
    const nodes = [...nodesOf(root)].map(([, node]) => node);
    const node = nodes[random(nodes.length)] as Record<string, unknown>;
    const names = Object.keys(node);
    const name = names[random(names.length)] ?? "added";
    change(node, name, random);
  }
  return root.event;
}

function change(node: Record<string, unknown>, name: string, random: Random): void {
  const value = node[name];
  switch (random(6)) {
    case 0:
      if (Array.isArray(node)) node.splice(Number(name), 1);
      else delete node[name];
      break;
    case 1:
      if (Array.isArray(node)) node.push(value);
      else node[`${name}2`] = value;
      break;
    case 2:
      if (typeof value === "string") node[name] = value.slice(0, random(value.length + 1));
      break;
    case 3:
      if (typeof value === "string")
        node[name] = value.slice(0, value.length / 2) + String.fromCodePoint(random(0xd7_ff)) + value.slice(value.length / 2);
      break;
    default:
      // A copy, or the next change would be made to all of them.
      node[name] = structuredClone(JUNK[random(JUNK.length)]);
  }
}
