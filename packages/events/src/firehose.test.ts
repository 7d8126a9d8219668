import { answer, final, json, layer, retryLater, whole, wrap } from "@lamella/core";
import { firehoseEvent, lambdaContext, testing } from "@lamella/testing";
import { firehoseFixture, firehoseKinesisFixture, firehoseMskFixture } from "@lamella/testing/fixtures";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import {
  drop,
  type FirehoseData,
  type FirehoseOptions,
  type FirehoseOutput,
  type FirehoseRecord,
  type FirehoseResult,
  type FirehoseTransformationEvent,
  firehose,
  keep,
} from "./firehose.ts";

const context = lambdaContext();
const Click = z.object({ page: z.string() });

/** The items that a handler gets for an event. */
async function open(event: FirehoseTransformationEvent, options: FirehoseOptions<unknown> = {}) {
  const items: FirehoseRecord<unknown>[] = [];
  await wrap(firehose(options), async (record) => {
    items.push(record);
    return "";
  })(event, context);
  return items;
}

/** The reply's records, with their data as text. */
const textsOf = ({ records }: FirehoseResult) =>
  records.map(({ result, data }) => (data === undefined ? result : Buffer.from(data, "base64").toString()));

const cycle: { itself?: unknown } = {};
cycle.itself = cycle;

/** What the reply has for a record for which the handler returns this. */
async function sends(output: unknown, options: FirehoseOptions<Uint8Array> = {}) {
  const { reply, outcomes } = await testing(
    wrap(firehose({ whenAllFail: "report", ...options }), async () => output as FirehoseOutput),
  ).send(firehoseEvent([{ data: "x", id: "r" }]));
  return { record: reply.records[0], error: outcomes[0]?.error };
}

describe("firehose", () => {
  it("opens records that were put into the stream", async () => {
    const items = await open(firehoseFixture, { data: Click });

    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({
      id: "49546986683135544286507457936321625675700192471156785154",
      data: { page: "/" },
      arrivedAt: new Date(1_769_860_800_123),
      origin: { kind: "direct" },
      streamArn: "arn:aws:firehose:us-east-2:123456789012:deliverystream/clicks",
      streamName: "clicks",
      region: "us-east-2",
      raw: firehoseFixture.records[0],
    });
  });

  it.for([
    {
      from: "a Kinesis stream",
      event: firehoseKinesisFixture,
      origin: {
        kind: "kinesis",
        streamArn: "arn:aws:kinesis:us-east-2:123456789012:stream/clicks",
        shardId: "shardId-000000000000",
        partitionKey: "user-3",
        sequenceNumber: "49578734086442259037497492980620233840400173390482112514",
        subsequenceNumber: "",
        arrivedAt: new Date(1_769_860_801_500),
      },
    },
    {
      from: "a Kafka topic",
      event: firehoseMskFixture,
      origin: {
        kind: "msk",
        clusterArn: "arn:aws:kafka:us-east-2:123456789012:cluster/orders/751d2973-a626-431c-9d4e-d7975eb44dd7-2",
        partition: "1",
        offset: "42",
        arrivedAt: new Date(1_769_860_802_900),
      },
    },
  ])("opens records that the stream read from $from", async ({ event, origin }) => {
    const [record] = await open(event, { data: Click });

    expect(record?.origin).toEqual(origin);
    expect(record?.data).toEqual({ page: "/" });
  });

  it("answers the records of a Kafka topic as Firehose wants them", async () => {
    const reply = await wrap(firehose(), async () => "new")(firehoseMskFixture, context);

    expect(reply.records).toEqual([{ recordId: firehoseMskFixture.records[0]?.recordId, result: "Ok", kafkaRecordValue: "bmV3" }]);
  });

  it.for<{ what: string; output: FirehoseOutput; options?: FirehoseOptions<Uint8Array>; record: object }>([
    { what: "text as it is", output: "new", record: { result: "Ok", data: "bmV3" } },
    { what: "empty text", output: "", record: { result: "Ok", data: "" } },
    { what: "bytes as they are", output: Uint8Array.of(0, 255), record: { result: "Ok", data: "AP8=" } },
    { what: "a part of a buffer", output: new Uint8Array(Uint8Array.of(1, 2, 3).buffer, 1, 1), record: { result: "Ok", data: "Ag==" } },
    { what: "an object as a line of JSON", output: { a: 1 }, record: { result: "Ok", data: Buffer.from('{"a":1}\n').toString("base64") } },
    { what: "a list as a line of JSON", output: [1], record: { result: "Ok", data: Buffer.from("[1]\n").toString("base64") } },
    {
      what: "an object without a line break, where none is wanted",
      output: { a: 1 },
      options: { newline: false },
      record: { result: "Ok", data: Buffer.from('{"a":1}').toString("base64") },
    },
    { what: "drop()", output: drop(), record: { result: "Dropped" } },
    { what: "keep(text)", output: keep("new"), record: { result: "Ok", data: "bmV3" } },
    {
      what: "keep(data) with partition keys",
      output: keep({ a: 1 }, { partitionKeys: { customer: "c1" } }),
      record: { result: "Ok", data: Buffer.from('{"a":1}\n').toString("base64"), metadata: { partitionKeys: { customer: "c1" } } },
    },
  ])("sends $what", async ({ output, options, record }) => {
    expect(await sends(output, options)).toEqual({ record: { recordId: "r", ...record }, error: undefined });
  });

  it.for([
    { what: "nothing", output: undefined, says: "is undefined" },
    { what: "null", output: null, says: "is null" },
    { what: "a number", output: 1, says: "is number" },
    { what: "a Map, which JSON would empty", output: new Map([[1, 2]]), says: "nothing that JSON can hold" },
    { what: "bytes of another kind", output: new Uint16Array(1), says: "nothing that JSON can hold" },
    { what: "a cycle", output: cycle, says: "cannot be written as JSON" },
    { what: "a bigint in it", output: { n: 1n }, says: "cannot be written as JSON" },
    { what: "an answer of its own", output: { recordId: "r", result: "Ok", data: "eA==" }, says: "is an answer of its own" },
    { what: "no data to keep", output: keep(undefined as never), says: "is undefined" },
  ])("fails a record whose handler returns $what", async ({ output, says }) => {
    const { record, error } = await sends(output);

    expect(record).toEqual({ recordId: "r", result: "ProcessingFailed" });
    expect(error).toMatchObject({ code: "LAMELLA_OUTPUT", message: expect.stringContaining(says) });
  });

  it.for([{ customer: "" }, { customer: 1 as never }])("refuses partition keys that Firehose could not use: %j", (partitionKeys) => {
    expect(() => keep("x", { partitionKeys })).toThrow("keep(data, { partitionKeys: { customer } }) must be text that is not empty");
  });

  it("answers each record by what became of it, and tells of the failures", async () => {
    const handler = wrap(
      firehose({ data: json(Click), onFailure: (_error, { recordId }) => (recordId === "ignored" ? "ignore" : "retry") }),
      async ({ id, data }) => {
        if (id === "bad" || id === "ignored") throw new Error(id);
        if (id === "hopeless") throw final("never");
        return data.page;
      },
    );
    const ids = ["ok", "bad", "ignored", "hopeless"];
    const event = firehoseEvent([...ids.map((id) => ({ id, data: { page: "/" } })), { id: "no JSON", data: "{" }]);

    const { reply, outcomes } = await testing(handler).send(event);

    expect(reply.records.map(({ recordId, result }) => [recordId, result])).toEqual([
      ["ok", "Ok"],
      ["bad", "ProcessingFailed"],
      ["ignored", "Dropped"],
      // It counts as done, but Firehose keeps the data of what failed alone.
      ["hopeless", "ProcessingFailed"],
      ["no JSON", "ProcessingFailed"],
    ]);
    expect(outcomes.map(({ fate }) => fate)).toEqual(["done", "retry", "ignore", "ignore", "retry"]);
  });

  it.for([
    { what: "asks to come again", error: retryLater() },
    { what: "was cut short by the signal", error: new DOMException("aborted", "AbortError") },
  ])("rejects when a record $what, because Firehose sends only whole batches again", async ({ error }) => {
    const handler = wrap(firehose({ whenAllFail: "report" }), async ({ id }) => {
      if (id === "again") throw error;
      return id;
    });

    await expect(handler(firehoseEvent([{ data: "x" }, { data: "x", id: "again" }]), context)).rejects.toMatchObject({
      code: "LAMELLA_BATCH_FAILED",
      message: expect.stringContaining("1 of 2 records of firehose have to come again"),
    });
  });

  it("rejects at the deadline, because records that had no time are not bad", async () => {
    vi.useFakeTimers();
    try {
      const handler = wrap(firehose({ concurrency: 1 }), ({ id }) => (id === "slow" ? new Promise<string>(() => {}) : id));
      const pending = handler(
        firehoseEvent([{ data: "x" }, { data: "x", id: "slow" }, { data: "x" }]),
        lambdaContext({ remainingMs: 3_000 }),
      );
      const outcome = pending.catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(3_000);

      expect(await outcome).toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
    } finally {
      vi.useRealTimers();
    }
  });

  it.for([
    { what: "is null", record: null },
    { what: "has no id", record: { data: "eA==" } },
  ])("rejects when a record $what, because it cannot be answered", async ({ record }) => {
    const event = { ...firehoseFixture, records: [...firehoseFixture.records, record as never] };

    await expect(wrap(firehose(), async () => "x")(event, context)).rejects.toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
  });

  it.for([
    { what: "is missing", data: undefined },
    { what: "is no text", data: 1 },
    { what: "is no base64", data: "é" },
  ])("fails only the record whose data $what", async ({ data }) => {
    const event = { ...firehoseFixture, records: [{ recordId: "a", data } as never, ...firehoseFixture.records] };

    const { reply, outcomes } = await testing(wrap(firehose(), async ({ data: bytes }) => bytes)).send(event);

    expect(reply.records.map(({ result }) => result)).toEqual(["ProcessingFailed", "Ok", "Ok"]);
    expect(outcomes[0]?.error).toMatchObject({ code: "LAMELLA_PAYLOAD", part: "data" });
  });

  it("survives a record of which only the id and the data are there", async () => {
    const [record] = await open({ deliveryStreamArn: "", records: [{ recordId: "a", data: "eA==" }] } as never);

    expect(record).toMatchObject({ id: "a", origin: { kind: "direct" }, streamName: "", region: "" });
  });

  it("sends what a layer answered, also an answer that was stored as JSON", async () => {
    const store = new Map<string, string>();
    const stored = layer("stored", async ({ id }: { readonly id: string }, _ctx, next) => {
      const known = store.get(id);
      if (known !== undefined) return answer(JSON.parse(known));
      const outcome = await next();
      store.set(id, JSON.stringify((outcome as unknown as { readonly output: unknown }).output));
      return outcome;
    });
    const handler = wrap(firehose({ data: Click }), stored, async ({ data }) => keep(data, { partitionKeys: { page: "p" } }));

    const first = await handler(firehoseFixture, context);

    expect(await handler(firehoseFixture, context)).toEqual(first);
    expect(textsOf(first)).toEqual(['{"page":"/"}\n', '{"page":"/pens"}\n']);
  });

  it("answers a whole batch with the list that the handler returns", async () => {
    const handler = wrap(whole(firehose({ data: Click })), async ({ items, fail }) => {
      fail(items[0] as never, new Error("no"));
      return items.map(({ data }) => data.page);
    });

    expect(textsOf(await handler(firehoseFixture, context))).toEqual(["ProcessingFailed", "/pens"]);
  });

  it.for([null, {}, { deliveryStreamArn: "x" }, { deliveryStreamArn: 1, records: [] }, { records: [] }])("is not %j", (other) => {
    expect(firehose().accepts(other)).toBe(false);
  });

  it.for([
    { what: "data is no codec", options: { data: 1 }, says: "firehose({ data }) must be" },
    { what: "newline is no boolean", options: { newline: "\n" }, says: "firehose({ newline }) must be true or false" },
  ])("throws at load when $what", ({ options, says }) => {
    expect(() => firehose(options as never)).toThrow(says);
  });

  it("inverts what the builder makes of a record", async () => {
    const input = fc.record({
      id: fc.uuid(),
      data: fc.uint8Array(),
      arrivedAt: fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }),
    });
    await fc.assert(
      fc.asyncProperty(input, fc.constantFrom("direct" as const, "kinesis" as const, "msk" as const), async (record, origin) => {
        const [got] = await open(firehoseEvent([record], { origin, streamName: "s" }));

        expect({ id: got?.id, data: got?.data, arrivedAt: got?.arrivedAt }).toEqual({ ...record, data: Buffer.from(record.data) });
        expect(got?.origin.kind).toBe(origin);
        expect(got?.streamName).toBe("s");
      }),
      { numRuns: 100 },
    );
  });
});

describe("the size of the reply", () => {
  const LIMIT = 6 * 1024 * 1024;
  const sizeOf = (reply: unknown) => Buffer.byteLength(JSON.stringify(reply));
  const filled = (bytes: number): FirehoseData => "x".repeat(bytes);

  it("fails the records that do not fit any more, and sends the others", async () => {
    // Four of these in base64 are more than 6 MB, three are less.
    const handler = wrap(firehose({ concurrency: 1 }), async () => filled(1_400_000));

    const { reply, outcomes } = await testing(handler).send(firehoseEvent(Array.from({ length: 4 }, () => ({ data: "x" }))));

    expect(reply.records.map(({ result }) => result)).toEqual(["Ok", "Ok", "Ok", "ProcessingFailed"]);
    expect(sizeOf(reply)).toBeLessThanOrEqual(LIMIT);
    expect(outcomes[3]?.error).toMatchObject({
      code: "LAMELLA_REPLY_TOO_LARGE",
      bytes: 1_866_668,
      message: expect.stringContaining("BufferSizeInMBs"),
    });
  });

  it("is never more than Lambda takes, whatever the records come to", async () => {
    const sizes = fc.array(fc.oneof(fc.nat(2_000_000), fc.constantFrom(-1, -2)), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.constantFrom("direct" as const, "msk" as const), async (list, origin) => {
        const handler = wrap(firehose({ whenAllFail: "report" }), async ({ id }) => {
          const size = list[Number(id)] as number;
          if (size === -1) return drop();
          if (size === -2) throw new Error("no");
          return keep(filled(size), { partitionKeys: { name: "ü".repeat(50) } });
        });
        const event = firehoseEvent(
          list.map((_size, index) => ({ id: String(index), data: "" })),
          { origin },
        );

        const reply = await handler(event, context);

        expect(sizeOf(reply)).toBeLessThanOrEqual(LIMIT);
        expect(reply.records).toHaveLength(list.length);
      }),
      { numRuns: 30 },
    );
  });

  it("counts only the last answer of a record that layers repeat", async () => {
    const twice = layer("twice", async (_item, _ctx, next) => (await next(), next()), { repeats: true });
    const handler = wrap(firehose(), twice, async () => filled(4_000_000));

    expect((await handler(firehoseEvent([{ data: "x" }]), context)).records[0]?.result).toBe("Ok");
  });
});
