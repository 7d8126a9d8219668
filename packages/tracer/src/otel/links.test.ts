import { type Lambda, whole, wrap } from "@lamella/core";
import { activemq } from "@lamella/events/activemq";
import { eventBridge } from "@lamella/events/event-bridge";
import { kafka } from "@lamella/events/kafka";
import { kinesis } from "@lamella/events/kinesis";
import { rabbitmq } from "@lamella/events/rabbitmq";
import { sns } from "@lamella/events/sns";
import { type SQSEvent, sqs } from "@lamella/events/sqs";
import {
  activemqEvent,
  eventBridgeEvent,
  kafkaEvent,
  kinesisEvent,
  lambdaContext,
  rabbitmqEvent,
  snsEnvelope,
  snsEvent,
  sqsEvent,
} from "@lamella/testing";
import { sqsFixture } from "@lamella/testing/fixtures";
import { propagation } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { linksOf, sdk } from "../../test/otel/sdk.ts";
import { otel } from "./otel.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const PRODUCER = `${TRACE}/${SPAN}`;
const traceparent = `00-${TRACE}-${SPAN}-01`;
const SEGMENT = "697dee800123456789abcdef01234567/0123456789abcdef";
const nothing = () => {};

/** The links of the invocation's span, and of each item that has one of its own. */
async function links(handler: Lambda<never, unknown>, event: unknown) {
  const exporter = sdk();
  await handler(event as never, lambdaContext());
  const isItem = ({ attributes }: ReadableSpan) => "lamella.delivery.index" in attributes;
  const spans = exporter.getFinishedSpans();
  return { invocation: spans.filter((span) => !isItem(span)).flatMap(linksOf), items: spans.filter(isItem).map(linksOf) };
}

/** A message of SQS with what only AWS puts there. */
function traced(event: SQSEvent, AWSTraceHeader: string): SQSEvent {
  return { Records: event.Records.map((record) => ({ ...record, attributes: { ...record.attributes, AWSTraceHeader } })) };
}

const queue = wrap(sqs(), otel(), nothing);
const XRAY = "Root=1-697dee80-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1";

it.for([
  {
    where: "the attributes of an SQS message",
    handler: queue,
    event: sqsEvent([{ body: "a", messageAttributes: { traceparent, tracestate: "vendor=1" } }]),
  },
  {
    where: "attributes of an SQS message in any case",
    handler: queue,
    event: sqsEvent([{ body: "a", messageAttributes: { TraceParent: traceparent } }]),
  },
  {
    where: "attributes of an SQS message, before what X-Ray says",
    handler: queue,
    event: traced(sqsEvent([{ body: "a", messageAttributes: { traceparent } }]), XRAY),
  },
  { where: "what SQS knows of X-Ray", handler: queue, event: traced(sqsEvent([{ body: "a" }]), XRAY), producer: SEGMENT },
  {
    where: "what SQS knows of X-Ray, beside attributes",
    handler: queue,
    event: traced(sqsEvent([{ body: "a", messageAttributes: { tenant: "x" } }]), XRAY),
    producer: SEGMENT,
  },
  {
    where: "an envelope of SNS in SQS",
    handler: queue,
    event: sqsEvent([{ body: snsEnvelope({ message: "a", messageAttributes: { traceparent } }) }]),
  },
  {
    where: "an event of a bus in SQS",
    handler: queue,
    event: sqsEvent([{ body: eventBridgeEvent({ detailType: "x", detail: { traceparent } }) }]),
  },
  { where: "a body in SQS", handler: queue, event: sqsEvent([{ body: { id: 1, traceparent } }]) },
  { where: "headers in a body in SQS", handler: queue, event: sqsEvent([{ body: { id: 1, headers: { traceparent } } }]) },
  {
    where: "attributes of an SNS message",
    handler: wrap(sns(), otel(), nothing),
    event: snsEvent([{ message: "a", messageAttributes: { traceparent } }]),
  },
  { where: "an SNS message", handler: wrap(sns(), otel(), nothing), event: snsEvent([{ message: { traceparent } }]) },
  {
    where: "the data of a Kinesis record",
    handler: wrap(kinesis(), otel(), nothing),
    event: kinesisEvent([{ data: { id: 1, traceparent } }]),
  },
  {
    where: "metadata in the data of a Kinesis record",
    handler: wrap(kinesis(), otel(), nothing),
    event: kinesisEvent([{ data: { metadata: { traceparent } } }]),
  },
  {
    where: "headers of a Kafka record",
    handler: wrap(kafka(), otel(), nothing),
    event: kafkaEvent([{ value: "a", headers: { traceparent } }]),
  },
  {
    where: "headers of a RabbitMQ message",
    handler: wrap(rabbitmq(), otel(), nothing),
    event: rabbitmqEvent([{ body: "a", headers: { traceparent, tries: 3 } }]),
  },
  {
    where: "properties of an ActiveMQ message",
    handler: wrap(activemq(), otel(), nothing),
    event: activemqEvent([{ body: "a", properties: { traceparent } }]),
  },
])("links to the producer's span in $where", async ({ handler, event, producer = PRODUCER }) => {
  expect(await links(handler, event)).toEqual({ invocation: [producer], items: [[producer]] });
});

it.for([
  { where: "the detail", detail: { id: 1, traceparent } },
  { where: "the detail's metadata", detail: { metadata: { traceparent } } },
])("links an event of a bus to the producer's span in $where", async ({ detail }) => {
  expect(await links(wrap(eventBridge(), otel(), nothing), eventBridgeEvent({ detailType: "order.placed", detail }))).toEqual({
    invocation: [PRODUCER],
    items: [],
  });
});

it.for([
  { what: "no header at all", event: sqsEvent([{ body: "a" }]) },
  { what: "a traceparent that is none", event: sqsEvent([{ body: "a", messageAttributes: { traceparent: "00-x-y-01" } }]) },
  {
    what: "a traceparent of zeros",
    event: sqsEvent([{ body: "a", messageAttributes: { traceparent: `00-${"0".repeat(32)}-${"0".repeat(16)}-01` } }]),
  },
  { what: "a version that cannot be", event: sqsEvent([{ body: "a", messageAttributes: { traceparent: `ff-${TRACE}-${SPAN}-01` } }]) },
  { what: "a word in a body that is no JSON", event: sqsEvent([{ body: "traceparent" }]) },
  { what: "a number in a body", event: sqsEvent([{ body: { traceparent: 7, headers: "x", detail: null } }]) },
  { what: "X-Ray's header without a segment", event: traced(sqsEvent([{ body: "a" }]), "Root=1-697dee80-0123456789abcdef01234567") },
])("links to nothing for $what", async ({ event }) => {
  expect(await links(queue, event)).toEqual({ invocation: [], items: [[]] });
});

it("links each message to its own producer, and none to another's", async () => {
  const other = { traceId: "1".repeat(32), spanId: "2".repeat(16) };
  const { items, invocation } = await links(
    queue,
    sqsEvent([
      { body: "a", messageAttributes: { traceparent } },
      { body: "b" },
      { body: "c", messageAttributes: { traceparent: `00-${other.traceId}-${other.spanId}-00` } },
    ]),
  );

  expect(items).toEqual([[PRODUCER], [], [`${other.traceId}/${other.spanId}`]]);
  expect(invocation).toEqual([PRODUCER, `${other.traceId}/${other.spanId}`]);
});

it("links the fixture's message to the segment that X-Ray has of its producer", async () => {
  expect(await links(queue, sqsFixture)).toEqual({ invocation: [SEGMENT], items: [[SEGMENT], []] });
});

it("links the invocation's span to the messages that have no span of their own, with their ids", async () => {
  const exporter = sdk();
  const event = sqsEvent([{ body: "a", id: "message-1", messageAttributes: { traceparent } }]);

  await wrap(sqs(), otel({ maxItemSpans: 0 }), nothing)(event, lambdaContext());

  expect(exporter.getFinishedSpans().map(({ links: found }) => found.map(({ attributes }) => attributes))).toEqual([
    [{ "messaging.message.id": "message-1" }],
  ]);
});

it("links a batch that the handler gets whole to all of its producers", async () => {
  const event = sqsEvent([{ body: "a", messageAttributes: { traceparent } }, { body: "b" }, { body: { traceparent } }]);

  expect(await links(wrap(whole(sqs()), otel(), nothing), event)).toEqual({ invocation: [PRODUCER, PRODUCER], items: [] });
});

it("links an invocation's span to 128 producers at most, the first", async () => {
  const event = sqsEvent(
    Array.from({ length: 130 }, (_, index) => ({
      body: "a",
      messageAttributes: { traceparent: `00-${TRACE}-${(index + 1).toString(16).padStart(16, "0")}-01` },
    })),
  );

  const { invocation, items } = await links(wrap(sqs(), otel({ maxItemSpans: 130 }), nothing), event);

  expect([invocation.length, invocation[0], items.flat().length]).toEqual([128, `${TRACE}/0000000000000001`, 130]);
});

it("links by W3C's headers and X-Ray's also where the function propagates neither", async () => {
  const exporter = sdk();
  propagation.disable();

  await queue(sqsEvent([{ body: "a", messageAttributes: { traceparent, tracestate: "vendor=1" } }]), lambdaContext());

  expect(exporter.getFinishedSpans().map(linksOf)).toEqual([[PRODUCER], [PRODUCER]]);
});

describe("carrier", () => {
  const Order = z.object({ id: z.string(), telemetry: z.object({ parent: z.string() }) });

  it("finds the producer's headers in the item", async () => {
    const handler = wrap(sqs({ body: Order }), otel({ carrier: ({ body }) => ({ TraceParent: body.telemetry.parent }) }), nothing);

    expect(await links(handler, sqsEvent([{ body: { id: "1", telemetry: { parent: traceparent } } }]))).toEqual({
      invocation: [PRODUCER],
      items: [[PRODUCER]],
    });
  });

  it.for([
    {
      when: "it throws",
      carrier: () => {
        throw new Error("no");
      },
    },
    { when: "it finds none", carrier: () => undefined },
    { when: "it finds what is none", carrier: () => ({ traceparent: "x" }) },
    { when: "it gives something else", carrier: () => 7 as never },
  ])("leaves it to the usual places when $when", async ({ carrier }) => {
    const handler = wrap(sqs(), otel({ carrier }), nothing);

    expect((await links(handler, sqsEvent([{ body: "a", messageAttributes: { traceparent } }]))).items).toEqual([[PRODUCER]]);
  });

  it("is asked once an item, and does not fail an item whose payload it cannot read", async () => {
    const carrier = vi.fn(({ body }: { readonly body: z.infer<typeof Order> }) => ({ traceparent: body.telemetry.parent }));
    const failed: unknown[] = [];
    const handler = wrap(
      sqs({ body: Order, onFailure: (error) => (failed.push((error as Error).name), "ignore") }),
      otel({ carrier }),
      nothing,
    );

    expect((await links(handler, sqsEvent([{ body: "no JSON" }]))).items).toEqual([[]]);
    expect(carrier).toHaveBeenCalledTimes(1);
    expect(failed).toEqual(["PayloadError"]);
  });
});
