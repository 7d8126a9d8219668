import type { Log } from "./log.ts";

const HEADER = "x-correlation-id";
const ATTRIBUTE = "correlation_id";

/** A correlation id on its way to the next function, in the shapes that services take. */
export interface Correlation {
  readonly id: string;
  /** For HTTP requests, and for Kafka and RabbitMQ. */
  readonly headers: { readonly "x-correlation-id": string };
  /** For SQS and SNS, as the AWS SDK takes message attributes. */
  readonly messageAttributes: { readonly correlation_id: { readonly DataType: "String"; readonly StringValue: string } };
}

/**
 * What hands an item's correlation id on with outgoing messages and requests. On the other side `handedOn` finds it.
 *
 * @example
 * await client.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes: correlationOf(log).messageAttributes }));
 */
export function correlationOf(log: Log): Correlation {
  const known = log.getCorrelationId();
  // Whoever sets one may set anything, and SQS refuses an attribute that is empty.
  const id = typeof known === "number" ? `${known}` : typeof known === "string" && known !== "" ? known : "unknown";
  return {
    id,
    headers: { [HEADER]: id },
    messageAttributes: { [ATTRIBUTE]: { DataType: "String", StringValue: id } },
  };
}

/**
 * Finds the correlation id that `correlationOf` has handed on, for the option `correlationId`: the message attribute
 * `correlation_id`, or the header `x-correlation-id`. Anyone who can call the function can set it, so an id that is
 * longer than 256 characters, or that holds others than printable ones, counts as none.
 *
 * @example
 * wrap(sqs({ body: Order }), logger({ service: "orders", correlationId: handedOn }), handler);
 */
export function handedOn(item: unknown): string | undefined {
  const { messageAttributes, headers } = (item ?? {}) as Readonly<Record<"messageAttributes" | "headers", Members | undefined>>;
  const attribute = messageAttributes?.[ATTRIBUTE];
  const header: unknown = typeof headers?.get === "function" ? headers.get(HEADER) : headers?.[HEADER];
  return [valueOf(attribute), valueOf(header)].find(isId);
}

type Members = Readonly<Record<string, unknown>> & { readonly get?: unknown };

/** A decoded attribute's value, or what stands there without one. */
function valueOf(member: unknown): unknown {
  return typeof member === "object" && member !== null ? (member as { readonly value?: unknown }).value : member;
}

function isId(value: unknown): value is string {
  return typeof value === "string" && /^[\x20-\x7e]{1,256}$/.test(value);
}
