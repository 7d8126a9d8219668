import { type Codec, gzip, json, PayloadError } from "@lamella/core";
import type { CloudWatchLogsLogEvent } from "aws-lambda";
import { textOf } from "../internal/fields.ts";
import { isObject } from "../internal/is-object.ts";

/** What CloudWatch Logs packs. */
export interface PackedLogs {
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly subscriptionFilters: readonly string[];
  /** None in a control message, with which CloudWatch Logs tries whether the destination can be reached. */
  readonly logEvents: readonly CloudWatchLogsLogEvent[];
}

export interface CloudwatchLogsLimit {
  /** How many bytes the log events may have when they are decompressed; 1 or more. @default 33_554_432 (32 MiB) */
  readonly maxBytes?: number | undefined;
}

/**
 * How log events are unpacked: gzip of JSON.
 *
 * @throws {RangeError} At load, when `maxBytes` is out of its range.
 */
export function unpacking({ maxBytes = 32 * 1024 * 1024 }: CloudwatchLogsLimit): (packed: Uint8Array, part: string) => PackedLogs {
  // The message is text, so that it cannot name a key; the keys are those of AWS and of the filter's pattern.
  const codec: Codec<unknown> = gzip(json(), { maxBytes });
  return (packed, part) => toPackedLogs(codec["~decode"](packed, part), part);
}

function toPackedLogs(value: unknown, part: string): PackedLogs {
  if (!isObject(value)) throw new PayloadError({ part, problem: "is no batch of log events" });
  const { messageType, owner, logGroup, logStream, subscriptionFilters, logEvents } = value;
  const isControl = messageType === "CONTROL_MESSAGE";
  if (!isControl && !Array.isArray(logEvents)) throw new PayloadError({ part, problem: "has no log events" });
  return {
    owner: textOf(owner),
    logGroup: textOf(logGroup),
    logStream: textOf(logStream),
    subscriptionFilters: Array.isArray(subscriptionFilters) ? (subscriptionFilters as string[]) : [],
    logEvents: isControl ? [] : (logEvents as CloudWatchLogsLogEvent[]),
  };
}

/** The fields that the filter's pattern names; `undefined` where it names none. */
export type ExtractedFields = Readonly<Record<string, string | undefined>>;

export function extractedFields({ extractedFields: fields }: CloudWatchLogsLogEvent): ExtractedFields | undefined {
  return isObject(fields) ? fields : undefined;
}

/**
 * The message of a log event.
 *
 * @throws {PayloadError} When there is none.
 */
export function messageOf({ message }: CloudWatchLogsLogEvent): string {
  if (typeof message !== "string")
    throw new PayloadError({ part: "message", problem: message === undefined ? "is missing" : "is no text" });
  return message;
}
