import { wrap } from "@lamella/core";
import { lambdaContext } from "@lamella/testing";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { services } from "../../test/edge-cases/services.ts";
import { route, router } from "../index.ts";

const Order = z.object({ id: z.string() });

describe.for(services)("a router behind $name", (service) => {
  const handler = wrap(
    service.source(),
    router({
      "GET /orders/{id}": ({ params, route: pattern }) => ({ params: { ...(params as object) }, route: pattern }),
      "POST /orders": route({ body: Order }, ({ body, reply: answered }) => answered(201, body)),
    }) as never,
  );
  const send = async (input: Parameters<typeof service.toEvent>[0]) =>
    service.toResponse((await handler(service.toEvent(input), lambdaContext())) as never);

  it.for([
    { path: "/orders/a%20b", method: "GET", status: 200 },
    { path: "/orders/a%20b", method: "HEAD", status: 200 },
    { path: "/orders/1", method: "PUT", status: 405 },
    { path: "/orders/1", method: "OPTIONS", status: 204 },
    { path: "/none", method: "GET", status: 404 },
  ])("answers $method $path with $status", async ({ path, method, status }) => {
    const response = await send({ path, method });

    expect(response.status).toBe(status);
    expect(response.headers.get("allow")).toBe(status === 405 || status === 204 ? "GET, HEAD, OPTIONS" : null);
    if (status === 200 && method === "GET") expect(await response.json()).toEqual({ params: { id: "a b" }, route: "/orders/{id}" });
  });

  it("decodes the body of a route", async () => {
    expect((await send({ method: "POST", path: "/orders", body: { id: "1" } })).status).toBe(201);
    expect((await send({ method: "POST", path: "/orders", body: { id: 1 } })).status).toBe(400);
  });
});
