import { gzipSync } from "node:zlib";
import { whole, wrap } from "@lamella/core";
import { cloudwatchLogsEvent, firehoseEvent, lambdaContext, packedLogs, testing } from "@lamella/testing";
import { cloudwatchLogsControlFixture, cloudwatchLogsFixture } from "@lamella/testing/fixtures";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import {
  type CloudWatchLogsEvent,
  type CloudwatchLogsOptions,
  cloudwatchLogs,
  fromCloudwatchLogs,
  type LogEvent,
} from "./cloudwatch-logs.ts";
import { firehose } from "./firehose.ts";

const context = lambdaContext();
const Line = z.object({ level: z.string(), text: z.string() });

/** The items that a handler gets for an event. */
async function open(event: CloudWatchLogsEvent, options: CloudwatchLogsOptions<unknown> = {}) {
  const items: LogEvent<unknown>[] = [];
  await wrap(cloudwatchLogs(options), async (item) => void items.push(item))(event, context);
  return items;
}

/** The event of a payload that need not be right. */
const packed = (value: unknown) => ({
  awslogs: { data: gzipSync(typeof value === "string" ? value : JSON.stringify(value)).toString("base64") },
});

describe("cloudwatchLogs", () => {
  it("opens the log events of a batch", async () => {
    const items = await open(cloudwatchLogsFixture, { message: Line });

    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({
      id: "35195637980000000000000000000000000000000000000000000001",
      timestamp: new Date(1_769_860_800_123),
      message: { level: "ERROR", text: "no stock" },
      extractedFields: { level: "ERROR", text: "no stock" },
      logGroup: "/aws/lambda/orders",
      logStream: "2026/01/31/[$LATEST]3a1f0e9b",
      owner: "123456789012",
      subscriptionFilters: ["errors"],
      raw: { message: '{"level":"ERROR","text":"no stock"}' },
    });
    expect(items[1]?.extractedFields).toBeUndefined();
  });

  it("succeeds without items on a control message", async () => {
    const handler = vi.fn();

    expect(await wrap(cloudwatchLogs(), handler)(cloudwatchLogsControlFixture, context)).toBeUndefined();
    expect(handler).not.toHaveBeenCalled();
  });

  it.for([
    { what: "no base64", event: { awslogs: { data: "é" } }, says: "is not base64" },
    { what: "no gzip", event: { awslogs: { data: "eHh4eHh4eHh4eHh4" } }, says: "is not gzip" },
    { what: "cut off", event: { awslogs: { data: cloudwatchLogsFixture.awslogs.data.slice(0, 200) } }, says: "is truncated gzip" },
    { what: "no JSON", event: packed("{"), says: "is not JSON" },
    { what: "no object", event: packed("1"), says: "is no batch of log events" },
    { what: "without log events", event: packed({ messageType: "DATA_MESSAGE" }), says: "has no log events" },
    { what: "with a key that pollutes", event: packed('{"logEvents":[{"extractedFields":{"__proto__":{}}}]}'), says: "__proto__" },
  ])("rejects a payload that is $what, and tells of it", async ({ event, says }) => {
    const { error, outcomes } = await testing(wrap(cloudwatchLogs(), async () => {})).send(event);

    expect(error).toMatchObject({ code: "LAMELLA_PAYLOAD", part: "awslogs.data", message: expect.stringContaining(says) });
    expect(outcomes).toMatchObject([{ fate: "rejected", error }]);
  });

  it.for([
    { bytes: 1_000, fits: true },
    { bytes: 1_001, fits: false },
  ])("decompresses up to the limit: $bytes of 1000 bytes", async ({ bytes, fits }) => {
    const text = JSON.stringify({ logEvents: [], filler: "" });
    const event = packed(text.replace('""', `"${"x".repeat(bytes - text.length)}"`));
    const pending = open(event, { maxBytes: 1_000 });

    if (fits) expect(await pending).toEqual([]);
    else await expect(pending).rejects.toMatchObject({ code: "LAMELLA_PAYLOAD", message: expect.stringContaining("more than 1000 bytes") });
  });

  it.for([
    { what: "is null", event: null, fate: "retry" },
    { what: "has no message", event: { id: "a" }, fate: "retry" },
    { what: "has a message that does not fit", event: { id: "a", message: "{}" }, fate: "retry" },
  ])("fails a log event that $what, runs the others, and rejects", async ({ event, fate }) => {
    const { error, outcomes } = await testing(wrap(cloudwatchLogs({ message: Line }), async () => {})).send(
      packed({ logEvents: [event, { id: "b", message: '{"level":"a","text":"b"}' }] }),
    );

    expect(error).toMatchObject({ code: "LAMELLA_BATCH_FAILED" });
    expect(outcomes.map((outcome) => outcome.fate)).toEqual([fate, "done"]);
  });

  it("survives a log event of which only the message is there", async () => {
    const [item] = await open(packed({ logEvents: [{ message: "x" }] }));

    expect(item).toMatchObject({ id: "", message: "x", logGroup: "", logStream: "", owner: "", subscriptionFilters: [] });
  });

  it("gives the log events at once with whole", async () => {
    const seen: string[] = [];
    await wrap(whole(cloudwatchLogs()), async ({ items }) => void seen.push(...items.map(({ message }) => message)))(
      cloudwatchLogsEvent([{ message: "a" }, { message: "b" }]),
      context,
    );

    expect(seen).toEqual(["a", "b"]);
  });

  it.for([null, {}, { awslogs: null }, { awslogs: {} }, { awslogs: { data: 1 } }])("is not %j", (other) => {
    expect(cloudwatchLogs().accepts(other)).toBe(false);
  });

  it.for([
    { what: "message is no codec", options: { message: 1 }, says: "cloudwatchLogs({ message }) must be" },
    { what: "maxBytes is 0", options: { maxBytes: 0 }, says: "maxBytes" },
  ])("throws at load when $what", ({ options, says }) => {
    expect(() => cloudwatchLogs(options as never)).toThrow(says);
  });

  it("inverts what the builder makes of a log event", async () => {
    const input = fc.record({
      message: fc.string(),
      id: fc.uuid(),
      timestamp: fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }),
      extractedFields: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string()),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(input), fc.string(), async (events, logGroup) => {
        const items = await open(cloudwatchLogsEvent(events, { logGroup }));

        expect(items.map(({ message, id, timestamp, extractedFields }) => ({ message, id, timestamp, extractedFields }))).toEqual(
          events.map((event) => ({ ...event, extractedFields: { ...event.extractedFields } })),
        );
        for (const item of items) expect(item.logGroup).toBe(logGroup);
      }),
      { numRuns: 100 },
    );
  });
});

describe("fromCloudwatchLogs", () => {
  const control = Buffer.from(cloudwatchLogsControlFixture.awslogs.data, "base64");
  const later = z.object({ n: z.number().refine(async (n) => n > 0) });

  it("opens each record of a stream, and takes control messages for batches without log events", async () => {
    const seen: unknown[] = [];
    const handler = wrap(firehose({ data: fromCloudwatchLogs(Line) }), async ({ data }) => {
      seen.push([data.logGroup, data.events.map(({ message }) => message.text)]);
      return "";
    });

    await handler(firehoseEvent([{ data: packedLogs([{ message: { level: "a", text: "b" } }]) }, { data: control }]), context);

    expect(seen).toEqual([
      ["/aws/lambda/orders", ["b"]],
      ["", []],
    ]);
  });

  it("waits for asynchronous schemas", async () => {
    const batch = await fromCloudwatchLogs(later)["~decode"](packedLogs([{ message: { n: 1 } }]), "data");

    expect(batch.events[0]).toMatchObject({
      message: { n: 1 },
      timestamp: new Date("2026-01-31T12:00:00.000Z"),
      extractedFields: undefined,
    });
    await expect(fromCloudwatchLogs(later)["~decode"](packedLogs([{ message: { n: 0 } }]), "data")).rejects.toMatchObject({
      code: "LAMELLA_PAYLOAD",
    });
  });

  it.for([
    { what: "text", raw: "x", says: "base64(fromCloudwatchLogs(…))" },
    { what: "no gzip", raw: Buffer.from("x".repeat(20)), says: "is not gzip" },
    { what: "a log event that is no object", raw: gzipSync('{"logEvents":[null]}'), says: "has a log event that is no object" },
    { what: "a log event without a message", raw: gzipSync('{"logEvents":[{}]}'), says: "is missing" },
  ])("refuses $what", ({ raw, says }) => {
    expect(() => fromCloudwatchLogs()["~decode"](raw, "data")).toThrow(says);
  });

  it("throws at load when the message is no codec", () => {
    expect(() => fromCloudwatchLogs(1 as never)).toThrow("fromCloudwatchLogs(message) must be");
  });
});
