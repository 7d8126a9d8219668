import { createHash } from "node:crypto";
import { layer, text, wrap } from "@lamella/core";
import { kinesisEvent, lambdaContext, testing } from "@lamella/testing";
import { kinesisAggregatedFixture } from "@lamella/testing/fixtures";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { named, run } from "../test/shard.ts";
import { type KinesisOptions, type KinesisStreamEvent, type KinesisStreamRecord, kinesis, type StreamRecord } from "./kinesis.ts";

const context = lambdaContext();
/** What `sendTo` makes, without a queue. */
type Sender = (error: unknown, record: unknown, invocation: unknown) => Promise<"ignore">;
const Click = z.object({ page: z.string() });

/** The items that a handler gets for an event. */
async function open<Data = Uint8Array>(event: KinesisStreamEvent, options: KinesisOptions<Data> = {}): Promise<StreamRecord<Data>[]> {
  const items: StreamRecord<Data>[] = [];
  await wrap(kinesis(options), async (record) => void items.push(record))(event, context);
  return items;
}

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

  it.for([
    { how: "always", onFailure: (send: Sender) => send },
    { how: "by a function", onFailure: (send: Sender) => () => send },
  ])("is sent elsewhere in parts, each as a record by itself, when onFailure says so $how", async ({ onFailure }) => {
    const sent: unknown[] = [];
    const send: Sender = async (_error, record, invocation) => {
      sent.push(record, typeof invocation);
      return "ignore";
    };

    expect(await run([["a1bad"]], { onFailure: onFailure(send) as never })).toMatchObject({ fates: ["ignore"], reported: [] });
    expect(sent).toMatchObject([{ eventSource: "aws:kinesis", kinesis: { partitionKey: "a", data: btoa("a1bad") } }, "object"]);
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
