import { gunzipSync } from "node:zlib";
import { wrap } from "@lamella/core";
import { type ActivemqEvent, activemq } from "@lamella/events/activemq";
import { appSyncBatch } from "@lamella/events/app-sync-batch";
import { type CloudWatchLogsEvent, cloudwatchLogs } from "@lamella/events/cloudwatch-logs";
import { type DocumentdbEvent, documentdb } from "@lamella/events/documentdb";
import { type FirehoseTransformationEvent, firehose } from "@lamella/events/firehose";
import { kafka, type MSKEvent, type SelfManagedKafkaEvent } from "@lamella/events/kafka";
import { type RabbitmqEvent, rabbitmq } from "@lamella/events/rabbitmq";
import { type S3BatchEvent, s3Batch } from "@lamella/events/s3-batch";
import {
  activemqFixture,
  appSyncBatchFixture,
  cloudwatchLogsControlFixture,
  cloudwatchLogsFixture,
  documentdbFixture,
  firehoseFixture,
  firehoseKinesisFixture,
  firehoseMskFixture,
  kafkaFixture,
  kafkaSelfManagedFixture,
  rabbitmqFixture,
  s3BatchFixture,
  s3BatchV2Fixture,
} from "@lamella/testing/fixtures";
import type { ConformanceCase, EventCase } from "../conformance-case.ts";

const kafkaCase = (event: MSKEvent | SelfManagedKafkaEvent, optional: readonly string[]): EventCase => ({
  event,
  ids: Object.values(event.records).flatMap((list) => list.map(({ topic, partition, offset }) => `${topic}-${partition}:${offset}`)),
  raws: ({ records }: MSKEvent) => Object.values(records).flat(),
  reply: { batchItemFailures: [] },
  optional: ["bootstrapServers", ...optional],
});

const firehoseCase = (event: FirehoseTransformationEvent, data: "data" | "kafkaRecordValue", optional: readonly string[]): EventCase => ({
  event,
  ids: event.records.map(({ recordId }) => recordId),
  raws: ({ records }: FirehoseTransformationEvent) => records,
  reply: { records: event.records.map(({ recordId }) => ({ recordId, result: "Ok", [data]: "b2s=" })) },
  optional: ["region", "invocationId", "records.*.approximateArrivalTimestamp", ...optional],
});

const s3BatchCase = (event: S3BatchEvent): EventCase => ({
  event,
  ids: event.tasks.map(({ taskId }) => taskId),
  raws: ({ tasks }: S3BatchEvent) => tasks,
  reply: {
    invocationSchemaVersion: event.invocationSchemaVersion,
    treatMissingKeysAs: "TemporaryFailure",
    invocationId: event.invocationId,
    results: event.tasks.map(({ taskId }) => ({ taskId, resultCode: "Succeeded", resultString: "ok" })),
  },
  optional: ["job", "tasks.*.s3VersionId"],
});

interface PackedEvents {
  readonly logEvents: readonly { readonly id: string }[];
}

const unpacked = ({ awslogs }: CloudWatchLogsEvent) =>
  JSON.parse(gunzipSync(Buffer.from(awslogs.data, "base64")).toString()) as PackedEvents;

export const pipesCases: readonly ConformanceCase[] = [
  {
    name: "kafka",
    source: kafka(),
    wrapped: (look) => wrap(kafka(), async (message, { delivery }) => look(message, delivery)),
    maps: ["records"],
    events: {
      msk: kafkaCase(kafkaFixture, [
        "eventSourceArn",
        "records.orders-0.*.headers",
        "records.orders-0.*.key",
        "records.orders-0.*.timestamp",
      ]),
      "self-managed": kafkaCase(kafkaSelfManagedFixture, ["records.clicks-3.*.headers", "records.clicks-3.*.value"]),
      "without records": { event: { ...kafkaFixture, records: {} }, ids: [], raws: () => [], reply: { batchItemFailures: [] } },
    },
  },
  {
    name: "firehose",
    source: firehose(),
    wrapped: (look) =>
      wrap(firehose(), async (record, { delivery }) => {
        look(record, delivery);
        return "ok";
      }),
    events: {
      direct: firehoseCase(firehoseFixture, "data", []),
      kinesis: firehoseCase(firehoseKinesisFixture, "data", ["sourceKinesisStreamArn", "records.*.kinesisRecordMetadata"]),
      msk: firehoseCase(firehoseMskFixture, "kafkaRecordValue", ["sourceMSKArn", "records.*.mskRecordMetadata"]),
    },
  },
  {
    name: "cloudwatchLogs",
    source: cloudwatchLogs(),
    wrapped: (look) => wrap(cloudwatchLogs(), async (event, { delivery }) => look(event, delivery)),
    events: {
      data: {
        event: cloudwatchLogsFixture,
        ids: unpacked(cloudwatchLogsFixture).logEvents.map(({ id }) => id),
        raws: (event: CloudWatchLogsEvent) => unpacked(event).logEvents,
        isPacked: true,
        reply: undefined,
      },
      control: { event: cloudwatchLogsControlFixture, ids: [], raws: () => [], reply: undefined },
    },
  },
  {
    name: "activemq",
    source: activemq(),
    wrapped: (look) => wrap(activemq(), async (message, { delivery }) => look(message, delivery)),
    maps: ["messages.*.properties"],
    events: {
      queue: {
        event: activemqFixture,
        ids: activemqFixture.messages.map(({ messageID }) => messageID),
        raws: ({ messages }: ActivemqEvent) => messages,
        reply: undefined,
        optional: ["eventSourceArn", "messages.*.properties", "messages.*.destination", "messages.*.timestamp", "messages.*.messageType"],
      },
    },
  },
  {
    name: "rabbitmq",
    source: rabbitmq(),
    wrapped: (look) => wrap(rabbitmq(), async (message, { delivery }) => look(message, delivery)),
    maps: ["rmqMessagesByQueue"],
    events: {
      queues: {
        event: rabbitmqFixture,
        ids: ["message-1", ""],
        raws: ({ rmqMessagesByQueue }: RabbitmqEvent) => Object.values(rmqMessagesByQueue).flat(),
        reply: undefined,
        optional: [
          "eventSourceArn",
          "rmqMessagesByQueue.orders::/.*.redelivered",
          "rmqMessagesByQueue.orders::/.*.basicProperties.headers",
        ],
      },
    },
  },
  {
    name: "documentdb",
    source: documentdb(),
    wrapped: (look) => wrap(documentdb(), async (change, { delivery }) => look(change, delivery)),
    maps: ["events.*.event.fullDocument", "events.*.event.documentKey", "events.*.event.updateDescription"],
    events: {
      changes: {
        event: documentdbFixture,
        ids: documentdbFixture.events.map(({ event }) => event._id._data),
        raws: ({ events }: DocumentdbEvent) => events,
        reply: undefined,
        optional: ["eventSourceArn", "events.*.event.clusterTime", "events.*.event.ns", "events.*.event.documentKey"],
      },
    },
  },
  {
    name: "s3Batch",
    source: s3Batch(),
    wrapped: (look) =>
      wrap(s3Batch(), async (task, { delivery }) => {
        look(task, delivery);
        return "ok";
      }),
    maps: ["job.userArguments"],
    events: { "schema 1.0": s3BatchCase(s3BatchFixture), "schema 2.0": s3BatchCase(s3BatchV2Fixture) },
  },
  {
    name: "appSyncBatch",
    source: appSyncBatch(),
    wrapped: (look) =>
      wrap(appSyncBatch(), async (field, { delivery }) => {
        look(field, delivery);
        return "ok";
      }),
    maps: ["*.arguments", "*.source", "*.stash", "*.info.variables", "*.request.headers"],
    events: {
      // One field, because those of a batch have no ids that differ.
      field: {
        event: appSyncBatchFixture.slice(0, 1),
        ids: [""],
        raws: (event: readonly unknown[]) => event,
        reply: [{ data: "ok" }],
        optional: ["*.identity", "*.request", "*.prev", "*.stash", "*.source"],
      },
    },
    alsoAccepts: ["appSyncBatchFixture"],
  },
];
