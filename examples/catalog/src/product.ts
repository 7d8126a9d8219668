import { z } from "zod";

/** What the catalogue has, and what an editor sends. */
export const Product = z.object({
  sku: z.string().regex(/^[a-z0-9-]{1,40}$/, "Write lower-case letters, digits and hyphens"),
  name: z.string().min(1),
  price: z.number().positive(),
  tags: z.array(z.string()).default([]),
});
export type Product = z.output<typeof Product>;

/** What one may look for. */
export const Search = z.object({ tag: z.array(z.string()).default([]), maxPrice: z.coerce.number().positive().default(Infinity) });
export type Search = z.output<typeof Search>;
