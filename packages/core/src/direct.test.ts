import { lambdaContext } from "@lamella/testing";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { answer, direct, layer, wrap } from "./index.ts";

const context = lambdaContext({ awsRequestId: "r1" });

describe("direct", () => {
  it.for([{ event: "text" }, { event: 5 }, { event: null }, { event: undefined }, { event: [1, 2] }, { event: {} }])(
    "takes any event, such as $event",
    async ({ event }) => {
      expect(await wrap(direct(), async (input) => ({ input }))(event, context)).toEqual({ input: event });
    },
  );

  it("gives the handler what the schema makes of the event", async () => {
    const handler = wrap(direct({ input: z.object({ at: z.coerce.date() }) }), async ({ at }) => at.getTime());

    expect(await handler({ at: "2026-01-31" } as never, context)).toBe(Date.parse("2026-01-31"));
  });

  it.for([
    { kind: "synchronous", input: z.object({ id: z.string() }) },
    { kind: "asynchronous", input: z.object({ id: z.string().refine(async () => true) }) },
  ])("rejects an event that does not fit a $kind schema, and says where", async ({ input }) => {
    await expect(wrap(direct({ input }), async () => "x")({ id: 5 } as never, context)).rejects.toMatchObject({
      code: "LAMELLA_PAYLOAD",
      message: "The event does not fit its schema at /id. Fix the producer, or the schema.",
      issues: [expect.objectContaining({ path: ["id"] })],
    });
  });

  it("gives the caller what the schema makes of the output, also of a layer's answer", async () => {
    const output = z.object({ id: z.string() });
    const full = { id: "1", secret: "x" };

    expect(await wrap(direct({ output }), async () => full)({}, context)).toEqual({ id: "1" });
    expect(
      await wrap(
        direct({ output }),
        layer("cache", async () => answer(full)),
        async () => full,
      )({}, context),
    ).toEqual({ id: "1" });
  });

  it.for([
    { kind: "synchronous", output: z.object({ id: z.string() }) },
    { kind: "asynchronous", output: z.object({ id: z.string().refine(async () => true) }) },
  ])("rejects an output that does not fit a $kind schema as the handler's fault", async ({ output }) => {
    await expect(wrap(direct({ output }), async () => ({ id: 5 }) as never)({}, context)).rejects.toMatchObject({
      code: "LAMELLA_OUTPUT",
      message: "The output that the handler returned does not fit its schema at /id. Fix the handler, or the schema.",
    });
  });

  it.for([
    { thrown: Object.assign(new Error("gone"), { name: "OrderGone" }) },
    { thrown: "a string" },
    { thrown: undefined },
    { thrown: { name: "NotAnError" } },
  ])("rejects with the handler's own $thrown, untouched", async ({ thrown }) => {
    const error: unknown = await wrap(direct(), async () => {
      throw thrown;
    })({}, context).then(
      () => "resolved",
      (rejected: unknown) => rejected,
    );

    expect(error).toBe(thrown);
  });

  it("names the item by the request", async () => {
    expect(await wrap(direct(), async (_event, { delivery }) => delivery)({}, context)).toEqual({
      id: "r1",
      index: 0,
      source: "direct",
      attempt: undefined,
    });
  });

  it.for([{ input: "schema" }, { output: {} }])("throws at load for $0", (options) => {
    expect(() => direct(options as never)).toThrow("must be a Standard Schema");
  });
});
