import type { Invocation } from "../kernel/function-host.ts";
import { EPOCH_MS } from "../kernel/world.ts";
import type { StreamEntry } from "./stream-format.ts";

/** Which records of a stream were given up; the records themselves are not in it. */
export interface StreamBatchInfo {
  readonly shardId: string;
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
  readonly approximateArrivalOfFirstRecord: string;
  readonly approximateArrivalOfLastRecord: string;
  readonly batchSize: number;
  readonly streamArn: string;
}

/**
 * What the on-failure destination of a Kinesis or DynamoDB stream is sent.
 *
 * AWS: "Retain discarded batch records for a Kinesis Data Streams event source in Lambda".
 */
export interface OnFailureRecord {
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: "RetryAttemptsExhausted" | "RecordAgeExceeded";
    readonly approximateInvokeCount: number;
  };
  readonly responseContext: { readonly statusCode: 200; readonly executedVersion: string; readonly functionError?: string | undefined };
  readonly version: "1.0";
  readonly timestamp: string;
  readonly KinesisBatchInfo?: StreamBatchInfo | undefined;
  readonly DDBStreamBatchInfo?: StreamBatchInfo | undefined;
}

/** Where a stream's records come from, for its on-failure destination. */
export interface StreamOrigin {
  readonly info: "KinesisBatchInfo" | "DDBStreamBatchInfo";
  readonly streamArn: string;
}

/** Makes what the destination is sent of records that are given up, the last of which `invocation` had. */
export function toOnFailureRecord(
  { info, streamArn }: StreamOrigin,
  entries: readonly StreamEntry[],
  condition: OnFailureRecord["requestContext"]["condition"],
  approximateInvokeCount: number,
  invocation: Invocation | undefined,
  now: number,
): OnFailureRecord {
  const first = entries[0] as StreamEntry;
  const last = entries.at(-1) as StreamEntry;
  const arrival = ({ afterMs }: StreamEntry) => {
    const text = new Date(EPOCH_MS + afterMs).toISOString();
    // DynamoDB keeps whole seconds.
    return info === "KinesisBatchInfo" ? text : text.replace(/\.\d+Z$/, "Z");
  };
  return {
    requestContext: {
      requestId: `00000000-0000-4000-8000-${String(invocation?.number ?? 0).padStart(12, "0")}`,
      functionArn: "arn:aws:lambda:eu-west-1:123456789012:function:function",
      condition,
      approximateInvokeCount,
    },
    responseContext: {
      statusCode: 200,
      executedVersion: "$LATEST",
      ...(invocation !== undefined && invocation.outcome?.kind !== "replied" && { functionError: "Unhandled" }),
    },
    version: "1.0",
    timestamp: new Date(now).toISOString(),
    [info]: {
      shardId: first.partition,
      startSequenceNumber: String(first.sequence),
      endSequenceNumber: String(last.sequence),
      approximateArrivalOfFirstRecord: arrival(first),
      approximateArrivalOfLastRecord: arrival(last),
      batchSize: entries.length,
      streamArn,
    } satisfies StreamBatchInfo,
  };
}
