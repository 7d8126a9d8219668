import { final, json, layer, text, whole, wrap } from "@lamella/core";
import { type KinesisRecordInput, kinesisEvent, kinesisWindowEvent, lambdaContext, testing } from "@lamella/testing";
import { kinesisAggregatedFixture, kinesisFixture } from "@lamella/testing/fixtures";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type KinesisOptions, type KinesisStreamEvent, type KinesisStreamRecord, kinesis, type StreamRecord } from "./kinesis.ts";

const context = lambdaContext();
const Click = z.object({ page: z.string() });

/** The items that a handler gets for an event. */
async function open<Data = Uint8Array>(event: KinesisStreamEvent, options: KinesisOptions<Data> = {}): Promise<StreamRecord<Data>[]> {
  const items: StreamRecord<Data>[] = [];
  await wrap(kinesis(options), async (record) => void items.push(record))(event, context);
  return items;
}

/** Sends records whose data is their name, lets those fail that say so, and tells what ran and what is reported. */
async function run(records: readonly (string | readonly string[])[], options: KinesisOptions<string> = {}) {
  const ran: string[] = [];
  const handler = wrap(kinesis({ data: text(), ...options }), async ({ data }) => {
    ran.push(data);
    if (data.includes("bad")) throw new Error(data);
  });
  const sent = await testing(handler).send(named(records));
  const { error, outcomes } = sent;
  const reported = error === undefined ? sent.reply.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) : undefined;
  return { ran, reported, error, fates: outcomes.map(({ fate }) => fate) };
}

/** Records named by their key and number, `a1`; a list is an aggregate. The sequence number is the place, from 1. */
function named(records: readonly (string | readonly string[])[]): KinesisStreamEvent {
  const input = (name: string) => ({ data: name, partitionKey: name.slice(0, 1) });
  return kinesisEvent(
    records.map((record, index): KinesisRecordInput => {
      const sequenceNumber = String(index + 1);
      return typeof record === "string" ? { ...input(record), sequenceNumber } : { aggregate: record.map(input), sequenceNumber };
    }),
  );
}

describe("kinesis", () => {
  it("opens records", async () => {
    const [record] = await open(kinesisFixture, { data: Click });

    expect(record).toMatchObject({
      data: { page: "/" },
      partitionKey: "user-1",
      explicitHashKey: undefined,
      sequenceNumber: "49590338271490256608559692538361571095921575989136588898",
      subSequenceNumber: undefined,
      arrivedAt: new Date(1_545_084_650_987),
      shardId: "shardId-000000000006",
      eventId: "shardId-000000000006:49590338271490256608559692538361571095921575989136588898",
      streamArn: "arn:aws:kinesis:us-east-2:123456789012:stream/clicks",
      streamName: "clicks",
      raw: kinesisFixture.Records[0],
    });
  });

  it("gives the bytes without an option, and what a codec makes of them with one", async () => {
    const event = kinesisEvent([{ data: new Uint8Array([0, 255, 10]) }]);

    expect([...((await open(event))[0]?.data ?? [])]).toEqual([0, 255, 10]);
    expect((await open(kinesisFixture, { data: json() }))[0]?.data).toEqual({ page: "/", user: "user-1" });
  });

  it("names the stream of a consumer with enhanced fan-out", async () => {
    const eventSourceARN = "arn:aws:kinesis:us-east-2:123456789012:stream/clicks/consumer/mine:1545084650";
    const [record] = await open({ Records: [{ ...(kinesisFixture.Records[0] as KinesisStreamRecord), eventSourceARN }] });

    expect(record?.streamName).toBe("clicks");
  });

  it("inverts what the builder makes of a record", async () => {
    const input = fc.record({
      data: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.oneof(fc.string(), fc.integer(), fc.boolean()), { noNullPrototype: true }),
      partitionKey: fc.string({ minLength: 1 }),
      sequenceNumber: fc.stringMatching(/^[1-9][0-9]{0,55}$/),
      arrivedAt: fc.date({ min: new Date("2015-01-01"), max: new Date("2100-01-01"), noInvalidDate: true }),
    });
    await fc.assert(
      fc.asyncProperty(input, fc.stringMatching(/^[a-z]{1,10}$/), async (record, streamName) => {
        const [got] = await open(kinesisEvent([record], { streamName }), { data: json() });
        const { data, partitionKey, sequenceNumber, arrivedAt } = got as StreamRecord<unknown>;

        expect({ data, partitionKey, sequenceNumber, arrivedAt }).toEqual(record);
        expect(got?.streamName).toBe(streamName);
      }),
      { numRuns: 200 },
    );
  });

  it.for([
    { what: "no data", data: undefined, says: "The data is missing." },
    { what: "data that is no text", data: 5, says: "The data is not base64." },
    { what: "data that is no base64", data: "a*b=", says: "The data is not base64." },
    { what: "data that is cut short", data: "AQL/A", says: "The data is not base64." },
    { what: "data that is no JSON", data: "AAAA", says: "The data is not JSON (3 characters)." },
  ])("fails a record with $what alone", async ({ data, says }) => {
    const [first, second] = kinesisFixture.Records as [KinesisStreamRecord, KinesisStreamRecord];
    const event = { Records: [first, { ...second, kinesis: { ...second.kinesis, data: data as never } }] };
    const { reply, outcomes } = await testing(wrap(kinesis({ data: Click }), async () => {})).send(event);

    expect(reply.batchItemFailures).toEqual([{ itemIdentifier: second.kinesis.sequenceNumber }]);
    expect(outcomes[1]).toMatchObject({ error: { code: "LAMELLA_PAYLOAD", message: expect.stringContaining(says) } });
  });

  it.for([{ sequenceNumber: undefined }, { sequenceNumber: "" }, { sequenceNumber: 5 }])(
    "rejects when a record fails whose sequence number is $sequenceNumber, because it could not be reported",
    async ({ sequenceNumber }) => {
      const [first, second] = named(["a1", "a2bad"]).Records as [KinesisStreamRecord, KinesisStreamRecord];
      const event = { Records: [first, { ...second, kinesis: { ...second.kinesis, sequenceNumber: sequenceNumber as never } }] };
      const handler = wrap(kinesis({ data: text(), whenAllFail: "report" }), async ({ data }) => {
        if (data.includes("bad")) throw new Error(data);
      });

      await expect(handler(event, context)).rejects.toMatchObject({ message: expect.stringContaining("no identifier to report") });
    },
  );

  it.for([
    { option: "data", options: { data: 5 }, says: "kinesis({ data }) must be a codec or a Standard Schema" },
    { option: "deaggregate", options: { deaggregate: "no" }, says: 'kinesis({ deaggregate }) must be true or false, got "no"' },
    { option: "concurrency", options: { concurrency: 0 }, says: "kinesis({ concurrency })" },
    { option: "state", options: { state: {} }, says: "kinesis({ state }) must be a Standard Schema" },
    { option: "initialState", options: { initialState: () => ({}) }, says: "kinesis({ initialState }) must be left out without state" },
    { option: "initialState", options: { state: Click, initialState: {} }, says: "kinesis({ initialState }) must be a function" },
  ])("throws at load for a wrong $option", ({ options, says }) => {
    expect(() => kinesis(options as never)).toThrow(says);
  });
});

describe("a batch of a shard", () => {
  it("reports the record that failed in the middle alone, and starts nothing behind it", async () => {
    expect(await run(["a1", "b2", "a3bad", "b4", "a5"])).toMatchObject({
      ran: ["a1", "b2", "a3bad"],
      reported: ["3"],
      fates: ["done", "done", "retry", "unrun", "unrun"],
    });
  });

  it("rejects when the first record failed, so that Lambda counts an error and bisects the batch", async () => {
    const { ran, error } = await run(["a1bad", "b2"]);

    expect(ran).toEqual(["a1bad"]);
    expect(error).toMatchObject({ code: "LAMELLA_BATCH_FAILED", errors: [new Error("a1bad"), { code: "LAMELLA_NOT_RUN" }] });
    expect(await run(["a1bad", "b2"], { whenAllFail: "report" })).toMatchObject({ reported: ["1"] });
  });

  it("isolates a poison record by bisecting, and loses no other", async () => {
    const done: string[] = [];
    /** What Lambda does with BisectBatchOnFunctionError, and one record left over after its retries. */
    const deliver = async (names: readonly string[]): Promise<void> => {
      const { ran, reported, error } = await run(names);
      if (error === undefined && reported?.length === 0) return void done.push(...ran);
      if (names.length === 1) return;
      const checkpoint = error === undefined ? Number(reported?.[0]) - 1 : Math.ceil(names.length / 2);
      if (error === undefined) done.push(...names.slice(0, checkpoint));
      else await deliver(names.slice(0, checkpoint));
      await deliver(names.slice(checkpoint));
    };
    await deliver(["a1", "a2", "a3bad", "a4", "a5", "a6", "a7bad", "a8"]);

    expect(done).toEqual(["a1", "a2", "a4", "a5", "a6", "a8"]);
  });

  it.for([
    { verdict: "ignore", ran: ["a1bad", "a2", "a3bad", "a4"], reported: [] },
    { verdict: "retry", ran: ["a1bad"], reported: undefined },
  ] as const)("goes on as onFailure says: $verdict", async ({ verdict, ...expected }) => {
    const onFailure = vi.fn((_error: unknown, _record: KinesisStreamRecord) => verdict);

    expect(await run(["a1bad", "a2", "a3bad", "a4"], { onFailure })).toMatchObject(expected);
    expect(onFailure.mock.calls[0]?.[1]).toMatchObject({ kinesis: { sequenceNumber: "1" } });
  });

  it("goes on behind a record that is final", async () => {
    const handler = wrap(kinesis({ data: text() }), async ({ data }) => {
      if (data === "a1") throw final("never");
    });

    expect(await handler(named(["a1", "a2"]), context)).toEqual({ batchItemFailures: [] });
  });

  it("runs keys side by side, each in its order, and stops before what would only be run again", async () => {
    const running = new Set<string>();
    const ran: string[] = [];
    let most = 0;
    const handler = wrap(kinesis({ data: text(), concurrency: 2 }), async ({ data, partitionKey }) => {
      expect(running.has(partitionKey), "two of one key").toBe(false);
      running.add(partitionKey);
      most = Math.max(most, running.size);
      ran.push(data);
      await new Promise((resolve) => setImmediate(resolve));
      running.delete(partitionKey);
      if (data.includes("bad")) throw new Error(data);
    });

    expect(await handler(named(["a1", "a2", "b3", "a4", "b5bad", "a6", "c7"]), context)).toEqual({
      batchItemFailures: [{ itemIdentifier: "5" }],
    });
    expect(most).toBe(2);
    expect(ran.filter((name) => name.startsWith("a")).slice(0, 3)).toEqual(["a1", "a2", "a4"]);
    expect(ran).not.toContain("c7");
  });

  it("starts nothing more at the soft moment, and reports the first that did not start", async () => {
    vi.useFakeTimers();
    const ran: string[] = [];
    const handler = wrap(kinesis({ data: text(), softMs: 1_000 }), async ({ data }) => {
      ran.push(data);
      await new Promise((resolve) => setTimeout(resolve, 900));
    });
    const reply = handler(named(["a1", "a2", "a3", "a4"]), lambdaContext({ remainingMs: 2_500 }));
    await vi.advanceTimersByTimeAsync(2_000);

    expect(await reply).toEqual({ batchItemFailures: [{ itemIdentifier: "3" }] });
    expect(ran).toEqual(["a1", "a2"]);
    vi.useRealTimers();
  });

  it.for([
    { onStuck: undefined, gives: "no reply" },
    { onStuck: "report" as const, gives: { batchItemFailures: [{ itemIdentifier: "2" }] } },
  ])("gives $gives at the hard moment while a record runs, with onStuck $onStuck", async ({ onStuck, gives }) => {
    vi.useFakeTimers();
    const handler = wrap(kinesis({ data: text(), softMs: 1_000, hardMs: 200, onStuck }), async ({ data }) => {
      if (data === "a2") await new Promise(() => {});
    });
    let settled: unknown = "no reply";
    void handler(named(["a1", "a2", "a3"]), lambdaContext({ remainingMs: 3_000 })).then((reply) => (settled = reply));
    await vi.advanceTimersByTimeAsync(3_000);

    expect(settled).toEqual(gives);
    vi.useRealTimers();
  });

  it("has room for two invocations at once", async () => {
    const gate = Promise.withResolvers<void>();
    const handler = wrap(kinesis({ data: text() }), async ({ data }) => {
      if (data === "a1") await gate.promise;
      if (data.includes("bad")) throw new Error(data);
    });
    const slow = handler(named(["a1", "a2"]), context);

    expect(await handler(named(["b1", "b2bad"]), context)).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
    gate.resolve();
    expect(await slow).toEqual({ batchItemFailures: [] });
  });

  it("sets payloads apart for whole, with all that is behind them", async () => {
    const seen: string[] = [];
    const handler = wrap(whole(kinesis({ data: Click })), async ({ items }) => void seen.push(...items.map(({ data }) => data.page)));
    const event = kinesisEvent([{ data: { page: "/1" } }, { data: "no JSON", sequenceNumber: "2" }, { data: { page: "/3" } }]);

    expect(await handler(event, context)).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
    expect(seen).toEqual(["/1"]);
  });
});

describe("a record into which the Kinesis Producer Library put several", () => {
  it("is taken apart: each has its data, keys and id, and all share the sequence number", async () => {
    const [, first, second, third] = await open(kinesisAggregatedFixture, { data: Click });
    const raw = kinesisAggregatedFixture.Records[1];

    expect(first).toMatchObject({ data: { page: "/" }, partitionKey: "user-1", subSequenceNumber: 0, explicitHashKey: undefined });
    expect(second).toMatchObject({
      data: { page: "/prices" },
      partitionKey: "user-2",
      explicitHashKey: "339606600942967391854603552402021847292",
      subSequenceNumber: 1,
      sequenceNumber: raw?.kinesis.sequenceNumber,
      eventId: `${raw?.eventID}:1`,
      shardId: "shardId-000000000006",
      arrivedAt: new Date(1_545_084_711_166),
    });
    expect(third?.raw).toBe(raw);
  });

  it("stays as it is when told so", async () => {
    const items = await open(kinesisAggregatedFixture, { deaggregate: false });

    expect(items).toHaveLength(2);
    expect(Buffer.from(items[1]?.data ?? []).toString("base64")).toBe(kinesisAggregatedFixture.Records[1]?.kinesis.data);
  });

  it("comes again as a whole when one in the middle fails, and those behind it are not started", async () => {
    expect(await run(["a1", ["a2", "b2bad", "a3"], "b4"])).toMatchObject({
      ran: ["a1", "a2", "b2bad"],
      reported: ["2"],
      fates: ["done", "done", "retry", "unrun", "unrun"],
    });
  });

  it("rejects when one of the first aggregate fails, because all of it comes again", async () => {
    expect((await run([["a1", "a2bad"], "a3"])).error).toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
  });

  it("keeps the order of each key in it", async () => {
    const { ran } = await run([["a1", "b1", "a2"], ["b2", "a3"], "a4"], { concurrency: 10 });

    expect(ran.filter((name) => name.startsWith("a"))).toEqual(["a1", "a2", "a3", "a4"]);
  });

  it("gives onFailure the record that failed as if it had come by itself", async () => {
    const onFailure = vi.fn((_error: unknown, _record: KinesisStreamRecord) => "ignore" as const);
    await run(["a1", ["a2", "b2bad"]], { onFailure });
    const record = onFailure.mock.calls[0]?.[1];

    expect(record).toMatchObject({ kinesis: { partitionKey: "b", sequenceNumber: "2" }, eventID: "shardId-000000000000:2:1" });
    expect((await open({ Records: [record as KinesisStreamRecord] }, { data: text() }))[0]?.data).toBe("b2bad");
  });

  it("is a record by itself where the digest does not fit", async () => {
    const [, record] = kinesisAggregatedFixture.Records as [KinesisStreamRecord, KinesisStreamRecord];
    const bytes = Buffer.from(record.kinesis.data, "base64");
    bytes[10] = (bytes[10] as number) + 1;
    const event = { Records: [{ ...record, kinesis: { ...record.kinesis, data: bytes.toString("base64") } }] };

    expect(await open(event)).toMatchObject([{ subSequenceNumber: undefined, partitionKey: "user-1", data: bytes }]);
  });

  it("fails alone where the digest fits and the content is malformed", async () => {
    const message = "\u000b";
    const { createHash } = await import("node:crypto");
    const bytes = Buffer.concat([Buffer.from([0xf3, 0x89, 0x9a, 0xc2]), Buffer.from(message), createHash("md5").update(message).digest()]);
    const onFailure = vi.fn((_error: unknown, _record: KinesisStreamRecord) => "retry" as const);
    const event = kinesisEvent([{ data: "a" }, { data: bytes, sequenceNumber: "2" }]);
    const { reply, outcomes } = await testing(wrap(kinesis({ onFailure }), async () => {})).send(event);

    expect(reply).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
    expect(outcomes[1]?.error).toMatchObject({
      code: "LAMELLA_PAYLOAD",
      message: "The data is an aggregate of records whose content is malformed. Fix the producer, or the schema.",
    });
    expect(onFailure.mock.calls[0]?.[1]).toBe(event.Records[1]);
  });

  it("is done where there is nothing in it", async () => {
    expect(await run([[]])).toMatchObject({ ran: [], reported: [] });
  });

  it("goes one by one through layers, with contexts of their own", async () => {
    const ids: string[] = [];
    const note = layer("note", async (_item, { delivery }, next) => {
      ids.push(`${delivery.index} ${delivery.id}`);
      return next();
    });
    await wrap(kinesis(), note, async () => {})(named([["a1", "a2"]]), context);

    expect(ids).toEqual(["0 shardId-000000000000:1:0", "1 shardId-000000000000:1:1"]);
  });
});

describe("a tumbling window", () => {
  const Totals = z.object({ clicks: z.number().default(0) });
  const event = (...names: string[]) =>
    kinesisWindowEvent(named(names).Records.map((_record, index) => ({ data: { page: names[index] } })));
  const counting = wrap(whole(kinesis({ data: Click, state: Totals })), async ({ items, state }) => ({
    clicks: state.clicks + items.length,
  }));

  it("carries the state from one invocation to the next, and to the last one, which has no records", async () => {
    const seen: unknown[] = [];
    const handler = wrap(
      whole(kinesis({ data: Click, state: Totals })),
      async ({ items, state, window, isFinal, isTerminatedEarly, shardId }) => {
        seen.push([items.length, state.clicks, isFinal, isTerminatedEarly, shardId, window]);
        return { clicks: state.clicks + items.length };
      },
    );
    const clicks = [{ data: { page: "/" } }, { data: { page: "/about" } }];
    const first = await handler(kinesisWindowEvent(clicks), context);
    const second = await handler(kinesisWindowEvent(clicks, { state: first.state }), context);
    const last = await handler(kinesisWindowEvent([], { state: second.state, isFinal: true, isTerminatedEarly: true }), context);

    expect([first, second, last]).toEqual([2, 4, 4].map((count) => ({ state: { clicks: count }, batchItemFailures: [] })));
    const window = { start: new Date("2026-01-31T12:00:00Z"), end: new Date("2026-01-31T12:02:00Z") };
    expect(seen).toEqual([
      [2, 0, false, false, "shardId-000000000000", window],
      [2, 2, false, false, "shardId-000000000000", window],
      [0, 4, true, true, "shardId-000000000000", window],
    ]);
  });

  it.for([{ state: undefined }, { state: null }, { state: {} }])("starts with the initial state when $state came", async ({ state }) => {
    const initialState = vi.fn(() => ({ clicks: 10 }));
    const handler = wrap(whole(kinesis({ state: Totals, initialState })), async ({ state: { clicks } }) => ({ clicks: clicks + 1 }));

    expect(await handler({ ...event("/"), state } as never, context)).toMatchObject({ state: { clicks: 11 } });
    expect(await handler(kinesisWindowEvent([], { state: { clicks: 1 } }), context)).toMatchObject({ state: { clicks: 2 } });
    expect(initialState).toHaveBeenCalledTimes(1);
  });

  it("takes asynchronous schemas", async () => {
    const later = z.object({ clicks: z.number().refine(async () => true) });
    const handler = wrap(whole(kinesis({ data: Click.refine(async () => true), state: later })), async ({ items, state }) => ({
      clicks: state.clicks + items.length,
    }));

    expect(await handler(kinesisWindowEvent([{ data: { page: "/" } }], { state: { clicks: 1 } }), context)).toMatchObject({
      state: { clicks: 2 },
    });
  });

  it.for([{ state: { clicks: "many" } }, { state: "text" }, { state: 5 }])(
    "rejects with a state of $state, before the handler, whatever onFailure says",
    async ({ state }) => {
      const inner = vi.fn(async () => ({ clicks: 0 }));
      const onFailure = vi.fn(() => "ignore" as const);
      const handler = wrap(whole(kinesis({ state: Totals, onFailure })), inner);

      await expect(handler({ ...event("/"), state } as never, context)).rejects.toMatchObject({
        code: "LAMELLA_BATCH_FAILED",
        errors: [expect.objectContaining({ code: "LAMELLA_PAYLOAD", part: "state" })],
      });
      await expect(handler({ ...kinesisWindowEvent([]), state } as never, context)).rejects.toMatchObject({ code: "LAMELLA_PAYLOAD" });
      expect(inner).not.toHaveBeenCalled();
      expect(onFailure).not.toHaveBeenCalled();
    },
  );

  it.for([
    {
      what: "throws",
      act: () => Promise.reject(new Error("down")),
      error: { code: "LAMELLA_BATCH_FAILED", errors: [new Error("down"), new Error("down")] },
    },
    { what: "returns nothing", act: async () => undefined, error: { code: "LAMELLA_OUTPUT" } },
    { what: "returns a list", act: async () => [], error: { code: "LAMELLA_OUTPUT" } },
  ])("rejects when the handler $what, although onFailure would ignore it, so that the state stays", async ({ act, error }) => {
    const handler = wrap(whole(kinesis({ state: Totals, onFailure: "ignore" })), act as never);

    await expect(handler(event("/", "/about"), context)).rejects.toMatchObject(error);
  });

  it("rejects with the handler's own error when the last invocation fails, and tells of it", async () => {
    const report = vi.fn();
    const handler = wrap(whole(kinesis({ state: Totals })), { name: "reporting", hooks: { report } }, async () =>
      Promise.reject(new Error("down")),
    );

    await expect(handler(kinesisWindowEvent([], { isFinal: true }), context)).rejects.toThrow("down");
    expect(report).toHaveBeenCalledWith([expect.objectContaining({ error: new Error("down"), fate: "rejected" })], context);
  });

  it.for([
    { what: "a payload that does not fit", pages: ["/", 5, "/about"], bad: undefined },
    { what: "a record that the handler fails", pages: ["/", "/bad", "/about"], bad: "/bad" },
  ])("rejects with $what, so that all records come again with the state from before", async ({ pages, bad }) => {
    const inner = vi.fn();
    const handler = wrap(whole(kinesis({ data: Click, state: Totals })), async ({ items, state, fail }) => {
      inner();
      for (const item of items) if (item.data.page === bad) fail(item, new Error("bad"));
      return state;
    });

    await expect(handler(kinesisWindowEvent(pages.map((page) => ({ data: { page } }))), context)).rejects.toMatchObject({
      code: "LAMELLA_BATCH_FAILED",
    });
    expect(inner, "is not called only to be called again").toHaveBeenCalledTimes(bad === undefined ? 0 : 1);
  });

  it("leaves out payloads that count as done, also when nothing else is left", async () => {
    const handler = wrap(whole(kinesis({ data: Click, state: Totals, onFailure: "ignore" })), async ({ items, state }) => ({
      clicks: state.clicks + items.length,
    }));

    expect(await handler(kinesisWindowEvent([{ data: { page: "/" } }, { data: "bad" }], { state: { clicks: 1 } }), context)).toMatchObject({
      state: { clicks: 2 },
    });
    expect(await handler(kinesisWindowEvent([{ data: "bad" }], { state: { clicks: 1 } }), context)).toMatchObject({ state: { clicks: 1 } });
  });

  it("takes what a layer answers for the state", async () => {
    const { answer } = await import("@lamella/core");
    const skip = layer("skip", async () => answer({ clicks: 99 }));

    expect(await wrap(whole(kinesis({ state: Totals })), skip, async ({ state }) => state)(event("/"), context)).toMatchObject({
      state: { clicks: 99 },
    });
  });

  it("gives no reply when the handler is stuck, so that no state is lost", async () => {
    vi.useFakeTimers();
    const handler = wrap(whole(kinesis({ state: Totals })), async () => new Promise<never>(() => {}));
    const settled = vi.fn();
    handler(event("/"), lambdaContext({ remainingMs: 3_000 })).then(settled, settled);
    await vi.advanceTimersByTimeAsync(3_000);

    expect(settled).not.toHaveBeenCalled();
    vi.useRealTimers();
  });

  it("takes an aggregate apart", async () => {
    const handled = await counting(kinesisWindowEvent([{ aggregate: [{ data: { page: "/" } }, { data: { page: "/about" } }] }]), context);

    expect(handled.state).toEqual({ clicks: 2 });
  });

  it("is refused by a source without a state, which would lose it, and the other way round", async () => {
    await expect(wrap(kinesis(), async () => {})(event("/"), context)).rejects.toMatchObject({
      code: "LAMELLA_WRONG_EVENT",
      message: expect.stringContaining("outside of a tumbling window, for which there is whole(kinesis({ state }))"),
    });
    await expect(wrap(whole(kinesis()), async () => {})(event("/"), context)).rejects.toMatchObject({ code: "LAMELLA_WRONG_EVENT" });
    await expect(counting(kinesisFixture as never, context)).rejects.toMatchObject({
      code: "LAMELLA_WRONG_EVENT",
      message: expect.stringContaining("of a tumbling window (window, state)"),
    });
  });

  it("is told by the ARN of the event where it has no records", () => {
    const { accepts } = whole(kinesis({ state: Totals }));
    const last = kinesisWindowEvent([], { isFinal: true });

    expect(accepts(last)).toBe(true);
    expect(accepts({ ...last, eventSourceARN: "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/1" })).toBe(false);
  });

  it("throws at load without whole, because a handler of single records has no state to return", () => {
    expect(() => wrap(kinesis({ state: Totals }) as never, async () => {})).toThrow("kinesis({ state }) must stand in whole(…)");
  });
});
