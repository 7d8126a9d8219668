import { text, whole, wrap } from "@lamella/core";
import { kafkaEvent, lambdaContext, testing } from "@lamella/testing";
import { kafkaFixture, kafkaSelfManagedFixture } from "@lamella/testing/fixtures";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type KafkaMessage, type KafkaOptions, kafka, type MSKEvent, type SelfManagedKafkaEvent, type Tombstones } from "./kafka.ts";

const context = lambdaContext();
const Order = z.object({ id: z.string() });
const later = z.object({ id: z.string().refine(async (id) => id !== "bad") });

/** The items that a handler gets for an event. */
async function open(event: MSKEvent | SelfManagedKafkaEvent, options: KafkaOptions<unknown, unknown> = {}) {
  const items: KafkaMessage<unknown, unknown>[] = [];
  await wrap(kafka(options), async (message) => void items.push(message))(event, context);
  return items;
}

/** An event of one record, of which only this is there. */
const eventOf = (raw: unknown) => ({ eventSource: "aws:kafka", records: { "t-0": [raw] } }) as unknown as MSKEvent;

describe("kafka", () => {
  it("opens the records of an MSK cluster, partition by partition", async () => {
    const items = await open(kafkaFixture, { key: text(), value: Order });

    expect(items.map(({ id }) => id)).toEqual(["orders-0:15", "orders-0:16", "orders-1:7"]);
    expect(items[0]).toMatchObject({
      key: "order-1",
      value: { id: "order-1" },
      topic: "orders",
      partition: 0,
      offset: 15,
      timestamp: new Date(1_769_860_800_123),
      timestampType: "CREATE_TIME",
      keySchema: undefined,
      clusterArn: kafkaFixture.eventSourceArn,
      bootstrapServers: [expect.stringContaining("b-2."), expect.stringContaining("b-1.")],
      raw: kafkaFixture.records["orders-0"]?.[0],
    });
    expect(items[1]).toMatchObject({
      keySchema: { dataFormat: "JSON", schemaId: "7" },
      valueSchema: { dataFormat: "AVRO", schemaId: "1234" },
    });
    expect(items[2]).toMatchObject({ key: "order-3", value: undefined, timestampType: "LOG_APPEND_TIME" });
  });

  it("opens the records of a self-managed cluster, which has no ARN", async () => {
    const [message] = await open(kafkaSelfManagedFixture);

    expect(message).toMatchObject({
      id: "clicks-3:9007199254740991",
      key: undefined,
      value: Buffer.from('{"id":"click-1"}'),
      clusterArn: undefined,
      bootstrapServers: ["kafka-1.example:9092"],
    });
  });

  it("reads headers as UTF-8 from signed bytes, keeps each of one name, and their bytes", async () => {
    const [message] = await open(kafkaFixture);

    expect({ ...message?.headers }).toEqual({ tenant: "beta", city: "Zürich" });
    expect(message?.headerList.map(({ name, value }) => [name, value])).toEqual([
      ["tenant", "acme"],
      ["city", "Zürich"],
      ["tenant", "beta"],
    ]);
    expect(message?.headerList[1]?.bytes).toEqual(Uint8Array.of(90, 195, 188, 114, 105, 99, 104));
  });

  it.for([
    { what: "none", headers: undefined, gives: [] },
    { what: "null", headers: null, gives: [] },
    { what: "no list", headers: { a: [97] }, gives: [] },
    { what: "one that is null", headers: [null, { a: [97] }], gives: [["a", "a"]] },
    { what: "one without a value", headers: [{ a: null }], gives: [["a", ""]] },
    { what: "one named __proto__", headers: [JSON.parse('{"__proto__":[97]}')], gives: [["__proto__", "a"]] },
    { what: "bytes that are no UTF-8", headers: [{ a: [-1] }], gives: [["a", "\u{FFFD}"]] },
    { what: "values that are no bytes", headers: [{ a: ["x", 97, null] }], gives: [["a", "\0a\0"]] },
  ])("survives headers that are malformed: $what", async ({ headers, gives }) => {
    const [message] = await open(eventOf({ topic: "t", partition: 0, offset: 1, value: "eA==", headers }));

    expect(message?.headerList.map(({ name, value }) => [name, value])).toEqual(gives);
    expect(Object.entries(message?.headers ?? {})).toEqual(gives);
  });

  it("survives a record and an event of which only the marks are there", async () => {
    const [message] = await open(eventOf({ topic: "t", partition: 0, offset: 1 }));

    expect(message).toMatchObject({
      id: "t-0:1",
      key: undefined,
      value: undefined,
      headerList: [],
      bootstrapServers: [],
      clusterArn: undefined,
    });
  });

  it.for([
    { what: "the value is no base64", raw: { value: "é" }, part: "value" },
    { what: "the value is no text", raw: { value: { id: "1" } }, part: "value" },
    { what: "the value does not fit", raw: { value: "e30=" }, part: "value" },
    { what: "the key is no base64", raw: { key: "é", value: "eyJpZCI6IjEifQ==" }, part: "key" },
    { what: "the key is no UTF-8", raw: { key: "/w==", value: "eyJpZCI6IjEifQ==" }, part: "key" },
  ])("fails only the record where $what", async ({ raw, part }) => {
    const event = kafkaEvent([{ value: { id: "1" }, partition: 1 }]);
    const bad = { topic: "topic", partition: 0, offset: 3, ...raw };
    const sent = { ...event, records: { "topic-0": [bad], ...event.records } } as unknown as MSKEvent;

    const { reply, outcomes } = await testing(wrap(kafka({ key: text(), value: Order }), async () => {})).send(sent);

    expect(outcomes).toMatchObject([{ fate: "retry", error: { code: "LAMELLA_PAYLOAD", part } }, { fate: "done" }]);
    expect(reply.batchItemFailures).toEqual([{ itemIdentifier: { partition: "topic-0", offset: 3 } }]);
  });

  it("decodes key and value with asynchronous schemas, each for itself", async () => {
    const event = kafkaEvent([
      { key: { id: "k" }, value: { id: "v" } },
      { key: { id: "bad" }, value: { id: "v" }, partition: 1 },
      { key: { id: "k" }, value: { id: "bad" }, partition: 2 },
    ]);
    const seen: unknown[] = [];

    const { outcomes } = await testing(
      wrap(kafka({ key: later, value: later }), async ({ key, value }) => void seen.push([key?.id, value?.id])),
    ).send(event);

    expect(seen).toEqual([["k", "v"]]);
    expect(outcomes).toMatchObject([{ fate: "done" }, { error: { part: "key" } }, { error: { part: "value" } }]);
  });

  it.for<{ tombstones: Tombstones | undefined; ran: string[]; fates: string[] }>([
    { tombstones: undefined, ran: ["1", "gone", "2"], fates: ["done", "done", "done"] },
    { tombstones: "pass", ran: ["1", "gone", "2"], fates: ["done", "done", "done"] },
    { tombstones: "ignore", ran: ["1", "2"], fates: ["done", "done"] },
    { tombstones: "fail", ran: ["1"], fates: ["done", "retry", "unrun"] },
  ])("lets tombstones: $tombstones", async ({ tombstones, ran, fates }) => {
    const seen: unknown[] = [];
    const handler = wrap(kafka({ value: Order, tombstones }), async ({ value }) => void seen.push(value === undefined ? "gone" : value.id));

    const { outcomes } = await testing(handler).send(kafkaEvent([{ value: { id: "1" } }, { value: null }, { value: { id: "2" } }]));

    expect(seen).toEqual(ran);
    expect(outcomes.map(({ fate }) => fate)).toEqual(fates);
  });

  it("takes an empty value for a value, and no tombstone", async () => {
    expect((await open(kafkaEvent([{ value: "" }]), { tombstones: "ignore" }))[0]?.value).toEqual(Buffer.of());
  });

  it.for([
    {
      what: "tombstones are none of the words",
      options: { tombstones: "drop" },
      says: 'kafka({ tombstones }) must be "pass", "ignore" or "fail", got "drop"',
    },
    { what: "value is no codec", options: { value: 1 }, says: "kafka({ value }) must be" },
    { what: "key is no codec", options: { key: 1 }, says: "kafka({ key }) must be" },
  ])("throws at load when $what", ({ options, says }) => {
    expect(() => kafka(options as never)).toThrow(says);
  });

  it("inverts what the builder makes of a record", async () => {
    const input = fc.record({
      key: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
      value: fc.option(fc.uint8Array(), { nil: null }),
      topic: fc.stringMatching(/^[a-z]{1,8}$/),
      partition: fc.nat(100),
      offset: fc.nat(),
      timestamp: fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }),
      timestampType: fc.constantFrom("CREATE_TIME" as const, "LOG_APPEND_TIME" as const),
      headers: fc.dictionary(fc.stringMatching(/^[a-zA-Z_]{1,8}$/), fc.array(fc.string({ unit: "grapheme" }), { minLength: 1 })),
    });
    await fc.assert(
      fc.asyncProperty(input, fc.constantFrom(undefined, null), async (record, clusterArn) => {
        const [got] = await open(kafkaEvent([record], { clusterArn }), { key: text() });
        const headers = Object.entries(record.headers).flatMap(([name, values]) => values.map((value) => [name, value]));

        const { key, topic, partition, offset, timestamp, timestampType } = got as KafkaMessage<unknown, unknown>;
        expect({ key, topic, partition, offset, timestamp, timestampType }).toEqual({
          key: record.key,
          topic: record.topic,
          partition: record.partition,
          offset: record.offset,
          timestamp: record.timestamp,
          timestampType: record.timestampType,
        });
        expect(got?.value).toEqual(record.value === null ? undefined : Buffer.from(record.value));
        expect(got?.headerList.map(({ name, value }) => [name, value])).toEqual(headers);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a Kafka batch", () => {
  const event = kafkaEvent([
    { topic: "a", value: "a0" },
    { topic: "a", value: "a1" },
    { topic: "a", value: "a2" },
    { topic: "b", value: "b0" },
    { topic: "b", partition: 1, value: "c0", offset: 100 },
    { topic: "b", partition: 1, value: "c1" },
  ]);
  const at = (partition: string, offset: number) => ({ itemIdentifier: { partition, offset } });

  it.for([
    { fails: [], ran: "a0 a1 a2 b0 c0 c1", again: [] },
    { fails: ["a1"], ran: "a0 a1 b0 c0 c1", again: [at("a-0", 1), at("a-0", 2)] },
    { fails: ["a2", "c0"], ran: "a0 a1 a2 b0 c0", again: [at("a-0", 2), at("b-1", 100), at("b-1", 101)] },
  ])(
    "is told every record that comes again, and runs nothing behind a failed one of its partition: $fails",
    async ({ fails, ran, again }) => {
      const seen: string[] = [];
      const handler = wrap(kafka({ value: text() }), async ({ value = "" }) => {
        seen.push(value);
        if (fails.includes(value)) throw new Error(value);
      });

      expect(await handler(event, context)).toEqual({ batchItemFailures: again });
      expect(seen.join(" ")).toBe(ran);
    },
  );

  it("runs as many partitions side by side as concurrency says, each in its order", async () => {
    const seen: string[] = [];
    let running = 0;
    let most = 0;
    const handler = wrap(kafka({ value: text(), concurrency: 2 }), async ({ value = "" }) => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      seen.push(value);
      running--;
    });

    await handler(event, context);

    expect(most).toBe(2);
    expect(seen.filter((value) => value.startsWith("a"))).toEqual(["a0", "a1", "a2"]);
    expect(seen.filter((value) => value.startsWith("c"))).toEqual(["c0", "c1"]);
    expect(seen.indexOf("b0")).toBeLessThan(seen.indexOf("a2"));
  });

  it("rejects when all of it comes again, so that it may be split", async () => {
    const fails = wrap(kafka(), async () => Promise.reject(new Error("down")));

    await expect(fails(event, context)).rejects.toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
  });

  it.for([
    { what: "is no object", record: null },
    { what: "has no offset", record: { topic: "a", partition: 0 } },
    { what: "has an offset that no number holds", record: { topic: "a", partition: 0, offset: 2 ** 53 } },
  ])("rejects when a record that comes again $what, because it cannot be named", async ({ record }) => {
    const handler = wrap(kafka({ tombstones: "fail" }), async () => {});
    const sent = { ...event, records: { ...event.records, "x-0": [record] } } as unknown as MSKEvent;

    await expect(handler(sent, context)).rejects.toMatchObject({ message: expect.stringContaining("has no identifier") });
  });

  it("makes what stands behind a failed item come again when it is handled as a whole", async () => {
    const handler = wrap(whole(kafka({ value: text() })), async ({ items, fail }) => {
      for (const item of items) if (item.value === "a1") fail(item, new Error("no"));
    });

    expect(await handler(event, context)).toEqual({ batchItemFailures: [at("a-0", 1), at("a-0", 2)] });
  });

  it.for([
    { what: "records are no list", records: { "a-0": 1 }, rejects: true },
    { what: "there are none", records: {}, rejects: false },
  ])("loses nothing where $what", async ({ records, rejects }) => {
    const reply = wrap(kafka(), async () => {})({ eventSource: "aws:kafka", records } as never, context);

    if (rejects) await expect(reply).rejects.toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
    else expect(await reply).toEqual({ batchItemFailures: [] });
  });

  it.for([null, "text", {}, { eventSource: "aws:kafka" }, { eventSource: "aws:mq", records: {} }, { records: {} }])(
    "is not %j",
    (other) => {
      expect(kafka().accepts(other)).toBe(false);
    },
  );
});
