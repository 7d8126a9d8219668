import { httpApiEvent, testing } from "@lamella/testing";
import { httpApiGetFixture, httpApiPostFixture } from "@lamella/testing/fixtures";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { handler } from "./api.ts";
import { enqueue } from "./queue.ts";

vi.mock(import("./queue.ts"), () => ({ enqueue: vi.fn(async () => {}) }));

const { send } = testing(handler);

beforeEach(() => {
  vi.mocked(enqueue).mockClear();
});

describe("the API", () => {
  it("takes an order, and puts it into the queue", async () => {
    const { reply, logs } = await send(httpApiPostFixture);

    expect(reply).toMatchObject({ statusCode: 202, body: '{"id":"order-1"}' });
    expect(vi.mocked(enqueue).mock.calls[0]?.[0]).toEqual({ id: "order-1", sku: "pen", quantity: 2 });
    expect(logs).toMatchObject([{ message: "order taken", order: "order-1" }]);
  });

  it.for([
    { what: "the wrong shape", event: httpApiEvent({ body: { id: "order-1", sku: "pen", quantity: "two" } }), pointer: "#/quantity" },
    { what: "no JSON", event: httpApiEvent({ body: "order 1" }), pointer: "#" },
    { what: "nothing", event: httpApiGetFixture, pointer: "#" },
  ])("refuses $what with a 400 that says where it is wrong", async ({ event, pointer }) => {
    const { reply } = await send(event);

    expect(reply.statusCode).toBe(400);
    expect(JSON.parse(reply.body ?? "")).toMatchObject({ status: 400, errors: [{ in: "body", pointer }] });
    expect(enqueue).not.toHaveBeenCalled();
  });

  it("answers a 500 that tells nothing when the queue fails, and logs why", async () => {
    vi.mocked(enqueue).mockRejectedValueOnce(new Error("secret"));

    const { reply, logs } = await send(httpApiPostFixture);

    expect(reply.statusCode).toBe(500);
    expect(reply.body).not.toContain("secret");
    expect(logs).toMatchObject([{ level: "ERROR", status: 500, error: { message: "secret" } }]);
  });
});
