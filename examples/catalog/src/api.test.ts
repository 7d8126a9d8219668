import { albEvent, albResponse, fromRequest, restApiEvent, restApiResponse, testing } from "@lamella/testing";
import type { ALBResult, APIGatewayProxyResult } from "aws-lambda";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { startIssuer } from "../local/issuer.ts";
import { fakeTable, type Products } from "./products.ts";

const issuer = await startIssuer();
afterAll(issuer.stop);
// The function asks for it when it is loaded.
process.env["ISSUER"] = issuer.url;
const { handler } = await import("./api.ts");

const pen = { sku: "pen", name: "Fountain pen", price: 24.5, tags: ["writing", "gift"] };
const ink = { sku: "ink", name: "Ink", price: 9, tags: ["writing"] };
const lamp = { sku: "lamp", name: "Desk lamp", price: 79, tags: [] };
const origin = "https://shop.example.com";
const editor = { sub: "ann", scope: "catalog/write" };
const reader = { sub: "bob", scope: "catalog/read" };
let products: Products;

beforeEach(() => {
  products = fakeTable([pen, ink]);
});

async function post(product: unknown, who?: typeof editor): Promise<RequestInit> {
  const authorization = who && { authorization: `Bearer ${await issuer.sign(who)}` };
  return { method: "POST", headers: { "content-type": "application/json", origin, ...authorization }, body: JSON.stringify(product) };
}

describe.for(["a REST API", "a load balancer"])("the catalogue behind %s", (service) => {
  /** What the service's client sees. */
  async function fetched(path: string, init?: RequestInit): Promise<Response> {
    const { send } = testing(handler, { products });
    const sent = await fromRequest(new Request(`https://catalog.example.com${path}`, init));
    if (service === "a REST API") return restApiResponse((await send(restApiEvent(sent))).reply as APIGatewayProxyResult);
    return albResponse((await send(albEvent({ ...sent, multiValue: true }))).reply as ALBResult, true);
  }

  it.for([
    { query: "", found: [pen, ink] },
    { query: "?tag=writing&tag=gift", found: [pen] },
    { query: "?maxPrice=24.5", found: [pen, ink] },
    { query: "?maxPrice=24.49", found: [ink] },
  ])("finds $found.length with the query '$query'", async ({ query, found }) => {
    const response = await fetched(`/products${query}`);

    expect([response.status, await response.json()]).toEqual([200, found]);
  });

  it("says in what place a query does not fit", async () => {
    const response = await fetched("/products?maxPrice=cheap");

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ in: "query", pointer: "#/maxPrice" }] });
  });

  it("shows one product, and answers 404 where there is none, so that a page can read it", async () => {
    const there = await fetched("/products/pen");
    const missing = await fetched("/products/lamp", { headers: { origin } });

    expect([there.status, await there.json()]).toEqual([200, pen]);
    expect([missing.status, missing.headers.get("access-control-allow-origin")]).toEqual([404, origin]);
    expect(await missing.json()).toMatchObject({ detail: "There is no product lamp." });
  });

  it("answers a preflight without a token, to the shop's pages alone", async () => {
    const asks = (from: string) => ({ method: "OPTIONS", headers: { origin: from, "access-control-request-method": "POST" } });
    const response = await fetched("/products", asks(origin));
    const other = await fetched("/products", asks("https://evil.example"));

    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe(origin);
    expect(response.headers.get("access-control-allow-methods")).toContain("POST");
    expect(other.headers.get("access-control-allow-origin")).toBeNull();
  });

  it.for([
    { who: "nobody", claims: undefined, status: 401, challenge: "Bearer" },
    { who: "a reader", claims: reader, status: 403, challenge: 'Bearer error="insufficient_scope", scope="catalog/write"' },
  ])("refuses a product from $who with a $status, before it looks at it", async ({ claims, status, challenge }) => {
    const response = await fetched("/products", await post("no product", claims));

    expect([response.status, response.headers.get("www-authenticate")]).toEqual([status, challenge]);
    expect(response.headers.get("access-control-allow-origin")).toBe(origin);
  });

  it("adds an editor's product, once", async () => {
    const response = await fetched("/products", await post(lamp, editor));
    const again = await fetched("/products", await post({ ...lamp, price: 1 }, editor));

    expect([response.status, response.headers.get("location"), await response.json()]).toEqual([201, "products/lamp", lamp]);
    expect([again.status, await again.json()]).toEqual([409, { reason: "There is a product lamp already." }]);
    expect(await products.get("lamp")).toEqual(lamp);
  });

  it("says in what places a product does not fit", async () => {
    const response = await fetched("/products", await post({ sku: "Lamp", price: 0 }, editor));

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ pointer: "#/sku" }, { pointer: "#/name" }, { pointer: "#/price" }].map((place) => ({ in: "body", ...place })),
    });
  });
});

it("logs who has added what", async () => {
  const sent = await fromRequest(new Request("https://catalog.example.com/products", await post(lamp, editor)));

  const { logs } = await testing(handler, { products }).send(restApiEvent(sent));

  expect(logs).toMatchObject([{ level: "INFO", message: "product added", product: "lamp", by: "ann" }]);
});
