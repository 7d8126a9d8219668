import { wrap } from "@lamella/core";
import { cors, http, NotFoundError, route, router } from "@lamella/http";
import { jwt } from "@lamella/http/jwt";
import { logger } from "@lamella/logger";
import { z } from "zod";
import { Product, Search } from "./product.ts";
import { productTable } from "./products.ts";

const issuer = process.env["ISSUER"] ?? "";
const editors = jwt({
  issuer,
  audience: "catalog",
  jwks: `${issuer}/.well-known/jwks.json`,
  scopes: ["catalog/write"],
  claims: z.object({ sub: z.string() }),
});

/** The catalogue: everybody reads it, editors add to it. A REST API and a load balancer stand in front of it. */
export const handler = wrap(
  http(),
  logger({ service: "catalog" }),
  cors({ origins: ["https://shop.example.com", "http://localhost:*"] }),
  productTable,
  router({
    "GET /products": route({ query: Search, response: z.array(Product) }, async ({ query }, { products }) => [
      ...(await products.find(query)),
    ]),
    "GET /products/{sku}": route({ response: Product }, async ({ params }, { products }) => {
      const product = await products.get(params.sku);
      if (product === undefined) throw new NotFoundError(`There is no product ${params.sku}.`);
      return product;
    }),
    "POST /products": route(
      { body: Product, response: { 201: Product, 409: z.object({ reason: z.string() }) } },
      editors,
      async ({ body, reply }, { claims, log, products }) => {
        if (!(await products.add(body))) return reply(409, { reason: `There is a product ${body.sku} already.` });
        log.info("product added", { product: body.sku, by: claims.sub });
        // Relative to /products, because only the client knows the stage in front of it.
        return reply(201, body, { location: `products/${body.sku}` });
      },
    ),
  }),
);
