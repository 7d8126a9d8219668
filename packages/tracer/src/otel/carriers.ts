import { type Context, propagation, type SpanContext, type TextMapGetter, trace } from "@opentelemetry/api";
import { at, entriesOf, textAt } from "./fields.ts";
import { fromTraceparent, fromXRayHeader, X_RAY } from "./trace-headers.ts";

/** What a producer handed a trace on in: headers by their names in lower case. */
export type Carrier = Readonly<Record<string, string | undefined>>;

export const GETTER: TextMapGetter<Carrier> = {
  keys: (carrier) => Object.keys(carrier),
  get: (carrier, name) => carrier[name.toLowerCase()],
};

/** A carrier of the texts that `read` finds in the members of `values`. */
export function toCarrier(values: unknown, read: (value: unknown) => unknown = asItIs): Carrier {
  const texts: Record<string, string> = {};
  for (const [name, value] of entriesOf(values)) {
    const text = read(value);
    if (typeof text === "string") texts[name.toLowerCase()] = text;
  }
  return texts;
}

function asItIs(value: unknown): unknown {
  return value;
}

/**
 * The span that the first of the carriers names: by the propagators that are set, or else by the headers of W3C and of
 * X-Ray, so that messages are linked whatever the function itself propagates.
 */
export function spanContextIn(carriers: Iterable<Carrier>, base: Context): SpanContext | undefined {
  const own = trace.getSpanContext(base);
  for (const carrier of carriers) {
    // From the invocation's context: the propagator `xray-lambda` gives that of the environment where there is no other.
    const found = trace.getSpanContext(propagation.extract(base, carrier, GETTER));
    if (found !== undefined && found.spanId !== own?.spanId && trace.isSpanContextValid(found)) return found;
    const { traceparent, tracestate, [X_RAY]: xRay } = carrier;
    const read = (traceparent && fromTraceparent(traceparent, tracestate)) || (xRay && fromXRayHeader(xRay));
    if (read) return read;
  }
  return undefined;
}

/**
 * What an SQS message carries: its attributes, an envelope of SNS or a member of its body, and what SQS knows of X-Ray.
 *
 * AWS: "Amazon SQS message metadata", "Amazon SQS and AWS X-Ray".
 */
export function* fromSqs(raw: unknown): Iterable<Carrier> {
  const attributes = at(raw, "messageAttributes");
  if (attributes) yield toCarrier(attributes, (value) => at(value, "stringValue"));
  yield* fromJson(at(raw, "body"));
  const header = textAt(raw, "attributes", "AWSTraceHeader");
  if (header !== undefined) yield { [X_RAY]: header };
}

/** What an SNS message carries: its attributes, or a member of the message. */
export function* fromSns(raw: unknown): Iterable<Carrier> {
  yield toCarrier(at(raw, "Sns", "MessageAttributes"), (value) => at(value, "Value"));
  yield* fromJson(at(raw, "Sns", "Message"));
}

/** What a Kinesis record carries in its data. */
export function* fromKinesis(raw: unknown): Iterable<Carrier> {
  const data = textAt(raw, "kinesis", "data");
  if (data === undefined) return;
  const bytes = Buffer.from(data, "base64");
  if (bytes.includes("traceparent")) yield* fromJson(bytes.toString());
}

/** What an event of a bus carries in its detail. */
export function fromDetail(raw: unknown): Iterable<Carrier> {
  return fromMembers(at(raw, "detail"));
}

/** What a Kafka record carries in its headers, each a list with one name and its bytes. */
export function* fromKafka(raw: unknown): Iterable<Carrier> {
  const headers = at(raw, "headers");
  if (!Array.isArray(headers)) return;
  yield toCarrier(Object.fromEntries(headers.flatMap(entriesOf)), toText);
}

/** What a message of RabbitMQ carries in its headers. */
export function* fromRabbit(raw: unknown): Iterable<Carrier> {
  yield toCarrier(at(raw, "basicProperties", "headers"), (value) => toText(at(value, "bytes") ?? value));
}

/** What a message of ActiveMQ carries in its properties. */
export function* fromActive(raw: unknown): Iterable<Carrier> {
  yield toCarrier(at(raw, "properties"));
}

/** Bytes as Lambda sends them, which may be signed. */
function toText(value: unknown): unknown {
  return Array.isArray(value) ? Buffer.from(value as number[]).toString() : value;
}

function* fromJson(text: unknown): Iterable<Carrier> {
  // Most have none, and are not parsed.
  if (typeof text !== "string" || !text.includes("traceparent")) return;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return;
  }
  yield* fromMembers(value);
}

/** Where producers put it: in the value itself, beside the payload, or in an envelope of SNS or EventBridge. */
function* fromMembers(value: unknown): Iterable<Carrier> {
  for (const place of [value, at(value, "headers"), at(value, "metadata"), at(value, "detail"), at(value, "detail", "metadata")])
    if (textAt(place, "traceparent") !== undefined) yield toCarrier(place);
  const attributes = at(value, "MessageAttributes");
  if (attributes) yield toCarrier(attributes, (attribute) => at(attribute, "Value"));
}
