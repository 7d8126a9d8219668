import { final, whole, wrap } from "@lamella/core";
import { appSyncBatchEvent, lambdaContext, testing } from "@lamella/testing";
import { appSyncBatchFixture } from "@lamella/testing/fixtures";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { appSyncBatch, type Resolve } from "./app-sync-batch.ts";

const context = lambdaContext();
const Order = z.object({ id: z.string() });
const parents = (...ids: string[]) => appSyncBatchEvent(ids.map((id) => ({ source: { id } })));

describe("appSyncBatch", () => {
  it("opens each field of the batch", async () => {
    const items: Resolve<unknown, unknown>[] = [];
    await wrap(appSyncBatch({ arguments: z.object({ limit: z.int() }), source: Order }), async (item) => void items.push(item))(
      appSyncBatchFixture,
      context,
    );

    expect(items).toHaveLength(2);
    expect(items[1]).toMatchObject({
      fieldName: "lines",
      parentTypeName: "Order",
      arguments: { limit: 2 },
      source: { id: "order-2" },
      identity: { kind: "apiKey" },
      selectionSet: ["sku"],
      raw: appSyncBatchFixture[1],
    });
  });

  it("answers each field in the order of the batch, with what was returned or thrown", async () => {
    const handler = wrap(
      appSyncBatch({ source: Order, onFailure: (_error, { source }) => (source?.["id"] === "ignored" ? "ignore" : "retry") }),
      async ({ source: { id } }) => {
        if (id === "slow") await new Promise((resolve) => setImmediate(resolve));
        if (id === "none") return undefined;
        if (id === "bad") throw new RangeError("no such order");
        if (id === "hopeless") throw final("never");
        if (id === "ignored") throw new Error("never mind");
        if (id === "mute") throw new Error("");
        return { id };
      },
    );

    expect(await handler(parents("slow", "quick", "none", "bad", "hopeless", "ignored", "mute"), context)).toEqual([
      { data: { id: "slow" } },
      { data: { id: "quick" } },
      { data: null },
      { data: null, errorMessage: "no such order", errorType: "RangeError" },
      { data: null, errorMessage: "never", errorType: "FinalError" },
      { data: null },
      { data: null, errorMessage: "Error", errorType: "Error" },
    ]);
  });

  it.for([
    { whenAllFail: undefined, rejects: false },
    { whenAllFail: "throw" as const, rejects: true },
  ])("rejects when no field could be resolved only where it is told to ($whenAllFail)", async ({ whenAllFail, rejects }) => {
    const reply = wrap(appSyncBatch({ whenAllFail }), async () => Promise.reject(new Error("no")))(parents("a"), context);

    if (rejects) await expect(reply).rejects.toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
    else expect(await reply).toEqual([{ data: null, errorMessage: "no", errorType: "Error" }]);
  });

  it.for([
    { what: "is null", record: null },
    { what: "is no event of a resolver", record: { arguments: {} } },
    { what: "has a parent that does not fit", record: { ...appSyncBatchFixture[0], source: {} } },
    { what: "has arguments that pollute", record: { ...appSyncBatchFixture[0], arguments: JSON.parse('{"__proto__":{}}') } },
  ])("fails only the field that $what", async ({ record }) => {
    const { reply, outcomes } = await testing(wrap(appSyncBatch({ source: Order }), async ({ source }) => source.id)).send([
      record as never,
      ...appSyncBatchFixture,
    ]);

    expect(reply).toEqual([
      { data: null, errorMessage: expect.any(String), errorType: "PayloadError" },
      { data: "order-1" },
      { data: "order-2" },
    ]);
    expect(outcomes[0]?.error).toMatchObject({ code: "LAMELLA_PAYLOAD" });
  });

  it("gives what the result's schema makes of what the handler returns, and fails what does not fit", async () => {
    const result = z.object({ id: z.string().refine(async (id) => id !== "odd") });
    const handler = wrap(appSyncBatch({ source: Order, result }), async ({ source }) => ({ ...source, secret: 1 }));

    expect(await handler(parents("a", "odd"), context)).toEqual([
      { data: { id: "a" } },
      { data: null, errorMessage: expect.any(String), errorType: "OutputError" },
    ]);
  });

  it("resolves all fields at once with whole", async () => {
    const handler = wrap(whole(appSyncBatch({ source: Order })), async ({ items, fail }) => {
      fail(items[0] as never, new Error("no"));
      return items.map(({ source }) => source.id);
    });

    expect(await handler(appSyncBatchFixture, context)).toEqual([
      { data: null, errorMessage: "no", errorType: "Error" },
      { data: "order-2" },
    ]);
  });

  it.for([null, [], [null], {}, [{ arguments: {} }], appSyncBatchFixture[0]])("is not %j", (other) => {
    expect(appSyncBatch().accepts(other)).toBe(false);
  });

  it.for(["arguments", "source", "result"])("throws at load when %s is no schema", (name) => {
    expect(() => appSyncBatch({ [name]: 1 })).toThrow(`appSyncBatch({ ${name} }) must be`);
  });

  it("opens what the builder makes", async () => {
    const seen: unknown[] = [];
    const event = appSyncBatchEvent([{ arguments: { limit: 1 } }], { fieldName: "orders", parentTypeName: "Query" });
    await wrap(
      appSyncBatch(),
      async ({ fieldName, parentTypeName, arguments: args, source }) => void seen.push(fieldName, parentTypeName, args, source),
    )(event, context);

    expect(seen).toEqual(["orders", "Query", { limit: 1 }, null]);
  });
});
