import type { Attributes } from "@opentelemetry/api";
import { type Carrier, fromActive, fromDetail, fromKafka, fromKinesis, fromRabbit, fromSns, fromSqs } from "./carriers.ts";
import { at, entriesOf, lastPart, textAt } from "./fields.ts";

/**
 * What calls the function, in the words of OpenTelemetry.
 *
 * OpenTelemetry: "Semantic conventions for FaaS spans", "Semantic conventions for messaging systems".
 */
export interface Trigger {
  readonly faas: "datasource" | "http" | "pubsub" | "timer" | "other";
  /** The messaging system; `undefined` for what is none. */
  readonly system?: string | undefined;
  /** The queue, topic, stream, bucket or table of a record, which may show on the item alone. */
  readonly target?: ((raw: unknown, item?: unknown) => string | undefined) | undefined;
  /** The record that stands for all of an event, if one does. @default the first of its `Records` */
  readonly first?: ((event: unknown) => unknown) | undefined;
  /** What else is to be said of a record. */
  readonly attributes?: ((raw: unknown) => Attributes) | undefined;
  /** What was done to a document of a data source. */
  readonly operation?: ((raw: unknown) => string | undefined) | undefined;
  readonly carriers?: ((raw: unknown) => Iterable<Carrier>) | undefined;
}

const HTTP: Trigger = { faas: "http" };
const OTHER: Trigger = { faas: "other" };

const KINESIS: Trigger = {
  faas: "pubsub",
  system: "aws.kinesis",
  // A consumer with enhanced fan-out has a longer ARN.
  target: (raw) => textAt(raw, "eventSourceARN")?.split("/")[1],
  attributes: (raw) => ({ "messaging.destination.partition.id": textAt(raw, "eventID")?.split(":", 1)[0] }),
  carriers: fromKinesis,
};

/** By the name of the source. Those that are not listed are `other`. */
const TRIGGERS: Readonly<Record<string, Trigger>> = {
  alb: HTTP,
  functionUrl: HTTP,
  http: HTTP,
  httpApi: HTTP,
  lattice: HTTP,
  restApi: HTTP,
  activemq: {
    faas: "pubsub",
    system: "activemq",
    first: (event) => at(event, "messages", 0),
    target: (raw) => textAt(raw, "destination", "physicalName"),
    carriers: fromActive,
  },
  dynamodb: {
    faas: "datasource",
    target: (raw) => textAt(raw, "eventSourceARN")?.split("/")[1],
    operation: (raw) => OPERATIONS[textAt(raw, "eventName") ?? ""],
  },
  dynamodbViaKinesis: KINESIS,
  documentdb: {
    faas: "datasource",
    first: (event) => at(event, "events", 0),
    target: (raw) => textAt(raw, "event", "ns", "coll"),
    operation: (raw) => OPERATIONS[textAt(raw, "event", "operationType") ?? ""],
  },
  eventBridge: {
    faas: "pubsub",
    system: "aws.eventbridge",
    first: (event) => event,
    // The event does not name its bus. The detail type is what rules and consumers go by.
    target: (raw) => textAt(raw, "detail-type"),
    carriers: fromDetail,
  },
  kafka: {
    faas: "pubsub",
    system: "kafka",
    first: (event) =>
      onlyOne(
        entriesOf(at(event, "records")).map(([, records]) => at(records, 0)),
        (raw) => at(raw, "topic"),
      ),
    target: (raw) => textAt(raw, "topic"),
    attributes: (raw) => {
      const [partition, offset] = [at(raw, "partition"), at(raw, "offset")];
      return {
        "messaging.destination.partition.id": typeof partition === "number" ? String(partition) : undefined,
        "messaging.kafka.offset": typeof offset === "number" ? offset : undefined,
      };
    },
    carriers: fromKafka,
  },
  kinesis: KINESIS,
  rabbitmq: {
    faas: "pubsub",
    system: "rabbitmq",
    // The record does not say where it was; the event has it, as `queue::virtual host`.
    first: (event) =>
      onlyOne(
        entriesOf(at(event, "rmqMessagesByQueue")).map(([key]) => ({ queue: key.split("::", 1)[0] })),
        ({ queue }) => queue,
      ),
    target: (raw, item) => textAt(item, "queue") ?? textAt(raw, "queue"),
    carriers: fromRabbit,
  },
  s3: {
    faas: "datasource",
    target: (raw) => textAt(raw, "s3", "bucket", "name"),
    operation: (raw) => toOperation(textAt(raw, "eventName")),
    attributes: (raw) => ({ "faas.document.name": textAt(raw, "s3", "object", "key") }),
  },
  s3EventBridge: {
    faas: "datasource",
    first: (event) => event,
    target: (raw) => textAt(raw, "detail", "bucket", "name"),
    operation: (raw) => toOperation(textAt(raw, "detail-type")),
    attributes: (raw) => ({ "faas.document.name": textAt(raw, "detail", "object", "key") }),
  },
  schedule: { faas: "timer" },
  sns: {
    faas: "pubsub",
    system: "aws.sns",
    target: (raw) => lastPart(textAt(raw, "Sns", "TopicArn"), ":"),
    carriers: fromSns,
  },
  sqs: {
    faas: "pubsub",
    system: "aws_sqs",
    target: (raw) => lastPart(textAt(raw, "eventSourceARN"), ":"),
    carriers: fromSqs,
  },
};

const OPERATIONS: Readonly<Record<string, string>> = {
  INSERT: "insert",
  MODIFY: "edit",
  REMOVE: "delete",
  insert: "insert",
  update: "edit",
  replace: "edit",
  delete: "delete",
};

/** Of S3, whose names differ by the way that they come: `ObjectCreated:Put`, `Object Created`. */
function toOperation(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (/^(s3:)?Object ?Created/.test(name)) return "insert";
  return /^(s3:)?(Object ?(Removed|Deleted)|LifecycleExpiration)/.test(name) ? "delete" : "edit";
}

/** The first of several, where all are of one kind. */
function onlyOne<Value>(values: readonly Value[], kindOf: (value: Value) => unknown): Value | undefined {
  return new Set(values.map(kindOf)).size === 1 ? values[0] : undefined;
}

export function triggerOf(source: string): Trigger {
  return Object.hasOwn(TRIGGERS, source) ? (TRIGGERS[source] as Trigger) : OTHER;
}

/** What is said of a record, or of a whole batch by its first one. */
export function recordAttributes(trigger: Trigger, raw: unknown, target: string | undefined): Attributes {
  const { faas, system, operation } = trigger;
  if (system !== undefined) {
    return {
      "messaging.system": system,
      "messaging.operation.name": "process",
      "messaging.operation.type": "process",
      "messaging.destination.name": target,
    };
  }
  return faas === "datasource" ? { "faas.document.collection": target, "faas.document.operation": operation?.(raw) } : {};
}

/** What a span about a record is called; `undefined` where nothing is known of it. */
export function recordName(trigger: Trigger, raw: unknown, target: string | undefined): string | undefined {
  if (trigger.system !== undefined) return target === undefined ? "process" : `process ${target}`;
  return target === undefined ? undefined : `${trigger.operation?.(raw) ?? "process"} ${target}`;
}
