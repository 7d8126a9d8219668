import { json, text, wrap } from "@lamella/core";
import { kinesisEvent, lambdaContext, testing } from "@lamella/testing";
import { kinesisFixture } from "@lamella/testing/fixtures";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { named } from "../test/shard.ts";
import { type KinesisOptions, type KinesisStreamEvent, type KinesisStreamRecord, kinesis, type StreamRecord } from "./kinesis.ts";

const context = lambdaContext();
const Click = z.object({ page: z.string() });

/** The items that a handler gets for an event. */
async function open<Data = Uint8Array>(event: KinesisStreamEvent, options: KinesisOptions<Data> = {}): Promise<StreamRecord<Data>[]> {
  const items: StreamRecord<Data>[] = [];
  await wrap(kinesis(options), async (record) => void items.push(record))(event, context);
  return items;
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

  it.for([
    { what: "a byte order mark", data: '\uFEFF{"page":"/"}', page: "/" },
    { what: "the sign for what is no text", data: '{"page":"\uFFFD"}', page: "\uFFFD" },
    { what: "other letters", data: '{"page":"/grüße/日本"}', page: "/grüße/日本" },
  ])("reads JSON with $what", async ({ data, page }) => {
    expect((await open(kinesisEvent([{ data }]), { data: Click }))[0]?.data).toEqual({ page });
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
    { what: "data that is no UTF-8", data: "eyJhIjoi/yJ9", says: "The data is not UTF-8 (9 bytes)." },
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
