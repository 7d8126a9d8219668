import type { Delivery } from "../context.ts";
import type { LambdaContext } from "../lambda.ts";
import type { BatchFormat } from "./batch-source.ts";

/** Names a record, also one that is no object and has nothing to read an id from. */
export function deliveryOf(format: BatchFormat, raw: unknown, index: number): Delivery {
  return isRecord(raw) ? format.delivery(raw, index) : { id: "", index, source: format.name, attempt: undefined };
}

export function isRecord(raw: unknown): raw is never {
  return typeof raw === "object" && raw !== null;
}

/** Names a batch as one. */
export function batchDelivery({ name }: BatchFormat, { awsRequestId }: LambdaContext): Delivery {
  return { id: awsRequestId ?? "", index: 0, source: name, attempt: undefined };
}
