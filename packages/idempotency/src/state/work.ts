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
  /** Whether what came of it stays. */
  readonly keeps: (value: T) => boolean | Promise<boolean>;
  /** @throws {NotStorable} When it cannot be stored. */
  readonly store: (value: T) => Json | undefined | Promise<Json | undefined>;
  readonly replay: (record: IdempotencyRecord) => T | Promise<T>;
}

/** Names the delivery of an item, where its coming back means that its earlier run is dead. */
export function ownerOf({ delivery, lambda }: Base): string | undefined {
  // There a run that timed out goes on.
  if (isManaged()) return undefined;
  const { source, id, index } = delivery;
  if (STREAMS.has(source) && id !== "") return `${source}:${id}`;
  // Lambda tries an asynchronous invocation again under the same id.
  return lambda.awsRequestId ? `request:${lambda.awsRequestId}:${index}` : undefined;
}

// A shard is read by one invocation at a time.
const STREAMS: ReadonlySet<string> = /* @__PURE__ */ new Set(["kinesis", "dynamodb"]);

/** Whether this is a Managed Instance, where several invocations share the process, and none ends with its timeout. */
export function isManaged(): boolean {
  return process.env["AWS_LAMBDA_MAX_CONCURRENCY"] !== undefined;
}
