import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
  waitUntilStreamExists,
} from "@aws-sdk/client-kinesis";
import { type Lambda, wrap } from "@lamella/core";
import { type KinesisStreamBatchResponse, type KinesisStreamEvent, type KinesisStreamRecord, kinesis } from "@lamella/events/kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lambdaContext } from "../src/index.ts";
import { simulateKinesis } from "../src/simulators/index.ts";

// The same scenario twice: in the simulator, and on a Kinesis server that others wrote, over HTTP with the AWS SDK. What
// polls there is the smallest loop that does what AWS documents of an event source mapping.

const RETRIES = 2;
const STREAM = "stream";
let server: ChildProcess;
let client: KinesisClient;

// The server takes fixed ports on all interfaces; here it gets a free one on loopback, and tells it.
const ON_LOOPBACK = `import { Server } from "node:net";
const { listen } = Server.prototype;
Server.prototype.listen = function (wanted, ...rest) {
  const port = typeof wanted === "object" ? wanted.port : wanted;
  this.once("listening", () => console.log("listening", port, this.address().port));
  return listen.call(this, { port: 0, host: "127.0.0.1" }, rest.find((one) => typeof one === "function"));
};`;

beforeAll(async () => {
  const main = createRequire(import.meta.url).resolve("kinesis-local/main.js");
  server = spawn(process.execPath, ["--import", `data:text/javascript,${encodeURIComponent(ON_LOOPBACK)}`, main], {
    // It reads its certificate from there.
    cwd: dirname(main),
    env: { ...process.env, KINESIS_MOCK_PLAIN_PORT: "1", KINESIS_MOCK_TLS_PORT: "2", CREATE_STREAM_DURATION: "0ms" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const port = await portOf(server);
  client = new KinesisClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    // The SDK speaks HTTP/2 to Kinesis, which the server does not.
    requestHandler: new NodeHttpHandler(),
  });
}, 60_000);

afterAll(async () => {
  client?.destroy();
  server.kill();
  if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
});

async function portOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error("the server has no output");
  for await (const line of createInterface({ input: stdout })) {
    const [, port] = /^listening 1 (\d+)$/.exec(line) ?? [];
    if (port !== undefined) {
      stdout.resume();
      return port;
    }
  }
  throw new Error("the server has ended");
}

/** What the handler was called with, in order. `3!` throws up to the third call, `x` always. */
function scenario(): { readonly handler: Lambda<KinesisStreamEvent, KinesisStreamBatchResponse>; readonly calls: string[] } {
  const calls: string[] = [];
  const handler = wrap(kinesis(), async ({ data, partitionKey }) => {
    const text = Buffer.from(data).toString();
    calls.push(`${partitionKey} ${text}`);
    const times = calls.filter((call) => call.endsWith(` ${text}`)).length;
    if (text.includes("x") || times < Number(/(\d)!/.exec(text)?.[1] ?? 0)) throw new Error("not yet");
  });
  return { handler, calls };
}

const RECORDS = ["a:1", "b:2", "a:3 2!", "b:4", "c:5 x", "a:6", "b:7 3!", "c:8", "a:9"].map((text) => {
  const [partitionKey = "", data = ""] = text.split(":");
  return { partitionKey, data };
});

async function onServer(): Promise<{ readonly calls: string[]; readonly discarded: string[] }> {
  const { handler, calls } = scenario();
  await client.send(new CreateStreamCommand({ StreamName: STREAM, ShardCount: 1 }));
  await waitUntilStreamExists({ client, maxWaitTime: 30, minDelay: 0.1, maxDelay: 0.2 }, { StreamName: STREAM });
  for (const { partitionKey, data } of RECORDS)
    await client.send(new PutRecordCommand({ StreamName: STREAM, PartitionKey: partitionKey, Data: Buffer.from(data) }));
  const { Shards: [shard] = [] } = await client.send(new ListShardsCommand({ StreamName: STREAM }));
  let from: string | undefined;
  const discarded: string[] = [];
  for (let attempts = 0; ; ) {
    const records = await read(shard?.ShardId, from);
    if (records.length === 0) return { calls, discarded };
    const numbers = records.map(({ kinesis: { sequenceNumber } }) => sequenceNumber);
    const failedAt = await lowestFailure(handler, records);
    // Where the checkpoint has moved they begin anew, which AWS does not say and the simulator takes so.
    attempts = failedAt === numbers[0] ? attempts + 1 : 0;
    if (failedAt !== undefined && attempts <= RETRIES) {
      from = numbers[numbers.indexOf(failedAt) - 1] ?? from;
      continue;
    }
    if (failedAt !== undefined) discarded.push(...records.slice(numbers.indexOf(failedAt)).map(({ kinesis: { data } }) => toText(data)));
    from = numbers.at(-1);
  }
}

async function lowestFailure(
  handler: Lambda<KinesisStreamEvent, KinesisStreamBatchResponse>,
  records: KinesisStreamRecord[],
): Promise<string | undefined> {
  try {
    const { batchItemFailures } = await handler({ Records: records }, lambdaContext());
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    return records.find(({ kinesis: { sequenceNumber } }) => failed.has(sequenceNumber))?.kinesis.sequenceNumber;
  } catch {
    return records[0]?.kinesis.sequenceNumber;
  }
}

/** The records behind a sequence number, as the event has them. */
async function read(ShardId: string | undefined, after: string | undefined): Promise<KinesisStreamRecord[]> {
  const where =
    after === undefined
      ? { ShardIteratorType: "TRIM_HORIZON" as const }
      : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER" as const, StartingSequenceNumber: after };
  const { ShardIterator } = await client.send(new GetShardIteratorCommand({ StreamName: STREAM, ShardId, ...where }));
  const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
  return Records.map(({ Data = new Uint8Array(), PartitionKey = "", SequenceNumber = "", ApproximateArrivalTimestamp }) => ({
    kinesis: {
      kinesisSchemaVersion: "1.0",
      partitionKey: PartitionKey,
      sequenceNumber: SequenceNumber,
      data: Buffer.from(Data).toString("base64"),
      approximateArrivalTimestamp: Number(ApproximateArrivalTimestamp) / 1_000,
    },
    eventSource: "aws:kinesis",
    eventVersion: "1.0",
    eventID: `${ShardId}:${SequenceNumber}`,
    eventName: "aws:kinesis:record",
    invokeIdentityArn: "arn:aws:iam::000000000000:role/function",
    awsRegion: "us-east-1",
    eventSourceARN: `arn:aws:kinesis:us-east-1:000000000000:stream/${STREAM}`,
  }));
}

const toText = (data: string) => Buffer.from(data, "base64").toString();

describe("the simulator, against kinesis-local over HTTP", { timeout: 60_000 }, () => {
  it("delivers, checkpoints, tries again and gives up alike, call by call", async () => {
    const onKinesis = await onServer();
    const { handler, calls } = scenario();
    const run = await simulateKinesis(handler, { records: RECORDS, maximumRetryAttempts: RETRIES, onFailureDestination: true });
    const given = new Map(run.messages.map(({ id }, index) => [id, RECORDS[index]?.data]));

    expect(onKinesis.calls).toEqual(calls);
    expect(onKinesis.discarded).toEqual(run.deadLettered.map(({ id }) => given.get(id)));
    expect(onKinesis.discarded).toContain("5 x");
  });
});
