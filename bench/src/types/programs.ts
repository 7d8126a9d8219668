/** A program that is only checked. */
export interface TypeProgram {
  readonly name: string;
  readonly code: string;
  /** The errors that it must give, such as `TS2345`. */
  readonly errors: readonly string[];
}

/** What every program has: what it costs to read the types is not what a wrap costs. */
const head = `import { layer, layers, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { z } from "zod";

const Order = z.object({ id: z.string(), sku: z.string(), quantity: z.int().positive() });
export const source = sqs({ body: Order });
export { layers, wrap };
`;

/** Each layer needs what the one before it adds. */
function toLayer(place: number): string {
  if (place === 1) return `export const l1 = layer("l1", async (_item, _ctx, next) => next({ m1: 1 }));`;
  const needed = `m${place - 1}`;
  return `export const l${place} = layer("l${place}", async (_item, { ${needed} }: { readonly ${needed}: number }, next) => next({ m${place}: ${needed} }));`;
}

const MOST = 11;
const names = (count: number) => Array.from({ length: count }, (_, index) => `l${index + 1}`);
const definitions = Array.from({ length: MOST }, (_, index) => toLayer(index + 1)).join("\n");

const empty = `${head}${definitions}\n`;

function wrapping(list: readonly string[], handler: string): string {
  return `${empty}export const handler = wrap(${["source", ...list, handler].join(", ")});\n`;
}

const reads = (count: number) => `async ({ body }, { m${count} }) => { m${count}.toFixed(); body.id.trim(); }`;
const layersIn = (count: number) => `${count} layer${count === 1 ? "" : "s"}`;

function good(count: number): TypeProgram {
  return { name: layersIn(count), code: wrapping(names(count), reads(count)), errors: [] };
}

/** The first layer is left out, so that the second lacks what it needs. */
function firstWrong(count: number): TypeProgram {
  const list = names(count + 1).slice(1);
  return { name: `${layersIn(count)}, the first lacks what it needs`, code: wrapping(list, "async () => {}"), errors: ["TS2345"] };
}

/** The layer before the last is left out. */
function lastWrong(count: number): TypeProgram {
  const list = [...names(count - 1), `l${count + 1}`];
  return { name: `${layersIn(count)}, the last lacks what it needs`, code: wrapping(list, "async () => {}"), errors: ["TS2345"] };
}

function unknownMember(count: number): TypeProgram {
  return {
    name: `${layersIn(count)}, the handler reads what none adds`,
    code: wrapping(names(count), "async ({ body }, { nobody }) => { nobody; body.id.trim(); }"),
    errors: ["TS2339"],
  };
}

function preset(count: number): TypeProgram {
  return { name: `layers() of ${count}`, code: wrapping([`layers(${names(count).join(", ")})`], reads(count)), errors: [] };
}

function doubled(count: number): TypeProgram {
  return {
    name: `layers() of ${count}, one twice`,
    code: wrapping([`layers(${[...names(count - 1), "l1"].join(", ")})`], "async () => {}"),
    errors: ["TS2345"],
  };
}

/** Reads the same types and wraps nothing; its count is subtracted. */
export const baseline: TypeProgram = { name: "nothing wrapped", code: empty, errors: [] };

export const programs: readonly TypeProgram[] = [
  { name: "0 layers", code: wrapping([], "async ({ body }) => { body.id.trim(); }"), errors: [] },
  ...[1, 5, 10].map(good),
  ...[1, 5, 10].map(firstWrong),
  ...[5, 10].map(lastWrong),
  ...[1, 5, 10].map(unknownMember),
  preset(10),
  doubled(10),
];
