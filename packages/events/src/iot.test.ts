import { codec, layer, type Schema, wrap } from "@lamella/core";
import { iotEvent, lambdaContext, testing } from "@lamella/testing";
import { iotFixture } from "@lamella/testing/fixtures";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type IotOptions, iot, type RuleMessage } from "./iot.ts";

const Reading = z.object({ deviceId: z.string(), temperature: z.number() });

async function open<Content = unknown, Data = undefined>(event: unknown, options?: IotOptions<Content, Data>) {
  const items: RuleMessage<Content, Data>[] = [];
  const { error, outcomes } = await testing(wrap(iot(options), async (item) => void items.push(item))).send(event);
  return { item: items[0], error, outcomes };
}

describe("iot", () => {
  it("opens what a rule selects", async () => {
    const { item, outcomes } = await open(iotFixture);

    expect(item).toMatchObject({
      payload: iotFixture,
      data: undefined,
      topic: "factory/line-1/raw",
      clientId: "sensor-7",
      at: new Date(1_769_860_800_123),
      raw: iotFixture,
    });
    expect(outcomes).toMatchObject([{ fate: "done", delivery: { source: "iot", index: 0 } }]);
  });

  it.for([{ event: "text" }, { event: 21.5 }, { event: null }, { event: undefined }, { event: [1] }, { event: true }])(
    "takes any JSON, such as $event",
    async ({ event }) => {
      expect((await open(event)).item).toMatchObject({ payload: event, topic: undefined, clientId: undefined, at: undefined, raw: event });
    },
  );

  it("gives what the schema makes of it, and leaves the event as it is", async () => {
    const { item } = await open(iotFixture, { payload: Reading });

    expect(item?.payload).toEqual({ deviceId: "sensor-7", temperature: 21.5 });
    expect(item?.raw).toBe(iotFixture);
  });

  it.for<{ kind: string; payload: Schema<unknown> }>([
    { kind: "synchronous", payload: z.object({ temperature: z.string() }) },
    { kind: "asynchronous", payload: z.object({ temperature: z.number().refine(async () => false) }) },
  ])("rejects a payload that does not fit a $kind schema, behind the layers", async ({ payload }) => {
    const seen: unknown[] = [];
    const watch = layer("watch", async (_item, _ctx, next) => {
      try {
        return await next();
      } catch (error) {
        seen.push(error);
        throw error;
      }
    });

    await expect(wrap(iot({ payload }), watch, async () => {})(iotFixture, lambdaContext())).rejects.toMatchObject({
      code: "LAMELLA_PAYLOAD",
      part: "payload",
      issues: [expect.objectContaining({ path: ["temperature"] })],
    });
    expect(seen).toHaveLength(1);
  });

  it("decodes the bytes that the rule has encoded under data", async () => {
    const bytes = codec((raw) => [...(raw as Uint8Array)]);

    expect((await open(iotFixture, { data: bytes })).item?.data).toEqual([1, 2, 255]);
    expect((await open(iotEvent({}, { data: Buffer.from('{"on":true}') }), { data: z.object({ on: z.boolean() }) })).item?.data).toEqual({
      on: true,
    });
  });

  it.for([
    { what: "missing", event: { topic: "a" }, says: "The data is missing." },
    { what: "no text", event: { data: 5 }, says: "The data is of type number, where base64 was expected." },
    { what: "in an event that is no object", event: "text", says: "The data is missing." },
  ])("rejects data that is $what", async ({ event, says }) => {
    const { error } = await open(event, { data: codec(() => 1) });

    expect(error).toMatchObject({ code: "LAMELLA_PAYLOAD", part: "data", message: expect.stringContaining(says) });
  });

  it("opens what iotEvent makes", async () => {
    const at = new Date("2026-02-03T04:05:06.000Z");

    expect((await open(iotEvent({ temperature: 4 }, { topic: "a/b", clientId: "c", at }))).item).toMatchObject({
      payload: { temperature: 4 },
      topic: "a/b",
      clientId: "c",
      at,
    });
  });

  it("ignores what the handler returns, and rejects with what it throws", async () => {
    expect(await wrap(iot(), async () => 5)(iotFixture, lambdaContext())).toBeUndefined();
    await expect(
      wrap(iot(), async () => {
        throw undefined;
      })(iotFixture, lambdaContext()),
    ).rejects.toBeUndefined();
  });

  it("throws at load for options that are wrong", () => {
    expect(() => iot({ payload: 5 as never })).toThrow("iot({ payload }) must be a Standard Schema");
    expect(() => iot({ data: "x" as never })).toThrow("iot({ data }) must be a codec or a Standard Schema");
    expect(() => iot({ hardMs: -1 })).toThrow(RangeError);
  });
});
