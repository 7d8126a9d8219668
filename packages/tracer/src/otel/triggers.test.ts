import { direct, type Lambda, wrap } from "@lamella/core";
import { activemq } from "@lamella/events/activemq";
import { documentdb } from "@lamella/events/documentdb";
import { dynamodb } from "@lamella/events/dynamodb";
import { dynamodbViaKinesis } from "@lamella/events/dynamodb-via-kinesis";
import { eventBridge } from "@lamella/events/event-bridge";
import { kafka } from "@lamella/events/kafka";
import { kinesis } from "@lamella/events/kinesis";
import { rabbitmq } from "@lamella/events/rabbitmq";
import { s3, s3EventBridge } from "@lamella/events/s3";
import { schedule } from "@lamella/events/schedule";
import { sns } from "@lamella/events/sns";
import { sqs } from "@lamella/events/sqs";
import { kafkaEvent, lambdaContext } from "@lamella/testing";
import {
  activemqFixture,
  documentdbFixture,
  dynamodbFixture,
  dynamodbViaKinesisFixture,
  eventBridgeFixture,
  kafkaFixture,
  kinesisFixture,
  rabbitmqFixture,
  s3EventBridgeFixture,
  s3Fixture,
  scheduledRuleFixture,
  snsFixture,
  sqsFixture,
} from "@lamella/testing/fixtures";
import { expect, it } from "vitest";
import { kindOf, sdk } from "../../test/otel/sdk.ts";
import { otel } from "./otel.ts";

const nothing = () => {};
/** The first spans of the invocation and of an item, with what is said of what triggered them. */
async function firstSpans(handler: Lambda<never, unknown>, event: unknown) {
  const exporter = sdk();
  await handler(event as never, lambdaContext({ functionName: "function" }));
  const spans = exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    kind: kindOf(span),
    ...Object.fromEntries(Object.entries(span.attributes).filter(([name]) => /^(faas\.(trigger|document)|messaging\.)/.test(name))),
  }));
  const invocation = spans.pop();
  return { invocation, item: spans[0] };
}

const message = (system: string, destination: string) => ({
  name: `process ${destination}`,
  kind: "CONSUMER",
  "faas.trigger": "pubsub",
  "messaging.system": system,
  "messaging.operation.name": "process",
  "messaging.operation.type": "process",
  "messaging.destination.name": destination,
});

it.for([
  {
    source: "SQS",
    handler: wrap(sqs(), otel(), nothing),
    event: sqsFixture,
    invocation: { ...message("aws_sqs", "orders"), "messaging.batch.message_count": 2 },
    item: { ...message("aws_sqs", "orders"), "messaging.message.id": "059f36b4-87a3-44ab-83d2-661975830a7d" },
  },
  {
    source: "SNS",
    handler: wrap(sns(), otel(), nothing),
    event: snsFixture,
    invocation: { ...message("aws.sns", "orders"), "messaging.batch.message_count": 1 },
    item: { ...message("aws.sns", "orders"), "messaging.message.id": "95df01b4-ee98-5cb9-9903-4c221d41eb5e" },
  },
  {
    source: "Kinesis",
    handler: wrap(kinesis(), otel(), nothing),
    event: kinesisFixture,
    invocation: { ...message("aws.kinesis", "clicks"), "messaging.batch.message_count": 2 },
    item: {
      ...message("aws.kinesis", "clicks"),
      "messaging.message.id": expect.stringContaining("shardId-000000000006:"),
      "messaging.destination.partition.id": "shardId-000000000006",
    },
  },
  {
    source: "Kinesis with changes of DynamoDB",
    handler: wrap(dynamodbViaKinesis(), otel(), nothing),
    event: dynamodbViaKinesisFixture,
    invocation: expect.objectContaining({ "faas.trigger": "pubsub", "messaging.system": "aws.kinesis" }),
    item: expect.objectContaining({ kind: "CONSUMER", "messaging.system": "aws.kinesis" }),
  },
  {
    source: "Kafka",
    handler: wrap(kafka(), otel(), nothing),
    event: kafkaFixture,
    invocation: expect.objectContaining({ kind: "CONSUMER", "messaging.system": "kafka" }),
    item: expect.objectContaining({
      kind: "CONSUMER",
      "messaging.system": "kafka",
      "messaging.destination.partition.id": expect.any(String),
      "messaging.kafka.offset": expect.any(Number),
    }),
  },
  {
    source: "Kafka, of one topic",
    handler: wrap(kafka(), otel(), nothing),
    event: kafkaEvent([
      { value: "a", topic: "orders", partition: 3, offset: 15 },
      { value: "b", topic: "orders", partition: 4 },
    ]),
    invocation: { ...message("kafka", "orders"), "messaging.batch.message_count": 2 },
    item: {
      ...message("kafka", "orders"),
      "messaging.message.id": "orders-3:15",
      "messaging.destination.partition.id": "3",
      "messaging.kafka.offset": 15,
    },
  },
  {
    source: "Kafka, of several topics",
    handler: wrap(kafka(), otel(), nothing),
    event: kafkaEvent([
      { value: "a", topic: "orders" },
      { value: "b", topic: "returns" },
    ]),
    invocation: expect.not.objectContaining({ "messaging.destination.name": expect.anything() }),
    item: expect.objectContaining({ name: "process orders", "messaging.destination.name": "orders" }),
  },
  {
    source: "RabbitMQ, of several queues",
    handler: wrap(rabbitmq(), otel(), nothing),
    event: rabbitmqFixture,
    invocation: expect.objectContaining({ name: "process", kind: "CONSUMER", "messaging.system": "rabbitmq" }),
    item: { ...message("rabbitmq", "orders"), "messaging.message.id": "message-1" },
  },
  {
    source: "RabbitMQ, of one queue",
    handler: wrap(rabbitmq(), otel(), nothing),
    event: { ...rabbitmqFixture, rmqMessagesByQueue: { "orders::/": rabbitmqFixture.rmqMessagesByQueue["orders::/"] } },
    invocation: expect.objectContaining({ name: "process orders" }),
    item: { ...message("rabbitmq", "orders"), "messaging.message.id": "message-1" },
  },
  {
    source: "ActiveMQ",
    handler: wrap(activemq(), otel(), nothing),
    event: activemqFixture,
    invocation: expect.objectContaining({
      kind: "CONSUMER",
      "messaging.system": "activemq",
      "messaging.batch.message_count": expect.any(Number),
    }),
    item: expect.objectContaining({ kind: "CONSUMER", "messaging.system": "activemq" }),
  },
  {
    source: "EventBridge",
    handler: wrap(eventBridge(), otel(), nothing),
    event: eventBridgeFixture,
    invocation: { ...message("aws.eventbridge", "order.placed"), "messaging.message.id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718" },
    item: undefined,
  },
  {
    source: "DynamoDB Streams",
    handler: wrap(dynamodb(), otel(), nothing),
    event: dynamodbFixture,
    invocation: { name: "function", kind: "SERVER", "faas.trigger": "datasource", "faas.document.collection": "orders" },
    item: {
      name: "insert orders",
      kind: "INTERNAL",
      "faas.trigger": "datasource",
      "faas.document.collection": "orders",
      "faas.document.operation": "insert",
    },
  },
  {
    source: "DocumentDB",
    handler: wrap(documentdb(), otel(), nothing),
    event: documentdbFixture,
    invocation: expect.objectContaining({ kind: "SERVER", "faas.trigger": "datasource" }),
    item: expect.objectContaining({ "faas.document.collection": expect.any(String), "faas.document.operation": "insert" }),
  },
  {
    source: "S3",
    handler: wrap(s3(), otel(), nothing),
    event: s3Fixture,
    invocation: expect.objectContaining({ kind: "SERVER", "faas.trigger": "datasource", "faas.document.collection": expect.any(String) }),
    item: expect.objectContaining({
      name: expect.stringMatching(/^insert /),
      "faas.document.operation": "insert",
      "faas.document.name": expect.any(String),
    }),
  },
  {
    source: "S3 through EventBridge",
    handler: wrap(s3EventBridge(), otel(), nothing),
    event: s3EventBridgeFixture,
    invocation: expect.objectContaining({
      name: "function",
      "faas.trigger": "datasource",
      "faas.document.operation": "insert",
      "faas.document.name": expect.any(String),
    }),
    item: undefined,
  },
  {
    source: "a schedule",
    handler: wrap(schedule(), otel(), nothing),
    event: scheduledRuleFixture,
    invocation: { name: "function", kind: "SERVER", "faas.trigger": "timer" },
    item: undefined,
  },
  {
    source: "a direct invocation",
    handler: wrap(direct(), otel(), nothing),
    event: { Records: "none" },
    invocation: { name: "function", kind: "SERVER", "faas.trigger": "other" },
    item: undefined,
  },
])("tells that $source called the function", async ({ handler, event, invocation, item }) => {
  expect(await firstSpans(handler, event)).toEqual({ invocation, item });
});

it.for([
  {
    source: "SQS",
    handler: wrap(sqs(), otel(), nothing),
    event: { Records: [{ eventSource: "aws:sqs" }, { eventSource: "aws:sqs", eventSourceARN: 7 }] },
  },
  {
    source: "Kinesis",
    handler: wrap(kinesis(), otel(), nothing),
    event: { Records: [{ eventSource: "aws:kinesis", kinesis: null, eventID: {} }] },
  },
  { source: "SNS", handler: wrap(sns(), otel(), nothing), event: { Records: [{ EventSource: "aws:sns", Sns: { MessageAttributes: 7 } }] } },
  {
    source: "Kafka",
    handler: wrap(kafka(), otel(), nothing),
    event: { eventSource: "aws:kafka", records: { "a-0": [{ headers: [null, 7, { traceparent: "x" }] }] } },
  },
])("traces records of $source that lack everything, and leaves their failures as they are", async ({ handler, event }) => {
  const untraced = await Promise.allSettled([handler(event as never, lambdaContext())]);
  const { invocation, item } = await firstSpans(async (...args) => handler(...(args as [never, never])).catch(() => {}), event);

  expect([invocation?.kind, item?.kind]).toEqual(["CONSUMER", "CONSUMER"]);
  expect(await Promise.allSettled([handler(event as never, lambdaContext())])).toEqual(untraced);
});
