import { wrap } from "@lamella/core";
import { fetchHandler, functionUrl } from "@lamella/http";
import { type Log, logger } from "@lamella/logger";
import { Hono } from "hono";
import { html } from "hono/html";
import { Search } from "./product.ts";
import { type Products, productTable } from "./products.ts";

/** The layers' context is the app's bindings: without the two layers below, `fetchHandler(app)` does not compile. */
const app = new Hono<{ Bindings: { readonly log: Log; readonly products: Products } }>();

app.get("/", async ({ env, html: page }) => {
  const all = await env.products.find(Search.parse({}));
  env.log.info("shop shown", { count: all.length });
  return page(html`<h1>Shop</h1><ul>${all.map(({ sku, name, price }) => html`<li><a href="/${sku}">${name}</a> ${price} €</li>`)}</ul>`);
});

app.get("/:sku", async (c) => {
  const product = await c.env.products.get(c.req.param("sku"));
  if (product === undefined) return c.notFound();
  return c.html(html`<h1>${product.name}</h1><p>${product.price} €</p>`);
});

/** The shop's pages, a Hono app behind a function URL. */
export const handler = wrap(functionUrl(), logger({ service: "shop" }), productTable, fetchHandler(app));
