import { nameOf } from "../../errors/batch-failed-error.ts";
import type { Invocation } from "../../invocation.ts";
import { callSqs, queueOfUrl } from "./queue.ts";

/** The members of an SQS record that matter here; a malformed record may lack every one. */
interface SqsRecord {
  readonly eventSource?: unknown;
  readonly eventSourceARN?: unknown;
  readonly messageId?: unknown;
  readonly body?: unknown;
  readonly attributes?: Readonly<Record<string, string | undefined>> | null;
  readonly messageAttributes?: Readonly<Record<string, RawAttribute | null>> | null;
}

interface RawAttribute {
  readonly dataType?: string | undefined;
  readonly stringValue?: string | undefined;
  readonly binaryValue?: string | undefined;
}

interface Attribute {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: string | undefined;
}

const MAX_ATTRIBUTES = 10;
/** What a message group and a deduplication id may be. */
const ID = /^[!-~]{1,128}$/;

/**
 * Sends a record that failed to an SQS queue: an SQS message as it is, any other record as JSON.
 *
 * AWS: "SendMessage", "Amazon SQS message metadata".
 *
 * @throws {AwsError} When it was not sent.
 */
export async function forward(queueUrl: string, error: unknown, raw: unknown, invocation?: Invocation): Promise<void> {
  const record = (raw ?? {}) as SqsRecord;
  const { eventSourceARN, messageId, body, attributes } = record;
  const isMessage = record.eventSource === "aws:sqs" && typeof body === "string";
  const text = isMessage ? body : JSON.stringify(raw);
  const { MessageGroupId: group, AWSTraceHeader: trace } = (isMessage && attributes) || {};
  const input = {
    MessageBody: text,
    MessageAttributes: withReason(isMessage ? record.messageAttributes : undefined, error, record),
    ...(trace && { MessageSystemAttributes: { AWSTraceHeader: toAttribute(trace) } }),
    ...(queueUrl.endsWith(".fifo")
      ? {
          // Without groups of its own the source may keep an order all the same.
          MessageGroupId: toId(group ?? messageId ?? eventSourceARN ?? ""),
          // Not the producer's own: the same one may name two messages of the source that come here at the same time.
          MessageDeduplicationId: isMessage && ID.test(String(messageId)) ? messageId : digest(text),
        }
      : // The tenant of a fair queue. To a standard queue the order of a FIFO queue means nothing.
        group && !String(eventSourceARN).endsWith(".fifo") && { MessageGroupId: group }),
  };
  // Past the first moment of the deadline the item had better come again.
  await callSqs(queueOfUrl(queueUrl), "SendMessage", input, invocation?.softInMs(), invocation?.lambda, raw);
}

/** What the producer said, and, as long as there is room, why the message is here. */
function withReason(
  said: SqsRecord["messageAttributes"],
  error: unknown,
  { eventSourceARN, messageId }: SqsRecord,
): Record<string, Attribute> {
  const attributes: Record<string, Attribute> = Object.create(null);
  for (const [name, attribute] of Object.entries(said ?? {})) {
    const { dataType, stringValue, binaryValue } = attribute ?? {};
    if (dataType) attributes[name] = { DataType: dataType, ...(binaryValue ? { BinaryValue: binaryValue } : { StringValue: stringValue }) };
  }
  const reasons = { "lamella.error": nameOf(error), "lamella.source": eventSourceARN, "lamella.id": messageId };
  for (const [name, value] of Object.entries(reasons)) {
    const hasRoom = name in attributes || Object.keys(attributes).length < MAX_ATTRIBUTES;
    if (hasRoom && typeof value === "string" && value !== "") attributes[name] = toAttribute(value);
  }
  return attributes;
}

function toAttribute(value: string): Attribute {
  // The name of an error may be anything, and SQS refuses control characters.
  return { DataType: "String", StringValue: value.slice(0, 1_024).replaceAll(/[^ -~]/g, "?") };
}

function toId(value: unknown): string {
  const text = String(value);
  return ID.test(text) ? text : digest(text);
}

function digest(text: string): string {
  return process.getBuiltinModule("node:crypto").createHash("sha256").update(text).digest("hex");
}
