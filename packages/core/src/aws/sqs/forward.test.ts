import { final, sendTo, whole, wrap } from "@lamella/core";
import { batchSource, partial } from "@lamella/core/extend";
import { type SQSRecord, sqs } from "@lamella/events/sqs";
import { lambdaContext, sqsEvent } from "@lamella/testing";
import { describe, expect, it, vi } from "vitest";
import { failedIds } from "../../../test/messages.ts";
import { context, type Queues, startQueues } from "../../../test/queues.ts";
import { json, startService } from "../../../test/service.ts";

async function handle({ body }: { readonly body: string }): Promise<void> {
  if (body.startsWith("bad")) throw new TypeError(`a secret of ${body}`);
  if (body === "final") throw final("no use");
}
const names = () => vi.mocked(console.error).mock.calls.map(([, error]) => (error as Error).name);

/** What is in a queue, as records. */
async function contents(queues: Queues, queue: string): Promise<SQSRecord[]> {
  return (await queues.receive(queue)).Records;
}

describe("sendTo", () => {
  it("sends a message as it is to another queue, with its attributes and why it is there, and counts it as done", async () => {
    const queues = await startQueues();
    await queues.create("orders");
    const target = await queues.create("failed");
    await queues.send("orders", "bad ü", {
      MessageAttributes: {
        tenant: { DataType: "String", StringValue: "acme" },
        priority: { DataType: "Number.int", StringValue: "7" },
        signature: { DataType: "Binary", BinaryValue: "AAH/" },
      },
    });
    await queues.send("orders", "ok");
    const event = await queues.receive("orders");

    const reply = await wrap(sqs({ onFailure: sendTo(target) }), handle)(event, context);

    expect(reply).toEqual({ batchItemFailures: [] });
    const [sent, ...others] = await contents(queues, "failed");
    expect(others).toEqual([]);
    expect(sent?.body).toBe("bad ü");
    expect(sent?.messageAttributes).toMatchObject({
      tenant: { dataType: "String", stringValue: "acme" },
      priority: { dataType: "Number.int", stringValue: "7" },
      signature: { dataType: "Binary", binaryValue: "AAH/" },
      "lamella.error": { dataType: "String", stringValue: "TypeError" },
      "lamella.source": { dataType: "String", stringValue: "arn:aws:sqs:us-east-1:000000000000:orders" },
      "lamella.id": { dataType: "String", stringValue: event.Records[0]?.messageId },
    });
    expect(JSON.stringify(sent)).not.toContain("secret");
    expect(vi.mocked(console.error).mock.calls).toEqual([[expect.stringContaining("failed (ignore)"), expect.any(TypeError)]]);
  });

  it("is a verdict beside the others, decided for each", async () => {
    const queues = await startQueues();
    const [one, other] = [await queues.create("one"), await queues.create("other")];
    const messages = ["bad 1", "bad 2", "bad retry", "bad ignore", "final"].map((body) => ({ id: body, body }));
    const onFailure = async (_error: unknown, { body }: SQSRecord) => {
      if (body === "bad 1" || body === "final") return sendTo(one);
      if (body === "bad 2") return sendTo(other);
      return body === "bad retry" ? "retry" : "ignore";
    };

    const reply = await wrap(sqs({ onFailure }), handle)(sqsEvent(messages), context);

    expect(failedIds(reply)).toEqual(["bad retry"]);
    expect((await contents(queues, "one")).map(({ body }) => body)).toEqual(["bad 1", "final"]);
    expect((await contents(queues, "other")).map(({ body }) => body)).toEqual(["bad 2"]);
  });

  it("keeps groups in a FIFO queue, and names each message by its own id", async () => {
    const queues = await startQueues();
    await queues.create("orders.fifo");
    const target = await queues.create("failed.fifo");
    for (const [group, body] of [
      ["a", "bad 1"],
      ["a", "bad 2"],
      ["b", "bad 3"],
    ] as const)
      await queues.send("orders.fifo", body, { MessageGroupId: group, MessageDeduplicationId: `${group}${body.slice(4)}` });
    const event = await queues.receive("orders.fifo");

    // The second delivery is one that AWS makes when the reply was lost.
    for (let delivery = 1; delivery <= 2; delivery++)
      expect(await wrap(sqs({ onFailure: sendTo(target) }), handle)(event, context)).toEqual({ batchItemFailures: [] });

    const sent = await contents(queues, "failed.fifo");
    expect(sent.map(({ body, attributes }) => [body, attributes.MessageGroupId, attributes.MessageDeduplicationId])).toEqual(
      event.Records.map(({ body, attributes, messageId }) => [body, attributes.MessageGroupId, messageId]),
    );
  });

  it("takes messages of a standard queue into a FIFO queue, each in a group of its own", async () => {
    const queues = await startQueues();
    const target = await queues.create("failed.fifo");

    await wrap(sqs({ onFailure: sendTo(target) }), handle)(
      sqsEvent([
        { id: "m-1", body: "bad" },
        { id: "id with spaces", body: "bad" },
      ]),
      context,
    );

    const sent = await contents(queues, "failed.fifo");
    expect(sent.map(({ attributes }) => attributes.MessageGroupId)).toEqual(["m-1", expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });

  it.for([
    { from: "a FIFO queue", queueName: "orders.fifo", to: "failed", group: undefined },
    { from: "a fair queue", queueName: "orders", to: "failed", group: "acme" },
    { from: "a fair queue", queueName: "orders", to: "failed.fifo", group: "acme" },
  ])("gives the group $group to a message of $from in $to", async ({ queueName, to, group }) => {
    const input = await sentTo(to, sqsEvent([{ body: "bad", groupId: "acme" }], { queueName }).Records[0]);

    expect(input.MessageGroupId).toBe(group);
  });

  it("hands on the trace", async () => {
    const [record] = sqsEvent([{ body: "bad" }]).Records;
    const input = await sentTo("failed", { ...record, attributes: { AWSTraceHeader: "Root=1-2-3" } });

    expect(input.MessageSystemAttributes).toEqual({ AWSTraceHeader: { DataType: "String", StringValue: "Root=1-2-3" } });
  });

  it.for([
    { own: 7, adds: ["lamella.error", "lamella.source", "lamella.id"] },
    { own: 8, adds: ["lamella.error", "lamella.source"] },
    { own: 10, adds: [] },
  ])("adds $adds to $own attributes, because SQS takes ten", async ({ own, adds }) => {
    const messageAttributes = Object.fromEntries(Array.from({ length: own }, (_, index) => [`a${index}`, "x"]));
    const input = await sentTo("failed", sqsEvent([{ body: "bad", messageAttributes }]).Records[0]);

    expect(Object.keys(input.MessageAttributes)).toEqual([...Object.keys(messageAttributes), ...adds]);
  });

  it("survives attributes that are malformed", async () => {
    const [record] = sqsEvent([{ body: "bad" }]).Records;
    const messageAttributes = JSON.parse('{"a":null,"b":{},"__proto__":{"dataType":"String","stringValue":"x"}}');
    const input = await sentTo("failed", { ...record, attributes: null, messageAttributes });

    expect(Object.keys(input.MessageAttributes)).toEqual(["__proto__", "lamella.error", "lamella.source", "lamella.id"]);
  });

  it("sends no characters that SQS refuses in the name of an error", async () => {
    const error = Object.assign(new Error("x"), { name: `a\u0000ü${"x".repeat(2_000)}` });
    const input = await sentTo("failed", sqsEvent([{ body: "bad" }]).Records[0], error);

    expect(input.MessageAttributes["lamella.error"].StringValue).toMatch(/^a\?\?x{1021}$/);
  });

  it("sends a record of another service as JSON, under an id that it gets each time", async () => {
    const raw = {
      eventSource: "aws:kinesis",
      eventSourceARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks",
      kinesis: { data: "eA==" },
    };
    const first = await sentTo("failed.fifo", raw);
    const second = await sentTo("failed.fifo", raw);

    expect(JSON.parse(first.MessageBody)).toEqual(raw);
    expect(first).toMatchObject({ MessageGroupId: raw.eventSourceARN, MessageDeduplicationId: second.MessageDeduplicationId });
    expect(first.MessageAttributes["lamella.source"].StringValue).toBe(raw.eventSourceARN);
    expect((await sentTo("failed.fifo", { ...raw, kinesis: {} })).MessageDeduplicationId).not.toBe(first.MessageDeduplicationId);
  });

  it("brings a message that was not sent back, and tells of both failures", async () => {
    stubAws((await startService(json(400, { __type: "QueueDoesNotExist" }))).endpoint);

    const reply = await wrap(sqs({ onFailure: sendTo("https://sqs.eu-west-1.amazonaws.com/1/gone") }), handle)(
      sqsEvent([
        { id: "a", body: "bad" },
        { id: "b", body: "final" },
        { id: "c", body: "ok" },
      ]),
      context,
    );

    expect(failedIds(reply)).toEqual(["a", "b"]);
    expect(names()).toEqual(["AwsError", "TypeError", "AwsError", "FinalError"]);
  });

  it("gives up sending at the deadline's first moment, so that the reply comes", async () => {
    stubAws((await startService(() => {})).endpoint);
    const lambda = lambdaContext({ remainingMs: 500 });

    const reply = await wrap(
      sqs({ softMs: 300, hardMs: 100, onFailure: sendTo("https://sqs.eu-west-1.amazonaws.com/1/failed"), whenAllFail: "report" }),
      handle,
    )(sqsEvent([{ id: "a", body: "bad" }]), lambda);

    expect(failedIds(reply)).toEqual(["a"]);
    expect(lambda.getRemainingTimeInMillis()).toBeGreaterThan(100);
    expect(names()).toEqual(["AwsError", "TypeError"]);
  });

  it("lets the rest of a group run, and holds it up when it was not sent", async () => {
    const event = sqsEvent(
      [
        { id: "a", body: "bad" },
        { id: "b", body: "ok" },
      ],
      { queueName: "orders.fifo" },
    );
    const handler = wrap(sqs({ onFailure: sendTo("https://sqs.eu-west-1.amazonaws.com/1/failed.fifo"), whenAllFail: "report" }), handle);

    stubAws((await startService(json(200, {}))).endpoint);
    expect(failedIds(await handler(event, context))).toEqual([]);
    stubAws((await startService(json(400, {}))).endpoint);
    expect(failedIds(await handler(event, context))).toEqual(["a", "b"]);
  });

  it("holds for a whole batch too", async () => {
    const { endpoint, requests } = await startService(json(200, {}));
    stubAws(endpoint);
    const handler = wrap(whole(sqs({ onFailure: sendTo("https://sqs.eu-west-1.amazonaws.com/1/failed") })), async ({ items, fail }) => {
      for (const item of items) await handle(item).catch((error: unknown) => fail(item, error));
    });

    expect(
      failedIds(
        await handler(
          sqsEvent([
            { id: "a", body: "bad" },
            { id: "b", body: "ok" },
          ]),
          context,
        ),
      ),
    ).toEqual([]);
    expect(requests.map(({ body }) => JSON.parse(body).MessageBody)).toEqual(["bad"]);
  });

  it.for([undefined, "", "orders", "arn:aws:sqs:eu-west-1:1:orders", "ftp://x/y", "https://", 5])("refuses %s at load", (queueUrl) => {
    expect(() => sendTo(queueUrl as never)).toThrow(TypeError);
    expect(() => sendTo(queueUrl as never)).toThrow("sendTo(queueUrl) must be the URL of an SQS queue");
  });

  it.for([
    { url: "https://sqs.eu-central-1.amazonaws.com/1/q", region: "eu-central-1" },
    { url: "https://sqs-fips.us-gov-west-1.amazonaws.com/1/q", region: "us-gov-west-1" },
    { url: "https://vpce-1-2.sqs.eu-central-1.vpce.amazonaws.com/1/q", region: "eu-central-1" },
    { url: "https://sqs.eu-central-1.api.aws/1/q", region: "eu-central-1" },
    { url: "https://eu-central-1.queue.amazonaws.com/1/q", region: "eu-central-1" },
    { url: "http://localhost:4566/1/q", region: "ap-southeast-2" },
  ])("signs for the region $region of $url", async ({ url, region }) => {
    const { endpoint, requests } = await startService(json(200, {}));
    stubAws(endpoint);
    vi.stubEnv("AWS_REGION", "ap-southeast-2");

    await wrap(sqs({ onFailure: sendTo(url) }), handle)(sqsEvent([{ body: "bad" }]), context);

    expect(requests[0]?.headers.authorization).toContain(`/${region}/sqs/aws4_request`);
    expect(JSON.parse(requests[0]?.body ?? "").QueueUrl).toBe(url);
  });

  it("reaches the queue at the host of its URL", async () => {
    const { endpoint, requests } = await startService(json(200, {}));
    stubAws("");

    await wrap(sqs({ onFailure: sendTo(`${endpoint}/1/failed`) }), handle)(sqsEvent([{ body: "bad" }]), context);

    expect(requests.map(({ url }) => url)).toEqual(["/"]);
  });
});

function stubAws(endpoint: string): void {
  vi.stubEnv("AWS_ENDPOINT_URL_SQS", endpoint);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
}

interface SendMessage {
  readonly MessageBody: string;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
  readonly MessageSystemAttributes?: unknown;
  readonly MessageAttributes: Readonly<Record<string, { readonly StringValue: string }>> & {
    readonly "lamella.error": { readonly StringValue: string };
    readonly "lamella.source": { readonly StringValue: string };
  };
}

/** What is sent of a record that failed, of whichever service. */
async function sentTo(queue: string, raw: unknown, error: unknown = new Error("x")): Promise<SendMessage> {
  const { endpoint, requests } = await startService(json(200, {}));
  stubAws(endpoint);
  const source = batchSource<{ event: unknown[]; reply: unknown; item: unknown; context: unknown; output: undefined }, object>({
    name: "records",
    expects: "records",
    accepts: () => true,
    concurrency: 1,
    records: (event) => event,
    item: (record) => record,
    delivery: (_record, index) => ({ id: String(index), index, source: "records", attempt: undefined }),
    close: partial({ identify: () => "id", reply: (ids) => ids }),
    options: { onFailure: sendTo(`https://sqs.eu-west-1.amazonaws.com/123456789012/${queue}`) },
  });
  expect(await wrap(source, async () => Promise.reject(error))([raw], context)).toEqual([]);
  return JSON.parse(requests[0]?.body ?? "");
}
