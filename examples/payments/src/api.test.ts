import { httpApiEvent, testing } from "@lamella/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { handler } from "./api.ts";
import { charge } from "./provider.ts";

vi.mock(import("./store.ts"), async () => ({ store: (await import("@lamella/idempotency/memory")).memoryStore() }));
vi.mock(import("./provider.ts"), () => ({
  charge: vi.fn(async ({ order, amount }) => ({ id: `receipt of ${order}`, order, amount })),
}));

const { send } = testing(handler);
const post = (key: string | undefined, body: object) =>
  send(httpApiEvent({ method: "POST", path: "/charges", body, headers: key === undefined ? {} : { "idempotency-key": key } }));

beforeEach(() => {
  vi.mocked(charge).mockClear();
});

describe("the API", () => {
  it("charges once for a key, and gives what comes again the first response", async () => {
    const first = await post("k-1", { order: "o-1", amount: 500 });
    const second = await post("k-1", { order: "o-1", amount: 500 });

    expect(first.reply).toMatchObject({ statusCode: 201, body: '{"id":"receipt of o-1","order":"o-1","amount":500}' });
    expect(second.reply).toEqual(first.reply);
    expect(vi.mocked(charge).mock.calls.map(([body, key]) => [body, key])).toEqual([[{ order: "o-1", amount: 500 }, "k-1"]]);
  });

  it("refuses a key that comes with another payload, and a request without one", async () => {
    await post("k-2", { order: "o-2", amount: 500 });

    expect((await post("k-2", { order: "o-2", amount: 501 })).reply.statusCode).toBe(422);
    expect((await post(undefined, { order: "o-2", amount: 500 })).reply.statusCode).toBe(400);
    expect(charge).toHaveBeenCalledTimes(1);
  });

  it("charges when the first try has failed", async () => {
    vi.mocked(charge).mockRejectedValueOnce(new Error("declined for now"));

    expect((await post("k-3", { order: "o-3", amount: 500 })).reply.statusCode).toBe(500);
    expect((await post("k-3", { order: "o-3", amount: 500 })).reply.statusCode).toBe(201);
  });
});
