import { sqsEvent, testing } from "@lamella/testing";
import { simulateSqs } from "@lamella/testing/simulators";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { handler } from "./consumer.ts";
import { charge } from "./provider.ts";

vi.mock(import("./store.ts"), async () => ({ store: (await import("@lamella/idempotency/memory")).memoryStore() }));
vi.mock(import("./provider.ts"), () => ({ charge: vi.fn(async ({ order, amount }) => ({ id: "r", order, amount })) }));

beforeEach(() => {
  vi.mocked(charge).mockClear();
});

describe("the consumer", () => {
  it("charges an order once that is in the batch twice, and reports what fails", async () => {
    vi.mocked(charge).mockImplementation(async ({ order, amount }) => {
      if (order === "o-2") throw new Error("declined for now");
      return { id: "r", order, amount };
    });
    const body = { order: "o-1", amount: 500 };

    const { reply } = await testing(handler).send(
      sqsEvent([
        { id: "1", body },
        { id: "2", body },
        { id: "3", body: { order: "o-2", amount: 5 } },
      ]),
    );

    expect(reply).toEqual({ batchItemFailures: [{ itemIdentifier: "3" }] });
    expect(vi.mocked(charge).mock.calls.map(([{ order }]) => order)).toEqual(["o-1", "o-2"]);
  });

  it("charges every order once, though messages come twice and replies are lost", async () => {
    vi.mocked(charge).mockImplementation(async ({ order, amount }) => ({ id: "r", order, amount }));
    const orders = Array.from({ length: 20 }, (_, index) => `s-${index}`);

    const run = await simulateSqs(handler, {
      messages: orders.map((order) => ({ body: { order, amount: 5 } })),
      faults: [
        { kind: "duplicate", probability: 0.3 },
        { kind: "lose-reply", probability: 0.3 },
      ],
    });

    expect(run.lost).toEqual([]);
    expect(run.left).toEqual([]);
    expect(run.messages.some(({ deliveries }) => deliveries > 1)).toBe(true);
    expect(
      vi
        .mocked(charge)
        .mock.calls.map(([{ order }]) => order)
        .toSorted(),
    ).toEqual(orders.toSorted());
  });
});
