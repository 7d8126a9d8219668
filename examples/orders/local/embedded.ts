import { once } from "node:events";
import type { AddressInfo } from "node:net";
import dynalite from "dynalite";
import { buildApp } from "fauxqs";
import { call } from "../src/aws.ts";

/** The services of the template, embedded in this process and reached over HTTP, as the functions reach AWS. */
export interface Embedded {
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly stop: () => Promise<void>;
}

/** How often a message is delivered before it goes to the dead-letter queue. */
export const MAX_RECEIVE_COUNT = 3;

const never = new AbortController().signal;

/** Starts SQS and DynamoDB on loopback, makes the queues and the table, and points the functions at them. */
export async function startEmbedded(stock: Readonly<Record<string, number>>): Promise<Embedded> {
  const sqs = buildApp({ logger: false });
  await sqs.listen({ host: "127.0.0.1", port: 0 });
  const dynamodb = dynalite({ createTableMs: 0 });
  await once(dynamodb.listen(0, "127.0.0.1"), "listening");

  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${(sqs.server.address() as AddressInfo).port}`,
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(dynamodb.address() as AddressInfo).port}`,
  });
  const deadLetters = await makeQueue("orders-dead-letters", {});
  const orders = await makeQueue("orders", {
    // Short, so that what failed comes again while one looks on.
    VisibilityTimeout: "1",
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: "arn:aws:sqs:us-east-1:000000000000:orders-dead-letters",
      maxReceiveCount: MAX_RECEIVE_COUNT,
    }),
  });
  await makeTable("stock", stock);
  Object.assign(process.env, { QUEUE_URL: orders, TABLE_NAME: "stock" });

  const stop = async () => {
    await sqs.close();
    await new Promise((resolve) => dynamodb.close(resolve));
  };
  return { queueUrl: orders, deadLetterQueueUrl: deadLetters, stop };
}

async function makeQueue(name: string, attributes: Readonly<Record<string, string>>): Promise<string> {
  const { QueueUrl: url } = await call<{ readonly QueueUrl: string }>(
    "sqs",
    "CreateQueue",
    { QueueName: name, Attributes: attributes },
    never,
  );
  return url;
}

async function makeTable(name: string, stock: Readonly<Record<string, number>>): Promise<void> {
  const table = {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "sku", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "sku", KeyType: "HASH" }],
  };
  await call("dynamodb", "CreateTable", table, never);
  for (;;) {
    const { Table } = await call<{ readonly Table: { readonly TableStatus: string } }>(
      "dynamodb",
      "DescribeTable",
      { TableName: name },
      never,
    );
    if (Table.TableStatus === "ACTIVE") break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  for (const [sku, available] of Object.entries(stock)) {
    await call("dynamodb", "PutItem", { TableName: name, Item: { sku: { S: sku }, available: { N: String(available) } } }, never);
  }
}
