import type { Base } from "@lamella/core";
import type { IdempotencyRecord, Json } from "../store.ts";
import type { Attempt } from "./attempt.ts";
import type { Performed } from "./settled.ts";

/** What is to be done once. */
export interface Work<T> {
  readonly id: string;
  readonly ctx: Base;
  /** The payload in canonical form, taken before anything runs that could change it. */
  readonly payload: string | undefined;
  readonly run: () => Promise<T>;
  /** Runs it, and closes its record, in a way of its own. @default as work that shares no transaction with its record */
  readonly perform?: ((attempt: Attempt<T>) => Promise<Performed<T>>) | undefined;
  /** What the work comes to that was given up and goes on. */
  readonly late: () => Promise<T> | undefined;
  /** Resolved when the item is over that the work is a step of; what still runs then is left to itself. */
  readonly over?: Promise<void> | undefined;
  /** Whether what came of it stays. */
  readonly keeps: (value: T) => boolean | Promise<boolean>;
  /** @throws {NotStorable} When it cannot be stored. */
  readonly store: (value: T) => Json | undefined | Promise<Json | undefined>;
  readonly replay: (record: IdempotencyRecord) => T | Promise<T>;
}

/** Names the delivery of an item, where its coming back means that its earlier run is dead: not on Managed Instances. */
export function ownerOf({ delivery, lambda }: Base): string | undefined {
  const { source, id, index } = delivery;
  // With the function: another one that shares the scope may be at the same record, and alive.
  if (STREAMS.has(source) && id !== "") return `${source}:${lambda.invokedFunctionArn}:${id}`;
  // Lambda tries an asynchronous invocation again under the same id.
  return lambda.awsRequestId ? `request:${lambda.awsRequestId}:${index}` : undefined;
}

// Of a shard, a record is at one invocation of a function at a time. Not so of a Kafka partition while consumers change.
const STREAMS: ReadonlySet<string> = /* @__PURE__ */ new Set(["kinesis", "dynamodb", "dynamodbViaKinesis"]);

/** Whether this is a Managed Instance, where several invocations share the process, and a run that timed out goes on. */
export function isManaged(): boolean {
  return process.env["AWS_LAMBDA_MAX_CONCURRENCY"] !== undefined;
}
