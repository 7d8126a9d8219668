import { sqsEvent, testing } from "@lamella/testing";
import { sqsFixture } from "@lamella/testing/fixtures";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { OutOfStockError, reserve } from "./stock.ts";
import { handler } from "./worker.ts";

vi.mock(import("./stock.ts"), async (original) => ({ ...(await original()), reserve: vi.fn(async () => "reserved" as const) }));

const { send } = testing(handler);

beforeEach(() => {
  vi.mocked(reserve).mockClear();
});

describe("the worker", () => {
  it("reserves stock for every order", async () => {
    const { reply } = await send(sqsFixture);

    expect(reply).toEqual({ batchItemFailures: [] });
    expect(vi.mocked(reserve).mock.calls.map(([order]) => order)).toEqual([
      { id: "order-1", sku: "pen", quantity: 2 },
      { id: "order-2", sku: "ink", quantity: 1 },
    ]);
  });

  it("reports the orders that fail, malformed ones among them, and logs them with their ids", async () => {
    vi.mocked(reserve).mockRejectedValueOnce(new OutOfStockError("pen", 2, 0, undefined));

    const { reply, outcomes, logs, metrics } = await send(
      sqsEvent([
        { id: "1", body: { id: "order-1", sku: "pen", quantity: 2 } },
        { id: "2", body: { id: "order-2", sku: "ink", quantity: 1 } },
        { id: "3", body: { id: "order-3", sku: "pen", quantity: 0 } },
      ]),
    );

    expect(reply).toEqual({ batchItemFailures: [{ itemIdentifier: "1" }, { itemIdentifier: "3" }] });
    expect(outcomes).toMatchObject([
      { error: { name: "OutOfStockError" } },
      { fate: "done" },
      { error: { name: "PayloadError", issues: [{ path: ["quantity"] }] } },
    ]);
    expect(logs).toMatchObject([
      { level: "INFO", message: "reserved", order: "order-2", delivery_id: "2" },
      { level: "ERROR", delivery_id: "1", error: { name: "OutOfStockError" } },
      { level: "ERROR", delivery_id: "3", error: { name: "PayloadError" } },
      { level: "WARN", message: "Invocation settled", items: { received: 3, failed: 2, invalid: 1 } },
    ]);
    expect(metrics).toMatchObject([{ service: "orders-worker", ItemsReceived: 3, ItemsFailed: 2, ItemsInvalid: 1, PiecesReserved: 1 }]);
  });
});
