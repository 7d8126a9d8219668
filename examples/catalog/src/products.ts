import { layer } from "@lamella/core";
import type { Product, Search } from "./product.ts";

/** What the functions ask of the table. */
export interface Products {
  /** Those that have every tag, and cost no more. */
  readonly find: (search: Search) => Promise<readonly Product[]>;
  readonly get: (sku: string) => Promise<Product | undefined>;
  /** False where the product is there already. */
  readonly add: (product: Product) => Promise<boolean>;
}

/** A table in memory: each execution environment has one of its own, and forgets it when it ends. */
export function fakeTable(seed: readonly Product[]): Products {
  const rows = new Map(seed.map((product) => [product.sku, product]));
  return {
    find: async ({ tag, maxPrice }) =>
      [...rows.values()].filter(({ tags, price }) => price <= maxPrice && tag.every((each) => tags.includes(each))),
    get: async (sku) => rows.get(sku),
    add: async (product) => !rows.has(product.sku) && rows.set(product.sku, product) !== undefined,
  };
}

const table = fakeTable([
  { sku: "pen", name: "Fountain pen", price: 24.5, tags: ["writing", "gift"] },
  { sku: "ink", name: "Ink, blue", price: 9, tags: ["writing"] },
  { sku: "lamp", name: "Desk lamp", price: 79, tags: ["gift"] },
]);

/** Adds `ctx.products`; tests put a table of their own in its place. */
export const productTable = layer("products", async (_item, _ctx, next) => next({ products: table }));
