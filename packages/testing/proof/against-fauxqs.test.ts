import { once } from "node:events";
import type { AddressInfo } from "node:net";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { final, type Lambda, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { buildApp } from "fauxqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lambdaContext } from "../src/index.ts";
import { simulateSqs, simulateSqsFifo } from "../src/simulators/index.ts";

// The same scenario twice: in the simulator, and on an SQS server that others wrote, over HTTP with the AWS SDK. What
// polls there is the smallest loop that does what AWS documents of an event source mapping.

const MAX_RECEIVE_COUNT = 3;
const app = buildApp({ logger: false });
let client: SQSClient;

beforeAll(async () => {
  await app.listen({ host: "127.0.0.1", port: 0 });
  const endpoint = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  client = new SQSClient({ endpoint, region: "eu-west-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } });
});

afterAll(async () => {
  client.destroy();
  app.server.close();
  app.server.closeAllConnections();
  await once(app.server, "close");
});

/** What a scenario came to, by the bodies of the messages. */
interface Account {
  /** What the handler was called with, in order: body and receive count. */
  readonly calls: string[];
  readonly deadLettered: string[];
}

/** A function that says what it is called with. `3!` throws up to the third delivery, `x` always, `f` is final. */
function scenario(): { readonly handler: Lambda<SQSEvent, SQSBatchResponse>; readonly calls: string[] } {
  const calls: string[] = [];
  const handler = wrap(sqs({ concurrency: 1 }), async ({ body, receiveCount }) => {
    calls.push(`${body} ${receiveCount}`);
    if (body.includes("x")) throw new Error("poison");
    if (body.includes("f")) throw final("no use");
    if (receiveCount < Number(/(\d)!/.exec(body)?.[1] ?? 0)) throw new Error("not yet");
  });
  return { handler, calls };
}

async function onServer(bodies: readonly string[], isFifo: boolean, batchSize = 10): Promise<Account> {
  const { handler, calls } = scenario();
  const suffix = isFifo ? ".fifo" : "";
  const fifo = isFifo ? { FifoQueue: "true" } : {};
  const { QueueUrl: dead } = await client.send(new CreateQueueCommand({ QueueName: `dead${batchSize}${suffix}`, Attributes: fifo }));
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ["QueueArn"] }));
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: Attributes?.["QueueArn"], maxReceiveCount: MAX_RECEIVE_COUNT });
  const { QueueUrl } = await client.send(
    new CreateQueueCommand({ QueueName: `queue${batchSize}${suffix}`, Attributes: { ...fifo, RedrivePolicy, VisibilityTimeout: "1" } }),
  );
  for (const body of bodies)
    await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: body,
        ...(isFifo && { MessageGroupId: body[0], MessageDeduplicationId: body }),
      }),
    );
  // A long poll waits for what becomes visible again; it comes back empty when the queue is.
  for (let empty = 0; empty < 2; ) {
    const { Messages = [] } = await receive(QueueUrl, batchSize);
    empty = Messages.length === 0 ? empty + 1 : 0;
    if (Messages.length > 0) await deliver(QueueUrl, Messages, handler, `arn:aws:sqs:eu-west-1:000000000000:queue${suffix}`);
  }
  const deadLettered: string[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: dead, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) break;
    for (const { Body = "", ReceiptHandle } of Messages) {
      deadLettered.push(Body);
      await client.send(new DeleteMessageCommand({ QueueUrl: dead, ReceiptHandle }));
    }
  }
  return { calls, deadLettered };
}

function receive(QueueUrl: string | undefined, batchSize: number) {
  return client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: batchSize,
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    }),
  );
}

async function deliver(
  QueueUrl: string | undefined,
  messages: readonly Message[],
  handler: Lambda<SQSEvent, SQSBatchResponse>,
  eventSourceARN: string,
): Promise<void> {
  const Records = messages.map(
    ({ MessageId = "", ReceiptHandle = "", Body = "", MD5OfBody = "", Attributes = {} }): SQSRecord => ({
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      md5OfBody: MD5OfBody,
      attributes: Attributes as unknown as SQSRecord["attributes"],
      messageAttributes: {},
      eventSource: "aws:sqs",
      eventSourceARN,
      awsRegion: "eu-west-1",
    }),
  );
  const all = { batchItemFailures: Records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  const { batchItemFailures } = await handler({ Records }, lambdaContext()).catch(() => all);
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  for (const { messageId, receiptHandle } of Records)
    if (!failed.has(messageId)) await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receiptHandle }));
}

async function inSimulator(bodies: readonly string[], isFifo: boolean, batchSize = 10): Promise<Account> {
  const { handler, calls } = scenario();
  const options = { batchSize, visibilityTimeoutMs: 3_000, maxReceiveCount: MAX_RECEIVE_COUNT, maximumConcurrency: 1 };
  const run = isFifo
    ? await simulateSqsFifo(handler, {
        ...options,
        messages: bodies.map((body) => ({ id: body, body, groupId: body[0], deduplicationId: body })),
      })
    : await simulateSqs(handler, { ...options, messages: bodies.map((body) => ({ id: body, body })) });
  return { calls, deadLettered: run.deadLettered.map(({ id }) => id) };
}

const sorted = (list: readonly string[]) => list.toSorted((a, b) => a.localeCompare(b));

describe("the simulator, against fauxqs over HTTP", { timeout: 60_000 }, () => {
  it("delivers, counts, deletes and dead-letters the messages of a standard queue alike", async () => {
    const bodies = ["a", "b2!", "c", "d3!", "e x", "f", "g", "h4!"];
    const server = await onServer(bodies, false);
    const simulated = await inSimulator(bodies, false);

    expect(sorted(server.calls)).toEqual(sorted(simulated.calls));
    expect(sorted(server.deadLettered)).toEqual(sorted(simulated.deadLettered));
    expect(sorted(simulated.deadLettered)).toEqual(["e x", "h4!"]);
  });

  // What stands behind poison in one batch is received, and counted, with it; how much that is, SQS does not promise.
  it.for([
    { batchSize: 10, bodies: ["a1", "b1", "a2 2!", "a3", "b2 x", "a4", "c1 f", "c2"] },
    { batchSize: 1, bodies: ["a1", "b1", "a2 2!", "b2 x", "b3", "a3", "c1 f", "c2"] },
  ])("keeps the order of the groups of a FIFO queue alike, in batches of $batchSize", async ({ bodies, batchSize }) => {
    const server = await onServer(bodies, true, batchSize);
    const simulated = await inSimulator(bodies, true, batchSize);
    const ofGroup = (group: string, { calls }: Account) =>
      calls.filter((call) => call.startsWith(group)).map((call) => call.replace(/ \d$/, ""));

    for (const group of ["a", "b", "c"]) expect(ofGroup(group, server), group).toEqual(ofGroup(group, simulated));
    expect([server.deadLettered, simulated.deadLettered]).toEqual([["b2 x"], ["b2 x"]]);
  });
});
