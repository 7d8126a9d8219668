import { functionUrlEvent, httpApiResponse, testing } from "@lamella/testing";
import { describe, expect, it } from "vitest";
import { fakeTable } from "./products.ts";
import { handler } from "./shop.ts";

const { send } = testing(handler, { products: fakeTable([{ sku: "pen", name: "Pen <b>", price: 24.5, tags: [] }]) });

describe("the shop", () => {
  it("lists what the table in its context has, and logs to the log there", async () => {
    const { reply, logs } = await send(functionUrlEvent());

    const response = httpApiResponse(reply);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=UTF-8"]);
    expect(await response.text()).toBe('<h1>Shop</h1><ul><li><a href="/pen">Pen &lt;b&gt;</a> 24.5 €</li></ul>');
    expect(logs).toMatchObject([{ message: "shop shown", count: 1, service: "shop" }]);
  });

  it.for([
    { path: "/pen", status: 200, says: "<h1>Pen &lt;b&gt;</h1><p>24.5 €</p>" },
    { path: "/lamp", status: 404, says: "404 Not Found" },
  ])("answers $path with a $status", async ({ path, status, says }) => {
    const response = httpApiResponse((await send(functionUrlEvent({ path }))).reply);

    expect([response.status, await response.text()]).toEqual([status, says]);
  });
});
